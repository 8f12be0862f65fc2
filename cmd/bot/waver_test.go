package main

import "testing"

// Usage that goes up and down around a threshold is posted twice; from then on the root shows where it stands, and a higher threshold is posted
// as ever. /budget history names what was not posted, and why.
func TestUsageThatWaversIsPostedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.hurry(20)
	w.uses(390, 50)
	w.start()
	w.awaitChecks(1)
	for range 6 {
		w.uses(402.6, 50)
		w.awaitChecks(1)
		w.uses(388, 50)
		w.awaitChecks(1)
	}
	w.message(cdnBudget, "388 TB used", "usage is back below the first threshold again")
	w.uses(402.6, 50)
	w.message(cdnBudget, "403 TB used", "posted again only once they have stayed below it for three days")
	w.awaitChecks(manyChecks)
	w.expectPosts(cdnBudget, 2)
	says(t, w.asks("/budget history na-bandwidth"), "no separate alert: usage keeps moving around a threshold that was posted twice")

	w.uses(501, 50)
	w.await("the next level", func() bool { return len(w.posts(cdnBudget)) == 3 })
}
