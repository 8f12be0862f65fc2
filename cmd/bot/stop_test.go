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
	asked, release := inHand(w)
	defer release()
	p.signal(syscall.SIGTERM)
	code, took := p.ends()
	if code != exitOK || took > 10*time.Second {
		t.Errorf("exit code %d after %s, want %d within 10 s", code, took, exitOK)
	}
	says(t, w.answer(asked), "I am being stopped and could not finish this.")
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

// A service that is opened and closed again and again answers whatever it has acknowledged.
func TestServicesComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 20 {
		r := w.start()
		var asked []*slacksim.Invocation
		for _, text := range []string{"/usage 2023-01..2023-03 cdn_usage", "/usage help", "/budget all", "/usage 2023-01 cdn_usge"} {
			asked = append(asked, w.types(alice, cdnBudget, text))
		}
		var taken sync.WaitGroup
		for _, a := range asked {
			taken.Go(func() {
				if out, err := a.Outcome(t.Context()); err != nil || out.Result != slacksim.Acknowledged {
					t.Errorf("a command was not acknowledged: %v, %v", out.Result, err)
				}
			})
		}
		taken.Wait()
		r.stop()
		for i, a := range asked {
			if len(answersOf(a)) != 1 {
				t.Errorf("command %d has %d answers, want 1; %s", i, len(answersOf(a)), w.log())
			}
		}
		w.await("no connection", func() bool { return len(w.slack.Connections()) == 0 })
	}
	if log := w.written.String(); strings.Contains(log, "abandoned") {
		t.Errorf("work was abandoned; %s", w.log())
	}
}
