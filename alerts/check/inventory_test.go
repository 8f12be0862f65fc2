package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestServicesAreLookedThroughAMonthAtATime: the month that runs once a day, then those before, newest first, each once.
func TestServicesAreLookedThroughAMonthAtATime(t *testing.T) {
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	d := alertstest.NewDrawer()
	var asked []string
	fails := false
	b.escalations(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		if fails {
			return nil, billing.ErrTimeout
		}
		return []billing.ServiceUsage{{Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceID: "S1", ServiceName: "www", Quantity: decimal.New(5, 0)}}, nil
	})
	r := inventory{record: d, log: zap.NewNop(), tried: map[billing.Month]time.Time{}}
	rows := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 10, 10)
	look := func(at time.Time) (months string, k evaluate.KnownServices) {
		asked = nil
		reading := evaluate.Reading{Month: alertstest.November, Rows: rows[6:], ReadAt: at}
		k = r.look(t.Context(), b.source, b.Rules(), reading, rows[:6], at)
		return strings.Join(asked, " "), k
	}
	for i, want := range []string{"2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05", ""} {
		got, k := look(alertstest.Noon.Add(time.Duration(i) * time.Hour))
		rule := b.Rules().Rules[0]
		if known := k.FindNew(&rule, alertstest.November).Unknown == ""; got != want || known != (i >= 6) {
			t.Errorf("check %d: looked through %q, want %q; known: %t", i, got, want, known)
		}
	}
	if got, k := look(alertstest.Noon.Add(25 * time.Hour)); got != "2026-11" || !k.Months[alertstest.November][evaluate.SeenKey{Product: "cdn_usage", ID: "S1"}].Share.Equal(decimal.New(5, -1)) {
		t.Errorf("a day later: looked through %q, %+v", got, k.Months[alertstest.November])
	}
	fails = true
	got, k := look(alertstest.Noon.Add(50 * time.Hour))
	rule := b.Rules().Rules[0]
	if again, _ := look(alertstest.Noon.Add(51 * time.Hour)); got != "2026-11" || again != "" || k.FindNew(&rule, alertstest.November).Unknown != "" {
		t.Errorf("what fails: %q, then %q; want it tried again a day later, and what was seen kept", got, again)
	}
	d.Err = errors.New("locked")
	if _, k := look(alertstest.Noon.Add(52 * time.Hour)); k.FindNew(&rule, alertstest.November).Unknown != "the record of services can't be read" {
		t.Errorf("a record that cannot be read: %q", k.Unknown)
	}
}

func TestTooManyServicesAreNotTold(t *testing.T) {
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	var asked []string
	b.escalations(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		page := make([]billing.ServiceUsage, mostSeen+1)
		for i := range page {
			page[i] = billing.ServiceUsage{Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceID: fmt.Sprint(i), Quantity: decimal.New(1, 0)}
		}
		return page, nil
	})
	r := inventory{record: alertstest.NewDrawer(), log: zap.NewNop(), tried: map[billing.Month]time.Time{}}
	rows := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 10, 10)
	k := r.look(t.Context(), b.source, b.Rules(), evaluate.Reading{Month: alertstest.November, Rows: rows[6:], ReadAt: alertstest.Noon}, rows[:6], alertstest.Noon)
	rule := b.Rules().Rules[0]
	if got := k.FindNew(&rule, alertstest.November).Unknown; got != "the account has more than 20000 services" {
		t.Errorf("%q", got)
	}
}

// TestWhatOneServiceUsedOfUnlikeUnits: requests and gigabytes are not added; what it makes most of counts.
func TestWhatOneServiceUsedOfUnlikeUnits(t *testing.T) {
	rows := []billing.Usage{alertstest.Gigabytes(alertstest.November, "cdn_usage/A", 60), alertstest.Gigabytes(alertstest.November, "cdn_usage/B", 40), alertstest.Gigabytes(alertstest.November, "cdn_usage/R", 1000)}
	rows[2].Unit = "unit"
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	var asked []string
	b.escalations(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		of := map[string]int64{"A": 10, "B": 10, "R": 300}[q.UsageType]
		unit := map[bool]string{true: "unit", false: "gb"}[q.UsageType == "R"]
		return []billing.ServiceUsage{
			{Product: q.Product, UsageType: q.UsageType, Unit: unit, ServiceID: "S1", ServiceName: "www", Quantity: decimal.New(of, 0)},
			{Product: q.Product, UsageType: q.UsageType, Unit: unit, ServiceID: "S0", ServiceName: "idle"},
		}, nil
	})
	seen, err := see(t.Context(), b.source, alertstest.November, rows)
	same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
	want := []alerts.SeenService{{Month: alertstest.November, Product: "cdn_usage", ID: "S1", Name: "www", Share: decimal.New(3, -1)}}
	if diff := cmp.Diff(want, seen, same, cmp.AllowUnexported(billing.Month{})); diff != "" || err != nil {
		t.Errorf("error %v, seen (-want +got):\n%s", err, diff)
	}
	if slices.Sort(asked); len(asked) != 3 {
		t.Errorf("asked for %v", asked)
	}
}
