package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
)

func TestDeliveryIsSentOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s, attempts := openAt(t, url), make(chan alerts.Attempt, 10)
		deliver(t, s, root("r1", "cdn-budget"))
		start(t, s, sends(attempts))
		got := next(t, "the attempt", attempts)
		want := alerts.Attempt{Delivery: root("r1", "cdn-budget")}
		want.Attempts = 1
		if diff := cmp.Diff(want, got, sameMonth); diff != "" {
			t.Errorf("attempt (-want +got):\n%s", diff)
		}
		d := awaitState(t, s, "r1", alerts.DeliverySent)
		if d.Receipt != sent(got).Receipt || d.Attempts != 1 || d.Error != "" {
			t.Errorf("delivery = %+v, want the receipt of its one attempt", d)
		}
		if n := liveJobs(t, s); n != 0 {
			t.Errorf("%d jobs live after the receipt, want 0: they end in one transaction", n)
		}
	})
}
