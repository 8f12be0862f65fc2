package service_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/slacksim"
)

// While this machine's clock is far from the date of what Slack and Fastly answer, nothing old is removed, /readyz and the log tell it;
// once it is right, what is older than 13 months goes.
func TestAWrongClockRemovesNothing(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		const months = 14 * 30 * 24 * time.Hour
		var behind atomic.Int64
		date := func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }
		w := newWorld(t, func(s *slacksim.Config, f *fastlysim.Config) { s.Date, f.Date = date, date })
		behind.Store(int64(months))
		w.Clock.Advance(-months)
		old := billing.MonthOf(w.Clock.Now())
		w.Uses(410, 50)
		r := w.Start()
		w.AwaitChecks(1)
		r.Stop()

		w.Clock.Advance(months)
		w.Uses(390, 50)
		r = w.Start()
		w.AwaitChecks(1)
		r.Stop()
		r = w.Start()
		w.Await("the refusal", func() bool {
			return strings.Count(w.Written.String(), "old records not removed: this machine's clock says") == 3
		})
		if kept, err := r.Service.Store.BudgetStates(t.Context(), old); err != nil || len(kept) != 2 {
			t.Errorf("of %s %d standings are kept, want 2; %v", old, len(kept), err)
		}
		if ready := r.Readiness(); !ready.Ready || len(ready.Warnings) != 1 || !strings.Contains(ready.Warnings[0], "set the clock (NTP)") {
			t.Errorf("/readyz says %+v", ready)
		}
		r.Stop()

		behind.Store(0)
		r = w.Start()
		w.Await("the end of what is old", func() bool {
			kept, err := r.Service.Store.BudgetStates(t.Context(), old)
			return err == nil && len(kept) == 0
		})
		r.AwaitNoWarning()
	})
}

// A clock that is a day ahead takes a day that is not over for one that is.
func TestNoDaysAreReadByAWrongClock(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		var behind atomic.Int64
		behind.Store(int64(24 * time.Hour))
		date := func() time.Time { return time.Now().Add(-time.Duration(behind.Load())) }
		w := newWorld(t, func(s *slacksim.Config, f *fastlysim.Config) { s.Date, f.Date = date, date })
		r := w.Start(readingDays)
		w.Await("the refusal", func() bool { return strings.Contains(w.Written.String(), "reading of days failed") })
		w.AwaitChecks(manyChecks)
		if states, err := r.Service.Store.DayMonths(t.Context(), daily.ByRegion); err != nil || len(states) > 0 {
			t.Errorf("kept %v, %v", states, err)
		}
		behind.Store(0)
		w.awaitWhole(r)
	})
}
