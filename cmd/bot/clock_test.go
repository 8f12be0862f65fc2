package main

import (
	"testing"
	"time"
)

// TestAClockThatJumps: forwards into the next month and back again, nothing is said twice and nothing is lost.
func TestAClockThatJumps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50) // of November and of December
	r := w.start()
	w.awaitChecks(2)
	w.uses(402.6, 50)
	w.message(cdnBudget, "North America Bandwidth: 80% Used")

	w.clock.advance(20 * 24 * time.Hour)
	w.await("the same level in the month that has begun", func() bool { return len(w.posts(cdnBudget)) == 2 })
	w.awaitChecks(3)
	w.clock.advance(-20 * 24 * time.Hour)
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)

	w.uses(501, 50)
	w.await("the next level", func() bool { return len(w.posts(cdnBudget)) == 3 })
	if posts := w.posts(cdnBudget); posts[2].ThreadTS != posts[0].TS {
		t.Errorf("the rise is not under November's message:\n%s", w.channel(cdnBudget))
	}
	r.stop()
}
