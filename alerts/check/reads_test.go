package check

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"budgetbot/alerts"
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
