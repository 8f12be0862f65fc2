package main

import (
	"slices"
	"strings"
	"testing"
)

// unlike is the rules file of the world with a budget of 390 TB for North America, of which more is used than 80 %.
var unlike = strings.Replace(worldRules, "500 TB", "390 TB", 1)

func (p *process) isOld() bool {
	return slices.ContainsFunc(readReadiness(p.w.t, p.address()).Warnings, func(warning string) bool {
		return strings.HasPrefix(warning, "another rules file is in use since ")
	})
}

// TestReplicasWithUnlikeFiles: the file of the newest start is the current one. The other replica answers people, checks nothing and
// says so; when it is started with its own file again, that is the current one.
func TestReplicasWithUnlikeFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.uses(300, 50)
	database, _ := w.postgres()
	old := w.launch(database).connected()
	w.awaitChecks(2)

	w.writeRules(unlike)
	newer := w.launch(database)
	newer.says(`"msg":"connected"`)
	w.await("the older replica to notice", old.isOld)
	old.says("no checks are made here: another replica has started with another rules file")
	w.uses(320, 50)
	says(t, w.message(cdnBudget, "North America Bandwidth: 82% Used"), "320 of 390 TB")
	w.awaitChecks(manyChecks / 4)
	w.expectPosts(cdnBudget, 1)
	w.expectPosts(cdnPlatform, 0)
	if newer.isOld() {
		t.Error("the newer replica says that its file is the older one")
	}

	old.terminate()
	w.writeRules(worldRules)
	back := w.launch(database)
	w.await("the newer replica to notice that the first file is back", newer.isOld)
	w.uses(410, 50)
	w.message(cdnBudget, "410 of 500 TB")
	w.expectPosts(cdnPlatform, 0)
	newer.terminate()
	if back.isOld() {
		t.Error("the replica that was started last says that its file is the older one")
	}
	back.terminate()
}

// TestAWrongFileTakesTheChecksFromNobody: a replica that is started over and over with a file that is wrong runs on the current one.
func TestAWrongFileTakesTheChecksFromNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.uses(390, 50)
	database, _ := w.postgres()
	good := w.launch(database).connected()
	w.awaitChecks(1)
	w.writeRules(strings.Replace(worldRules, "500 TB", "500 apples", 1))
	for range 2 {
		wrong := w.launch(database)
		w.await("the last good rules", func() bool {
			return slices.ContainsFunc(readReadiness(t, wrong.address()).Warnings, func(warning string) bool {
				return strings.HasPrefix(warning, "running on the last good rules")
			})
		})
		wrong.says(`"msg":"connected"`)
		if good.isOld() || wrong.isOld() {
			t.Error("a file that is wrong was made the current one")
		}
		wrong.perish()
	}
	w.uses(402.6, 50)
	w.message(cdnBudget, "North America Bandwidth: 80% Used")
	good.terminate()
}

// perish ends the process as kill -9 does, beside others.
func (p *process) perish() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.exited
}
