package service_test

import (
	"strings"
	"testing"

	"budgetbot/internal/servicetest"
)

// Usage that goes up and down around a threshold is posted twice; from then on the parent message shows its state, and a higher threshold is posted
// as ever. /budget history names what was not posted, and why.
func TestUsageThatWaversIsPostedTwice(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.WriteRules(strings.Replace(servicetest.Rules, "{channel: cdn-budget}", "{channel: cdn-budget, forecast: none}", 1))
		w.Uses(390, 50)
		w.Start()
		w.AwaitChecks(1)
		for range 6 {
			w.Uses(402.6, 50)
			w.AwaitChecks(1)
			w.Uses(388, 50)
			w.AwaitChecks(1)
		}
		w.Message(cdnBudget, "388 TB used", "usage is back below the first threshold")
		w.Uses(402.6, 50)
		w.Message(cdnBudget, "403 TB used", "post it again only after they stay below it for three days")
		w.AwaitChecks(manyChecks)
		w.ExpectPosts(cdnBudget, 2)
		w.Says(w.Asks("/budget history na-bandwidth"), "no separate alert: usage keeps moving around a threshold that was posted twice")

		w.Uses(501, 50)
		w.AwaitPosts(cdnBudget, 3)
	})
}
