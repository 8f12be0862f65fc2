package service_test

import (
	"slices"
	"strings"
	"testing"

	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

// unlike is the rules file of the world with a budget of 390 TB for North America, and more than 80 % of it is used.
var unlike = strings.Replace(servicetest.Rules, "500 TB", "390 TB", 1)

// isOld reports whether a service says that another rules file than its own is in use.
func isOld(r *servicetest.Running) bool {
	return slices.ContainsFunc(r.Readiness().Warnings, func(warning string) bool {
		return strings.HasPrefix(warning, "another rules file is in use since ")
	})
}

// The file of the newest start is the current one. The other replica answers people, checks nothing and says so; when it is started with
// its own file again, that is the current one.
func TestReplicasWithUnlikeFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, servicetest.OnMachineNetwork)
	w.Uses(300, 50)
	database, _ := w.Postgres()
	old := w.Start(on(database))
	w.AwaitChecks(2)

	w.WriteRules(unlike)
	newer := w.Start(on(database))
	w.Await("the older replica to notice", func() bool { return isOld(old) })
	w.awaitWritten("checks stopped here: another replica started with a different rules file")
	w.Uses(320, 50)
	w.Says(w.Message(cdnBudget, "North America Bandwidth: 82% Used"), "320 of 390 TB")
	w.AwaitChecks(manyChecks / 4)
	w.ExpectPosts(cdnBudget, 1)
	w.ExpectPosts(cdnPlatform, 0)
	if isOld(newer) {
		t.Error("the newer replica says that its file is the older one")
	}

	old.Stop()
	w.WriteRules(servicetest.Rules)
	back := w.Start(on(database))
	w.Await("the newer replica to notice that the first file is back", func() bool { return isOld(newer) })
	w.Uses(410, 50)
	w.Message(cdnBudget, "410 of 500 TB")
	w.ExpectPosts(cdnPlatform, 0)
	newer.Stop()
	if isOld(back) {
		t.Error("the replica that was started last says that its file is the older one")
	}
}

// A replica that is started over and over with a file that is wrong runs on the current one.
func TestAWrongFileTakesTheChecksFromNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, servicetest.OnMachineNetwork)
	w.Uses(390, 50)
	database, _ := w.Postgres()
	good := w.Start(on(database))
	w.AwaitChecks(1)
	w.WriteRules(strings.Replace(servicetest.Rules, "500 TB", "500 apples", 1))
	for range 2 {
		wrong := w.Start(on(database))
		w.Await("the last good rules", func() bool {
			return slices.ContainsFunc(wrong.Readiness().Warnings, func(warning string) bool {
				return strings.HasPrefix(warning, "running on the last good rules")
			})
		})
		if isOld(good) || isOld(wrong) {
			t.Error("a file that is wrong was made the current one")
		}
		wrong.Stop()
	}
	w.Uses(402.6, 50)
	w.Message(cdnBudget, "North America Bandwidth: 80% Used")
}

// What comes again, in another envelope and to another replica, is answered once.
func TestReplicasTakeARepeatedCommandOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, servicetest.OnMachineNetwork)
	w.Uses(390, 50)
	database, _ := w.Postgres()
	w.startOn(database, 3)
	const repeats = 12
	var asked []*slacksim.Invocation
	for range repeats {
		asked = append(asked, w.Slash(slacksim.Slash{
			User: alice, Channel: cdnBudget, Command: "/usage", Text: "help", Fields: map[string]any{"trigger_id": "1.2.repeated"},
		}))
	}
	answers := func() int {
		n := 0
		for _, one := range asked {
			n += len(one.Answers())
		}
		return n
	}
	w.Await("the answer", func() bool { return answers() > 0 })
	for _, one := range asked {
		if outcome, err := one.Outcome(w.Soon()); err != nil || outcome.Result != slacksim.Acknowledged {
			t.Errorf("outcome %v, error %v, want every repeat acknowledged", outcome.Result, err)
		}
	}
	w.Asks("/usage help") // another one goes through all the same, after them
	if n := answers(); n != 1 {
		t.Errorf("%d answers to one command that was delivered %d times", n, repeats)
	}
}
