package main

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/ops"
)

// TestRatiosAreOfTheWorst: a rule with a budget for each service is one series, and what is not known is none.
func TestRatiosAreOfTheWorst(t *testing.T) {
	rules, err := alerts.Load("rules.yaml", []byte(`defaults: {channel: cdn}
rules: [{name: each, per: service, budget: 100}, {name: one, budget: 100}, {name: unknown, budget: 100}]`))
	if err != nil {
		t.Fatal(err)
	}
	month := billing.NewMonth(2026, time.November)
	standing := func(rule, scope string, used int64, version string) alerts.Standing {
		return alerts.Standing{
			BudgetID: alerts.BudgetID{Rule: rule, Scope: scope, Month: month}, Used: decimal.New(used, 0), Limit: decimal.New(100, 0), Version: version,
		}
	}
	got := ratios(rules, []alerts.Standing{
		standing("each", "", 990, "v"), // from when the rule had one budget
		standing("each", "www", 40, "v"), standing("each", "api", 70, "v"), standing("each", "new", 0, ""),
		standing("one", "", 25, "v"), standing("one", "www", 900, "v"),
		standing("unknown", "", 0, ""), standing("gone", "", 50, "v"),
	})
	if diff := cmp.Diff([]ops.Budget{{Rule: "each", Ratio: 0.7}, {Rule: "one", Ratio: 0.25}}, got); diff != "" {
		t.Errorf("ratios (-want +got):\n%s", diff)
	}
}
