package service_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"budgetbot/internal/slacksim"
)

// longestStop is how long a service may take to finish its work in hand.
const longestStop = 10 * time.Second

// A stop does not wait for ever for what is in hand: the bot tells people.
func TestAStopThatWorkInHandOutlasts(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start()
		release := w.Fastly.Hold()
		defer release()
		var asked []*slacksim.Invocation
		for range 6 { // more than one person's questions that are made at a time: some are still waiting for their turn at the end
			asked = append(asked, w.Types(alice, cdnBudget, "/usage 2023-01 cdn_usage"))
		}
		for _, one := range asked {
			if outcome, err := one.Outcome(w.Soon()); err != nil || outcome.Result != slacksim.Acknowledged {
				t.Fatalf("outcome %v, error %v, want every command acknowledged", outcome.Result, err)
			}
		}
		w.Await("a question under way", func() bool {
			for _, request := range w.Fastly.Requests() {
				if request.Query.Get("end_month") == "2023-01" {
					return true
				}
			}
			return false
		})
		began := time.Now()
		r.Stop()
		if took := time.Since(began); took > longestStop {
			t.Errorf("it stopped after %s, want %s at most", took, longestStop)
		}
		for _, one := range asked {
			w.Says(w.Answer(one), "I'm shutting down and couldn't finish this.")
		}
	})
}

// A message that Slack is slow to take is no reason to stay, and none to say it twice.
func TestAStopWhileAMessageIsOnItsWay(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		censor := w.Censor()
		w.Uses(390, 50)
		r := w.Start(through(censor))
		w.AwaitChecks(2)
		kept := censor.Keep("chat.postMessage")
		w.Uses(402.6, 50)
		kept()
		began := time.Now()
		r.Stop()
		if took := time.Since(began); took > longestStop {
			t.Errorf("it stopped after %s, want %s at most", took, longestStop)
		}
		w.Start(through(censor))
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)
	})
}

// A service that is opened and closed again and again answers whatever it acknowledges, up to the last moment.
func TestServicesComeAndGo(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		var asked []*slacksim.Invocation
		ask := func(lines ...string) {
			for _, line := range lines {
				asked = append(asked, w.Types(alice, cdnBudget, line))
			}
		}
		for range 20 {
			r := w.Start()
			ask("/usage 2023-01..2023-03 cdn_usage", "/usage help", "/budget all")
			var stopping sync.WaitGroup
			stopping.Go(r.Stop)
			ask("/usage 2023-01 cdn_usge", "/usage 2023-02 cdn_usage by service", "/budget")
			stopping.Wait()
		}
		taken := 0
		for i, a := range asked {
			outcome, err := a.Outcome(w.Soon())
			if err != nil {
				t.Fatal(err)
			}
			if outcome.Result != slacksim.Acknowledged {
				continue
			}
			taken++
			// One that came while a process closed its connections, where nothing can be acknowledged any more, may have answers of two processes.
			if n := len(answersOf(a)); n < 1 || n > 1+outcome.Resent {
				t.Errorf("command %d of %d was sent again %d times and has %d answers; %s", i, len(asked), outcome.Resent, n, w.Log())
			}
		}
		if taken < 60 {
			t.Errorf("%d of %d commands were taken", taken, len(asked))
		}
		if strings.Contains(w.Written.String(), "abandoned") {
			t.Errorf("work was abandoned; %s", w.Log())
		}
	})
}
