package main

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"budgetbot/internal/slacksim"
)

// inHand lets a service begin to answer a question, and keeps Fastly from answering it.
func inHand(w *world) (asked *slacksim.Invocation, release func()) {
	w.t.Helper()
	release = w.fastly.Hold()
	asked = w.types(alice, cdnBudget, "/usage 2023-01 cdn_usage")
	w.await("a question under way", func() bool {
		for _, request := range w.fastly.Requests() {
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
	w := newWorld(t, onWallTime)
	p := w.launch().connected()
	asked, release := inHand(w)
	p.signal(syscall.SIGTERM)
	p.says("work in hand is finished first")
	release()
	says(t, w.answer(asked), "cdn_usage, January 2023")
	if code, took := p.ends(); code != exitOK || took > 10*time.Second {
		t.Errorf("exit code %d after %s, want %d within 10 s", code, took, exitOK)
	}
}

func TestSIGTERMDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	p := w.launch().connected()
	first, release := inHand(w)
	defer release()
	asked := []*slacksim.Invocation{first}
	for range 5 { // more than one person's questions that are made at a time: some are still waiting for their turn at the end
		asked = append(asked, w.types(alice, cdnBudget, "/usage 2023-01 cdn_usage"))
	}
	for _, one := range asked {
		if outcome, err := one.Outcome(w.soon()); err != nil || outcome.Result != slacksim.Acknowledged {
			t.Fatalf("outcome %v, error %v, want every command acknowledged", outcome.Result, err)
		}
	}
	p.signal(syscall.SIGTERM)
	code, took := p.ends()
	if code != exitOK || took > 10*time.Second {
		t.Errorf("exit code %d after %s, want %d within 10 s", code, took, exitOK)
	}
	for _, one := range asked {
		says(t, w.answer(one), "I'm shutting down and couldn't finish this.")
	}
}

func TestASecondSIGTERMEndsAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	p := w.launch().connected()
	_, release := inHand(w)
	defer release()
	p.signal(syscall.SIGTERM)
	p.says("work in hand is finished first")
	p.signal(syscall.SIGTERM)
	if code, took := p.ends(); code != exitFailed || took > 3*time.Second {
		t.Errorf("exit code %d after %s, want %d at once", code, took, exitFailed)
	}
}

func TestSIGTERMBeforeSlackIsReached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	w.slack.Fail("auth.test", -1, slacksim.Fault{Hang: true})
	p := w.launch()
	if err := w.slack.WaitCalls(w.soon(), "auth.test", 1); err != nil {
		t.Fatal(err)
	}
	p.terminate()
}

// A message that Slack is slow to take is no reason to stay, and none to say it twice.
func TestSIGTERMWhileAMessageIsOnItsWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, onWallTime)
	censor := newCensor(t, w.slack.APIURL())
	w.uses(390, 50)
	p := w.launch(censor.through).connected()
	w.awaitChecks(2)
	kept := censor.watch("chat.postMessage")
	w.uses(402.6, 50)
	w.happens("an answer that is kept", kept)
	p.signal(syscall.SIGTERM)
	if code, took := p.ends(); code != exitOK || took > 10*time.Second {
		t.Errorf("exit code %d after %s, want %d within 10 s", code, took, exitOK)
	}
	p = w.launch(censor.through).connected()
	w.awaitChecks(5)
	w.expectPosts(cdnBudget, 1)
	p.terminate()
}

// A service that is opened and closed again and again answers whatever it acknowledges, up to the last moment.
func TestServicesComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var asked []*slacksim.Invocation
	ask := func(lines ...string) {
		for _, line := range lines {
			asked = append(asked, w.types(alice, cdnBudget, line))
		}
	}
	for range 20 {
		r := w.start()
		ask("/usage 2023-01..2023-03 cdn_usage", "/usage help", "/budget all")
		var stopping sync.WaitGroup
		stopping.Go(r.stop)
		ask("/usage 2023-01 cdn_usge", "/usage 2023-02 cdn_usage by service", "/budget")
		stopping.Wait()
	}
	taken := 0
	for i, a := range asked {
		outcome, err := a.Outcome(w.soon())
		if err != nil {
			t.Fatal(err)
		}
		if outcome.Result != slacksim.Acknowledged {
			continue
		}
		taken++
		if n := len(answersOf(a)); n != 1 {
			t.Errorf("command %d of %d was acknowledged and has %d answers, want 1; %s", i, len(asked), n, w.log())
		}
	}
	if taken < 60 {
		t.Errorf("%d of %d commands were taken", taken, len(asked))
	}
	if strings.Contains(w.written.String(), "abandoned") {
		t.Errorf("work was abandoned; %s", w.log())
	}
}
