package service_test

import (
	"testing"

	"budgetbot/internal/service"
	"budgetbot/internal/servicetest"
)

// A process may die at any moment, and is followed by another on the same database. What was said is not said again, and
// what was not is.

func TestKilledBetweenChecks(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r, _ := w.startPast80()
		for range 3 {
			r.Kill()
			r = w.Start()
			w.AwaitChecks(1)
		}
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)
		w.ExpectPosts(cdnPlatform, 0)
		r.Stop()
	})
}

func TestKilledWhileSlackAnswers(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		censor := w.Censor()
		w.Uses(390, 50)
		r := w.Start(through(censor))
		w.AwaitChecks(2)
		kept := censor.Keep("chat.postMessage")
		w.Uses(402.6, 50)
		kept()
		w.Message(cdnBudget, "North America Bandwidth: 80% Used")
		r.Kill()

		r = w.Start(through(censor))
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 1)
		if got := w.Slack.CallCount("chat.postMessage"); got != 1 {
			t.Errorf("it was posted %d times, want once: the message carries the delivery's id", got)
		}
		w.Uses(501, 50)
		w.Await("a reply under the message that was found again", func() bool {
			posts := w.Posts(cdnBudget)
			return len(posts) == 2 && posts[1].ThreadTS == posts[0].TS
		})
		r.Stop()
	})
}

func TestKilledWhileChecking(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		r := w.Start()
		w.AwaitChecks(2)
		release := w.Fastly.Hold()
		w.Uses(402.6, 50)
		w.Await("a check under way", func() bool { return w.Fastly.InFlight() > 0 })
		r.Kill()
		release()
		w.ExpectPosts(cdnBudget, 0)

		r = w.Start()
		w.Message(cdnBudget, "North America Bandwidth: 80% Used")
		w.AwaitChecks(3)
		w.ExpectPosts(cdnBudget, 1)
		r.Stop()
	})
}

// through has a service speak to Slack by way of a censor.
func through(censor *servicetest.Censor) servicetest.Change {
	return func(c *service.Config, _ *service.Options) { c.SlackAPIURL = censor.APIURL }
}
