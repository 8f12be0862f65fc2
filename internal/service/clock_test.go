package service_test

import (
	"testing"
	"time"
)

// TestAClockThatJumps: forwards into the next month and back again, no alert is posted twice and none is lost.
func TestAClockThatJumps(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50) // of November and of December
		r := w.Start()
		w.AwaitChecks(2)
		w.Uses(402.6, 50)
		w.Message(cdnBudget, "North America Bandwidth: 80% Used")

		w.Clock.Advance(20 * 24 * time.Hour)
		w.AwaitPosts(cdnBudget, 2)
		w.AwaitChecks(3)
		w.Clock.Advance(-20 * 24 * time.Hour)
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)

		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 3)
		if posts := w.Posts(cdnBudget); posts[2].ThreadTS != posts[0].TS {
			t.Errorf("the rise is not under November's message:\n%s", w.Channel(cdnBudget))
		}
		r.Stop()
	})
}
