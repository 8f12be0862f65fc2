package service

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/internal/ops"
)

// TestBudgetsAreOfTheWorst: a rule with a budget for each service is one series, and what has no figure is counted.
func TestBudgetsAreOfTheWorst(t *testing.T) {
	rules, err := rulesfile.Load("rules.yaml", []byte(`defaults: {channel: cdn}
rules: [{name: each, per: service, budget: 100 TB}, {name: one, budget: 100 requests}, {name: unknown, budget: 100}, {name: fresh, budget: 100}, {name: bill, budget: 100 USD}]`))
	if err != nil {
		t.Fatal(err)
	}
	month := billing.NewMonth(2026, time.November)
	id := func(rule, scope string) alerts.BudgetID {
		return alerts.BudgetID{Rule: rule, Scope: scope, Month: month}
	}
	standing := func(rule, scope string, used, limit int64, version string) alerts.Standing {
		return alerts.Standing{BudgetID: id(rule, scope), Used: decimal.New(used, 0), Limit: decimal.New(limit, 0), Version: version}
	}
	noFigure := func(s alerts.Standing) alerts.Standing {
		s.Unknown = "no row of Fastly matches the rule"
		return s
	}
	outlook := func(rule, scope string, expected, limit int64) alerts.OutlookDay {
		return alerts.OutlookDay{BudgetID: id(rule, scope), Expected: decimal.New(expected, 0), Limit: decimal.New(limit, 0)}
	}
	got, unknown := budgetsOf(rules, []alerts.Standing{
		standing("each", "", 990, 100, "v"), // from when the rule had one budget
		standing("each", "www", 40, 100, "v"), standing("each", "api", 140, 200, "v"), noFigure(standing("each", "new", 0, 100, "")),
		standing("one", "", 25, 100, "v"), standing("one", "www", 900, 100, "v"),
		noFigure(standing("unknown", "", 0, 100, "")), standing("fresh", "", 0, 100, ""), standing("gone", "", 50, 100, "v"),
		noFigure(standing("bill", "", 30, 100, "v")), // the last figure that there was
	}, []alerts.OutlookDay{outlook("each", "www", 120, 100), outlook("each", "api", 180, 200), outlook("one", "www", 999, 100)})
	want := []ops.Budget{
		{Rule: "each", Unit: "bytes", Known: true, Ratio: 0.7, Limit: 200, Likely: 1.2, Unknown: 1},
		{Rule: "one", Unit: "requests", Known: true, Ratio: 0.25, Limit: 100},
		{Rule: "unknown", Unit: "billed", Unknown: 1},
		{Rule: "bill", Unit: "USD", Known: true, Ratio: 0.3, Limit: 100, Unknown: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || unknown != 3 {
		t.Errorf("%d budgets have no figure, want 3; budgets (-want +got):\n%s", unknown, diff)
	}
}
