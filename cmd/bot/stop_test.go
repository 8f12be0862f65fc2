package main

import (
	"syscall"
	"testing"

	"budgetbot/internal/servicetest"
	"budgetbot/internal/slacksim"
)

// inHand lets a service begin to answer a question, and keeps Fastly from answering it.
func inHand(w *world) (asked *slacksim.Invocation, release func()) {
	w.T.Helper()
	release = w.Fastly.Hold()
	asked = w.Types(alice, cdnBudget, "/usage 2023-01 cdn_usage")
	w.Await("a question under way", func() bool {
		for _, request := range w.Fastly.Requests() {
			if request.Query.Get("end_month") == "2023-01" {
				return true
			}
		}
		return false
	})
	return asked, release
}

func TestSIGTERMFinishesTheWorkInHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.launch().connected()
	asked, release := inHand(w)
	p.signal(syscall.SIGTERM)
	p.says("work in hand is finished first")
	release()
	w.Says(w.Answer(asked), "cdn_usage, January 2023")
	if code, took := p.ends(); code != exitOK || took > longestStop {
		t.Errorf("exit code %d after %s, want %d within %s", code, took, exitOK, longestStop)
	}
}

// A second signal waits for nothing: the first one's good end would be another exit code.
func TestASecondSIGTERMEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.launch().connected()
	_, release := inHand(w)
	defer release()
	p.signal(syscall.SIGTERM)
	p.says("work in hand is finished first")
	p.signal(syscall.SIGTERM)
	if code, _ := p.ends(); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
}

// A closed terminal, or a SIGHUP that is meant to reload the rules, does not end the service.
func TestSIGHUPIsNoEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.launch().connected()
	p.signal(syscall.SIGHUP)
	p.says("SIGHUP ignored")
	w.Says(w.Asks("/usage 2023-01 cdn_usage"), "January 2023")
	p.terminate()
}

// A process is killed in the moment in which Slack has the message and it does not know. The next one, on the same database, finds the
// message, and takes the press of its button.
func TestAKilledProcessIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	censor := w.Censor()
	through := "SLACK_API_URL=" + censor.APIURL
	w.Uses(390, 50)
	p := w.launch(through).connected()
	w.AwaitChecks(2)
	kept := censor.Keep("chat.postMessage")
	w.Uses(501, 50)
	kept()
	parent := w.Message(cdnBudget, "North America Bandwidth: Over Budget")
	p.kill()

	p = w.launch(through).connected()
	w.Says(w.Answer(w.Presses(alice, parent, "acknowledge")), "You acknowledged *North America Bandwidth*")
	posts := w.AwaitPosts(cdnBudget, 2)
	if got := posts[1]; got.ThreadTS != posts[0].TS || !servicetest.Has(got, "<@"+alice+">") {
		t.Errorf("%q is no reply to the message that was found again", got.Text)
	}
	p.terminate()
}
