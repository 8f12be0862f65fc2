package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/deliver"
	"budgetbot/billing"
	"budgetbot/billing/daily"
)

func usage(usageType, quantity string, countedTo time.Time) billing.Usage {
	return billing.Usage{
		Month: november, Product: "cdn_usage", UsageType: usageType, Region: "Asia", Unit: "gb",
		Quantity: decimal.RequireFromString(quantity), CountedTo: countedTo,
	}
}

func readUsageAt(t *testing.T, s *Store, at time.Time, rows ...billing.Usage) {
	t.Helper()
	record(t, s, alerts.Outcome{At: at, Usage: rows})
}

func TestPriorOfADay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		day20, day21 := midnight.AddDate(0, 0, -1), midnight
		exact := usage("Bandwidth", "402600.000000123456", day21)
		exact.Raw = decimal.NewNullDecimal(decimal.RequireFromString("402600000000123"))
		october := usage("Bandwidth", "7", day21)
		october.Month = november.Add(-1)
		readUsageAt(t, s, noon.Add(-time.Hour), usage("Bandwidth", "1", day20), usage("Requests", "2", day20))
		readUsageAt(t, s, noon, usage("Bandwidth", "399999", day21), usage("Requests", "3", day20), usage("Silent", "9", time.Time{}))
		readUsageAt(t, s, noon.Add(time.Hour), exact, october)

		tests := []struct {
			name  string
			month billing.Month
			until time.Time
			want  []billing.Usage
		}{
			{"the last read of a day wins, exact to the last digit", november, day21, []billing.Usage{exact}},
			{"rows of an earlier day keep what was read for it last", november, day20, []billing.Usage{usage("Bandwidth", "1", day20), usage("Requests", "3", day20)}},
			{"an instant within the day finds the day", november, day21.Add(-13 * time.Hour), []billing.Usage{exact}},
			{"a day that was not watched is not found", november, day20.AddDate(0, 0, -1), nil},
			{"a row without a date from Fastly is of no day", november, noon.AddDate(0, 0, 1), nil},
			{"another month on the same day is another month", november.Add(-1), day21, []billing.Usage{october}},
		}
		for _, test := range tests {
			got := must(s.Prior(t.Context(), test.month, test.until))(t)
			if diff := cmp.Diff(test.want, got.Rows, sameMonth, emptyIsNil); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.name, diff)
			}
			if len(test.want) > 0 && !got.CountedTo.Equal(test.want[0].CountedTo) {
				t.Errorf("%s: counted to %s", test.name, got.CountedTo)
			}
		}
	})
}

// What is not used any more is not counted any further: without it the month would seem smaller than it was.
func TestPriorIncludesWhatWasCountedNoFurther(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		day18, day19, day20, day21 := midnight.AddDate(0, 0, -3), midnight.AddDate(0, 0, -2), midnight.AddDate(0, 0, -1), midnight
		readUsageAt(t, s, noon.AddDate(0, 0, -2), usage("Ended", "4", day18), usage("Moved", "1", day19), usage("Renamed", "6", day19))
		readUsageAt(t, s, noon.AddDate(0, 0, -1), usage("Ended", "5", day18), usage("Moved", "2", day20))
		readUsageAt(t, s, noon, usage("Ended", "5", day18), usage("Moved", "3", day21))

		got := must(s.Prior(t.Context(), november, day20))(t)
		if !got.CountedTo.Equal(day20) {
			t.Errorf("counted to %s", got.CountedTo)
		}
		if diff := cmp.Diff([]billing.Usage{usage("Ended", "5", day18), usage("Moved", "2", day20)}, got.Rows, sameMonth); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	})
}

func TestPriorIsAsLateAsItsLatestRow(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		readUsageAt(t, s, noon, usage("A", "1", midnight), usage("B", "2", noon), usage("C", "2", noon.Add(time.Hour)))
		if got := must(s.Prior(t.Context(), november, midnight))(t); !got.CountedTo.Equal(midnight) {
			t.Errorf("counted to %s, want %s", got.CountedTo, midnight)
		}
	})
}

func TestLatestUsageIsOfTheLastReadAlone(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		if _, _, found, err := s.LatestUsage(t.Context(), november); found || err != nil {
			t.Errorf("before the first read: found %t, %v", found, err)
		}
		if got := must(s.Prior(t.Context(), november, midnight))(t); !got.WatchingSince.IsZero() {
			t.Errorf("watching before the first read since %s", got.WatchingSince)
		}
		readUsageAt(t, s, noon, usage("Gone", "1", midnight), usage("Stays", "2", midnight))
		readUsageAt(t, s, noon.Add(time.Hour), usage("Stays", "3", midnight))
		rows, readAt, found, err := s.LatestUsage(t.Context(), november)
		if err != nil || !found || !readAt.Equal(noon.Add(time.Hour)) {
			t.Fatalf("read at %s, found %t, %v", readAt, found, err)
		}
		if diff := cmp.Diff([]billing.Usage{usage("Stays", "3", midnight)}, rows, sameMonth); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
		if got := must(s.Prior(t.Context(), november, midnight))(t); !got.WatchingSince.Equal(noon) {
			t.Errorf("watching since %s, want %s", got.WatchingSince, noon)
		}
	})
}

// TestPriorIsWhatWasSeenThen: of a day that was not recorded it has the time since when there could be a record.
func TestPriorIsWhatWasSeenThen(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		if prior, err := s.Prior(t.Context(), november, midnight); err != nil || !prior.WatchingSince.IsZero() || len(prior.Rows) > 0 {
			t.Errorf("no record at all: %+v, %v", prior, err)
		}
		readUsageAt(t, s, noon, usage("Bandwidth", "2", midnight))
		if prior, err := s.Prior(t.Context(), november, midnight); err != nil || len(prior.Rows) != 1 || !prior.CountedTo.Equal(midnight) || !prior.WatchingSince.Equal(noon) {
			t.Errorf("a day that was recorded: %+v, %v", prior, err)
		}
		prior, err := s.Prior(t.Context(), november, midnight.AddDate(0, 0, -3))
		if err != nil || len(prior.Rows) > 0 || !prior.CountedTo.IsZero() || !prior.WatchingSince.Equal(noon) {
			t.Errorf("a day that was not: %+v, %v", prior, err)
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := s.Prior(ended, november, midnight); !errors.Is(err, context.Canceled) {
			t.Errorf("a record that cannot be read: %v", err)
		}
	})
}

func TestPruneKeepsThirteenMonths(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		for _, age := range []int{0, 13, 14, 30} {
			month := november.Add(-age)
			st, al, us, de := budgetState("r"), alert("r", 80), usage("A", "1", month.Start().Add(time.Hour)), parent(month.String(), "cdn-budget")
			st.Month, al.Month, us.Month, de.Month, de.CreatedAt = month, month, month, month, month.Start()
			record(t, s, alerts.Outcome{
				At: month.Start(), BudgetStates: []alerts.BudgetState{st}, Alerts: []alerts.Alert{al},
				Usage: []billing.Usage{us}, Deliveries: []alerts.Delivery{de}, Forecasts: []alerts.ForecastDay{forecastOf("r", month, 20)},
			})
			st.Revision = 1
			entry := alerts.AuditEntry{ID: month.String(), BudgetID: st.BudgetID, Act: alerts.ActMute}
			if err := s.RecordAnswer(t.Context(), answer.Answered{BudgetState: st, Entry: entry}); err != nil {
				t.Fatal(err)
			}
		}
		if pruned := must(s.Prune(t.Context(), noon))(t); pruned != 12 {
			t.Errorf("%d rows pruned, want 12: six of each of two months", pruned)
		}
		for _, table := range []string{"standing", "alert", "audit", "outlook", "snapshot", "delivery"} {
			if n := count(t, s, "SELECT count(*) FROM "+table); n != 2 {
				t.Errorf("%d rows of %s kept, want those of this month and of 13 months ago", n, table)
			}
		}
		attempts := make(chan deliver.Attempt, 10)
		start(t, s, sends(attempts))
		eventually(t, "the lanes of pruned deliveries rest", func() bool { return lanes(t, s) == 0 })
		if len(attempts) != 2 {
			t.Errorf("%d attempts, want 2: pruned deliveries are not attempted", len(attempts))
		}
	})
}

// TestAWrongClockDeletesNothing: what is old goes by Fastly's dates, and by what was deleted last.
func TestAWrongClockDeletesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		kept := func() int64 { return count(t, s, "SELECT count(*) FROM standing") }
		for _, age := range []int{0, 1, 12, 13} {
			st := budgetState("r")
			st.Month = november.Add(-age)
			record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{st}})
		}
		wrong := noon.AddDate(0, 14, 0)
		for _, step := range []struct {
			name string
			do   func()
			now  time.Time
			want int64
		}{
			{"no figures yet", func() {}, wrong, 4},
			{"a clock 14 months ahead of the figures", func() { readUsageAt(t, s, noon, usage("A", "1", midnight)) }, wrong, 4},
			{"the right clock", func() {}, noon, 4},
			{"the clock and figures that are dated 14 months ahead, for once", func() { readUsageAt(t, s, wrong, usage("A", "1", wrong)) }, wrong, 3},
			{"a month later", func() {}, wrong.AddDate(0, 1, 0), 2},
		} {
			step.do()
			must(s.Prune(t.Context(), step.now))(t)
			if n := kept(); n != step.want {
				t.Errorf("%s: %d standings are kept, want %d", step.name, n, step.want)
			}
		}
	})
}

// TestOldEditsAreForgotten: of a month that is over only the newest edit of a message is kept, of this one and the last all.
func TestOldEditsAreForgotten(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		readUsageAt(t, s, noon, usage("A", "1", midnight))
		for i, month := range []billing.Month{november, november.Add(-1), november.Add(-2)} {
			top := parent(fmt.Sprintf("r%d", i), "cdn-budget")
			top.Month = month
			all := []alerts.Delivery{top}
			for revision := range 3 {
				edit := refresh(fmt.Sprintf("e%d-%d", i, revision), top.ID, noon)
				edit.Month, edit.Revision = month, int64(revision)
				all = append(all, edit)
			}
			enqueue(t, s, all...)
		}
		on(t, s, "UPDATE delivery SET state = 'sent'")
		must(s.Prune(t.Context(), noon))(t)
		var left []string
		for _, d := range deliveries(t, s, "month = '2026-09'") {
			left = append(left, d.ID)
		}
		if diff := cmp.Diff([]string{"e2-2", "r2"}, left); diff != "" || count(t, s, "SELECT count(*) FROM delivery") != 10 {
			t.Errorf("%d are left, of September (-want +got):\n%s", count(t, s, "SELECT count(*) FROM delivery"), diff)
		}
	})
}

func TestRecordedSince(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		day20, day21 := midnight.AddDate(0, 0, -1), midnight
		old := usage("Bandwidth", "7", day21)
		old.Month = november.Add(-1)
		readUsageAt(t, s, noon.Add(-time.Hour), usage("Bandwidth", "1", day20), usage("Silent", "9", time.Time{}), old)
		readUsageAt(t, s, noon, usage("Bandwidth", "2", day21))
		recorded, err := s.RecordedSince(t.Context(), november)
		if err != nil {
			t.Fatal(err)
		}
		want := []daily.Recorded{
			{Usage: usage("Bandwidth", "1", day20), Day: day20.AddDate(0, 0, -1)},
			{Usage: usage("Bandwidth", "2", day21), Day: day21.AddDate(0, 0, -1)},
		}
		if diff := cmp.Diff(want, recorded, sameMonth); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
