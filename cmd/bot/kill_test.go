package main

import (
	"testing"
	"time"
)

// A process may die at any moment, and is followed by another on the same database. What was said is not said again, and
// what was not is.

func TestKilledBetweenChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.uses(390, 50)
	p := w.launch().connected()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	w.message(cdnBudget, "North America Bandwidth: 80% Used")
	for range 3 {
		p.kill()
		p = w.launch().connected()
		w.awaitChecks(1)
	}
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 1)
	w.expectPosts(cdnPlatform, 0)
	p.terminate()
}

func TestKilledWhileSlackAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	censor := newCensor(t, w.slack.APIURL())
	w.uses(390, 50)
	p := w.launch(censor.through).connected()
	w.awaitChecks(2)
	kept := censor.watch("chat.postMessage")
	w.uses(402.6, 50)
	w.happens("an answer that is kept", kept)
	w.message(cdnBudget, "North America Bandwidth: 80% Used")
	p.kill()

	p = w.launch(censor.through).connected()
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 1)
	if got := w.slack.CallCount("chat.postMessage"); got != 1 {
		t.Errorf("it was posted %d times, want once: the message carries the delivery's id", got)
	}
	w.uses(501, 50)
	w.await("a reply under the message that was found again", func() bool {
		posts := w.posts(cdnBudget)
		return len(posts) == 2 && posts[1].ThreadTS == posts[0].TS
	})
	p.terminate()
}

func TestKilledWhileChecking(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.uses(390, 50)
	p := w.launch().connected()
	w.awaitChecks(2)
	release := w.fastly.Hold()
	w.uses(402.6, 50)
	w.await("a check under way", func() bool { return w.fastly.InFlight() > 0 })
	p.kill()
	release()
	w.expectPosts(cdnBudget, 0)

	p = w.launch().connected()
	w.message(cdnBudget, "North America Bandwidth: 80% Used")
	w.awaitChecks(3)
	w.expectPosts(cdnBudget, 1)
	p.terminate()
}

// happens returns when the channel is closed.
func (w *world) happens(what string, event <-chan struct{}) {
	w.t.Helper()
	select {
	case <-event:
	case <-time.After(patience):
		w.t.Fatalf("waited in vain for %s; %s", what, w.log())
	}
}
