package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestCheckOfServices: services are read page by page, each has a budget state, and one that a restatement removed is unknown in the next
// check and keeps its figures.
func TestCheckOfServices(t *testing.T) {
	b := newBench(t, `rules: [{thresholds: [80%, 100%], name: r, product: cdn_usage, usage_type: "* Bandwidth", service: "shop-*", per: service, budget: 20 TB, channel: cdn}]`)
	listed := alertstest.Shops()
	b.source.Services = func(_ context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
		for _, usage := range listed {
			if usage.UsageType == query.UsageType {
				if err := page([]billing.ServiceUsage{usage}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	kept := map[alerts.BudgetID]alerts.BudgetState{}
	b.ledger.OnBudgetStates = func(m billing.Month) ([]alerts.BudgetState, error) {
		var of []alerts.BudgetState
		for _, s := range kept {
			if s.Month == m {
				of = append(of, s)
			}
		}
		return of, nil
	}
	b.ledger.OnRecord = func(outcome alerts.Outcome) error {
		for _, s := range outcome.BudgetStates {
			s.Revision++
			kept[s.BudgetID] = s
		}
		return nil
	}
	check := func() string {
		if result := b.RunOnce(t.Context(), alertstest.Noon); result.Err != nil {
			t.Fatal(result.Err)
		}
		var lines []string
		for _, s := range kept {
			lines = append(lines, fmt.Sprintf("%s %s %s", s.Instance, s.Used, s.Unknown))
		}
		slices.Sort(lines)
		return strings.TrimSpace(strings.Join(lines, "; "))
	}
	if got := check(); got != "shop-images 45000000000000 ; shop-www 10000000000000" {
		t.Errorf("the first check left %s", got)
	}
	listed = listed[:2]
	if got := check(); got != "shop-images 45000000000000 "+evaluate.Unlisted+"; shop-www 10000000000000" {
		t.Errorf("the second check left %s", got)
	}
}
