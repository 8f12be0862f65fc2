package store

import (
	"context"
	"testing"
	"time"

	"budgetbot/alerts"
)

// TestWhatWaitsOfARemovedRuleIsDropped: nothing is said of it any more, nothing is tried for ever, and the trouble of a channel
// that nothing waits for is forgotten.
func TestWhatWaitsOfARemovedRuleIsDropped(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		broken := &alerts.BrokenRoute{Channel: "shop-cdn", Reason: "not_in_channel"}
		start(t, s, script{attempt: func(_ context.Context, a alerts.Attempt) alerts.Verdict {
			if a.Superseded {
				return alerts.Verdict{State: alerts.DeliveryDropped}
			}
			if a.Channel == "shop-cdn" {
				return alerts.Verdict{State: alerts.DeliveryBroken, Wait: rescueAfter, Err: broken}
			}
			return sent(a)
		}, notice: func(alerts.RouteTrouble, string, time.Time) (alerts.Delivery, bool) { return alerts.Delivery{}, false }})
		deliver(t, s, root("d1", "shop-cdn"))
		awaitState(t, s, "d1", alerts.DeliveryBroken)
		closing := refresh("d2", "d1", noon)
		closing.Channel = "shop-cdn"
		record(t, s, alerts.Outcome{At: noon, Drops: []alerts.BudgetID{budget("na-bandwidth")}, Deliveries: []alerts.Delivery{closing}})
		awaitState(t, s, "d1", alerts.DeliveryDropped)
		awaitState(t, s, "d2", alerts.DeliveryDropped)
		if routes := must(s.Routes(t.Context()))(t); len(routes) != 0 {
			t.Errorf("broken routes = %+v", routes)
		}
		if backlog := must(s.QueueDepth(t.Context()))(t); backlog.Broken+backlog.Pending != 0 {
			t.Errorf("backlog = %+v", backlog)
		}
	})
}
