package check

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestChecksReadTheSameForAnyNumberOfRules is what keeps a large rules file from costing a large number of calls.
func TestChecksReadTheSameForAnyNumberOfRules(t *testing.T) {
	reads := func(rules int) (usage, services int) {
		var text strings.Builder
		text.WriteString("rules:\n")
		for i := range rules {
			service := ""
			if i%2 == 1 {
				service = fmt.Sprintf(", service: www-%d", i)
			}
			fmt.Fprintf(&text, "  - {name: rule-%d, product: cdn_usage, usage_type: North America Bandwidth, budget: 500 TB, channel: cdn%s}\n", i, service)
		}
		b := newBench(t, text.String())
		b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
		var mu sync.Mutex
		b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
			mu.Lock()
			defer mu.Unlock()
			usage++
			return alertstest.Account(), nil
		}
		b.source.Services = func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error {
			mu.Lock()
			defer mu.Unlock()
			services++
			return nil
		}
		if result := b.RunOnce(t.Context(), alertstest.Noon); !result.Claimed || result.Err != nil {
			t.Fatalf("the check with %d rules: %+v", rules, result)
		}
		return usage, services
	}
	fewUsage, fewServices := reads(10)
	manyUsage, manyServices := reads(10_000)
	if fewUsage == 0 || fewServices == 0 || manyUsage != fewUsage || manyServices != fewServices {
		t.Errorf("10 rules are %d and %d reads by service, 10,000 are %d and %d", fewUsage, fewServices, manyUsage, manyServices)
	}
}

// TestServicesCountAsFarAsTheAccount: services have no date, so that a budget of theirs is shown with the account's.
func TestServicesCountAsFarAsTheAccount(t *testing.T) {
	settled := alertstest.November.End().Add(billing.SettledAfter)
	for _, tt := range []struct {
		name  string
		now   time.Time
		moves int   // how often Fastly counts a day more while services are read
		fails error // of every read by service after the first
		gone  bool  // the account cannot be read again
		want  string
		reads int // of the account
	}{
		{"Fastly counts nothing meanwhile", alertstest.Noon, 0, nil, false, "21 TB to Nov 22", 2},
		{"Fastly counts a day more meanwhile: both are read again", alertstest.Noon, 1, nil, false, "22 TB to Nov 23", 2},
		{"services are read twice and no more", alertstest.Noon, 2, nil, false, "23 TB to Nov 23", 2},
		{"where services cannot be read again, those before stand", alertstest.Noon, 1, billing.ErrTimeout, false, "22 TB to Nov 22", 2},
		{"where the account cannot be read again, services stand", alertstest.Noon, 1, nil, true, "22 TB to Nov 22", 2},
		{"a settled month is read once", settled, 0, nil, false, "21 TB to Nov 22", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.RuleOf(t, `usage_type: Asia Bandwidth, service: www, budget: 50 TB`)
			day, accounts, services := int64(21), 0, 0
			source := &alertstest.FakeSource{T: t}
			source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) {
				if accounts++; tt.gone && accounts > 1 {
					return nil, billing.ErrUnavailable
				}
				return []billing.Usage{alertstest.BandwidthTo(alertstest.November, "Asia", day*1000, int(day))}, nil
			}
			source.Services = func(_ context.Context, q billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
				if services++; services > 1 && tt.fails != nil {
					return tt.fails
				}
				if services <= tt.moves {
					day++
				}
				return page(servicesOf(q, map[string]int64{"www": day * 1000}))
			}
			findings, err := Sources{Usage: source}.Evaluate(t.Context(), []rules.Rule{rule}, alertstest.November, tt.now)
			if err != nil || len(findings) != 1 || findings[0].Unknown != "" {
				t.Fatalf("%+v, %v", findings, err)
			}
			got := rule.Measure().Written(findings[0].Used) + " to " + findings[0].CountedTo.Format("Jan 2")
			if got != tt.want || accounts != tt.reads {
				t.Errorf("%s after %d reads of the account, want %s after %d", got, accounts, tt.want, tt.reads)
			}
		})
	}
}
