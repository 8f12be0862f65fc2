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
		return alerts.BudgetID{Rule: rule, Instance: scope, Month: month}
	}
	state := func(rule, scope string, used, limit int64, version string) alerts.BudgetState {
		return alerts.BudgetState{BudgetID: id(rule, scope), Used: decimal.New(used, 0), Limit: decimal.New(limit, 0), Version: version}
	}
	noFigure := func(s alerts.BudgetState) alerts.BudgetState {
		s.Unknown = "no row of Fastly matches the rule"
		return s
	}
	expected := func(rule, scope string, expected, limit int64) alerts.ForecastDay {
		return alerts.ForecastDay{BudgetID: id(rule, scope), Expected: decimal.New(expected, 0), Limit: decimal.New(limit, 0)}
	}
	got, unknown := budgetsOf(rules, []alerts.BudgetState{
		state("each", "", 990, 100, "v"), // from when the rule had one budget
		state("each", "www", 40, 100, "v"), state("each", "api", 140, 200, "v"), noFigure(state("each", "new", 0, 100, "")),
		state("one", "", 25, 100, "v"), state("one", "www", 900, 100, "v"),
		noFigure(state("unknown", "", 0, 100, "")), state("fresh", "", 0, 100, ""), state("gone", "", 50, 100, "v"),
		noFigure(state("bill", "", 30, 100, "v")), // the last figure that there was
	}, []alerts.ForecastDay{expected("each", "www", 120, 100), expected("each", "api", 180, 200), expected("one", "www", 999, 100)})
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
