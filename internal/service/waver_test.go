package service_test

import "testing"

// Usage that goes up and down around a threshold is posted twice; from then on the root shows where it stands, and a higher threshold is posted
// as ever. /budget history names what was not posted, and why.
func TestUsageThatWaversIsPostedTwice(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Uses(390, 50)
		w.Start()
		w.AwaitChecks(1)
		for range 6 {
			w.Uses(402.6, 50)
			w.AwaitChecks(1)
			w.Uses(388, 50)
			w.AwaitChecks(1)
		}
		w.Message(cdnBudget, "388 TB used", "usage is below the first level again")
		w.Uses(402.6, 50)
		w.Message(cdnBudget, "403 TB used", "posted again only once they have stayed below it for three days")
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)
		w.Says(w.Asks("/budget history na-bandwidth"), "not said: usage wavers around a level that was posted twice")

		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 3)
	})
}
