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

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestServicesAreLookedThroughAMonthAtATime: the month that runs once a day, then those before, newest first, each once.
func TestServicesAreLookedThroughAMonthAtATime(t *testing.T) {
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	b.ledger.DrawerOfServices = *alertstest.NewDrawer()
	d := &b.ledger.DrawerOfServices
	var asked []string
	fails := false
	b.serveServices(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		if fails {
			return nil, billing.ErrTimeout
		}
		return []billing.ServiceUsage{{Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceID: "S1", ServiceName: "www", Quantity: decimal.New(5, 0)}}, nil
	})
	rows := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 10, 10)
	rule := b.Rules().Rules[0]
	look := func(at time.Time) (months, unknown string) {
		asked = nil
		services := b.reader.look(t.Context(), alertstest.November, rows, at)
		return strings.Join(asked, " "), evaluate.Inventory{Month: alertstest.November, Rows: rows, Services: services}.Find(&rule).Unknown
	}
	for i, want := range []string{"2026-11", "2026-10", "2026-09", "2026-08", "2026-07", "2026-06", "2026-05", ""} {
		if got, unknown := look(alertstest.Noon.Add(time.Duration(i) * time.Hour)); got != want || (unknown == "") != (i >= 6) {
			t.Errorf("check %d: looked through %q, want %q; unknown: %q", i, got, want, unknown)
		}
	}
	got, _ := look(alertstest.Noon.Add(25 * time.Hour))
	if seen, _, _ := d.SeenServices(t.Context(), alertstest.November); got != "2026-11" || len(seen) != 1 || !seen[0].Share.Equal(decimal.New(5, -1)) {
		t.Errorf("a day later: looked through %q, seen %+v", got, seen)
	}
	fails = true
	got, unknown := look(alertstest.Noon.Add(50 * time.Hour))
	if again, _ := look(alertstest.Noon.Add(51 * time.Hour)); got != "2026-11" || again != "" || unknown != "" {
		t.Errorf("what fails: %q, then %q; want it tried again a day later, and what was seen kept", got, again)
	}
	d.Err = errors.New("locked")
	if _, unknown := look(alertstest.Noon.Add(52 * time.Hour)); unknown != "the record of services can't be read" {
		t.Errorf("a record that cannot be read: %q", unknown)
	}
}

func TestTooManyServicesAreUnknown(t *testing.T) {
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	var asked []string
	b.serveServices(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
		page := make([]billing.ServiceUsage, mostSeen+1)
		for i := range page {
			page[i] = billing.ServiceUsage{Product: q.Product, UsageType: q.UsageType, Unit: "gb", ServiceID: fmt.Sprint(i), Quantity: decimal.New(1, 0)}
		}
		return page, nil
	})
	b.ledger.DrawerOfServices = *alertstest.NewDrawer()
	rows := alertstest.Since(6, "cdn_usage/Europe Bandwidth", 10, 10)
	services := b.reader.look(t.Context(), alertstest.November, rows, alertstest.Noon)
	if got := services.Unknown; got != "the account has too many services to tell which are new" {
		t.Errorf("%q", got)
	}
}

// TestWhatOneServiceUsedOfUnlikeUnits: requests and gigabytes are not added; what it makes most of counts.
func TestWhatOneServiceUsedOfUnlikeUnits(t *testing.T) {
	rows := []billing.Usage{alertstest.Gigabytes(alertstest.November, "cdn_usage/A", 60), alertstest.Gigabytes(alertstest.November, "cdn_usage/B", 40), alertstest.Gigabytes(alertstest.November, "cdn_usage/R", 1000)}
	rows[2].Unit = "unit"
	b := newBench(t, "rules: [{name: r, channel: cdn, new: [service]}]")
	var asked []string
	b.serveServices(&asked, func(q billing.ServiceQuery) ([]billing.ServiceUsage, error) {
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
