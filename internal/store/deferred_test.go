package store

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
)

func TestADeliveryIsDeferredUntilItsTime(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		var business atomic.Int64
		business.Store(noon.Unix())
		s := openWith(t, Config{URL: url, Business: func() time.Time { return time.Unix(business.Load(), 0) }})
		held := parent("d1", "cdn-budget")
		held.NotBefore = noon.Add(time.Hour)
		attempts := make(chan deliver.Attempt, 10)
		enqueue(t, s, held, parent("d2", "cdn-budget"))
		start(t, s, sends(attempts))
		awaitState(t, s, "d2", alerts.DeliverySent)
		if d := delivery(t, s, "d1"); d.State != alerts.DeliveryPending || d.Attempts != 0 || !d.NotBefore.Equal(held.NotBefore) {
			t.Errorf("before its time it is %+v", d)
		}
		business.Store(held.NotBefore.Unix())
		if d := awaitState(t, s, "d1", alerts.DeliverySent); d.Attempts != 1 {
			t.Errorf("%d attempts, want 1", d.Attempts)
		}
	})
}

func TestADeferredDeliveryCanBeWithdrawn(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		held := parent("d1", "cdn-budget")
		held.NotBefore = time.Now().Add(time.Hour)
		enqueue(t, s, held)
		record(t, s, alerts.Outcome{At: noon, Withdrawn: []string{"d1"}})
		if d := delivery(t, s, "d1"); d.State != alerts.DeliveryDropped {
			t.Errorf("it is %s", d.State)
		}
		err := s.Record(t.Context(), alerts.Outcome{At: noon, Withdrawn: []string{"d1"}, BudgetStates: []alerts.BudgetState{budgetState("r")}})
		if !errors.Is(err, alerts.ErrConflict) {
			t.Errorf("withdrawn twice: %v, want a conflict", err)
		}
		if n := count(t, s, "SELECT count(*) FROM standing"); n != 0 {
			t.Error("what came with it is recorded all the same")
		}
	})
}
