package service

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rulesfile"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/ops"
)

// recorded is what the store has of a month.
type recorded struct {
	states    []alerts.BudgetState
	forecasts []alerts.ForecastDay
}

func (r recorded) BudgetStates(context.Context, billing.Month) ([]alerts.BudgetState, error) {
	return r.states, nil
}

func (r recorded) ForecastsOn(context.Context, billing.Month, time.Time) ([]alerts.ForecastDay, error) {
	return r.forecasts, nil
}

func (recorded) Alerts(context.Context, alerts.BudgetID) ([]alerts.Alert, error) {
	return nil, errors.New("since when budgets are in their state is no metric")
}

func (recorded) CheckStatus(context.Context) (alerts.CheckStatus, error) {
	return alerts.CheckStatus{}, nil
}

// TestBudgetsAreOfTheWorst: a rule with a budget for each service is one series, the worst rule is first, and what has no figure is counted.
func TestBudgetsAreOfTheWorst(t *testing.T) {
	rules, err := rulesfile.Load("rules.yaml", []byte(`defaults: {channel: cdn}
rules:
  - {name: one, budget: 100 requests}
  - {name: each, per: service, budget: 100 requests, except: {api: 200 requests}}
  - {name: unknown, budget: 100}
  - {name: fresh, budget: 100}
  - {name: bill, budget: 100 USD}
  - {name: stale, budget: 100 requests}`))
	if err != nil {
		t.Fatal(err)
	}
	month := billing.NewMonth(2026, time.November)
	now := month.Start().AddDate(0, 0, 20)
	id := func(rule, instance string) alerts.BudgetID {
		return alerts.BudgetID{Rule: rule, Instance: instance, Month: month}
	}
	state := func(rule, instance string, used int64, version string) alerts.BudgetState {
		return alerts.BudgetState{BudgetID: id(rule, instance), Used: decimal.New(used, 0), Version: version, CountedTo: now}
	}
	noFigure := func(s alerts.BudgetState) alerts.BudgetState {
		s.Unknown = "no row of Fastly matches the rule"
		return s
	}
	old := state("stale", "", 10, "v")
	old.CountedTo = month.Start().AddDate(0, 0, 1)
	expected := func(rule, instance string, expected, limit int64, version string) alerts.ForecastDay {
		return alerts.ForecastDay{
			BudgetID: id(rule, instance), Expected: decimal.New(expected, 0), Limit: decimal.New(limit, 0), Method: forecast.MethodPace, Version: version, Day: now,
		}
	}
	snapshot, err := status.Read(t.Context(), recorded{[]alerts.BudgetState{
		state("each", "", 990, "v"), // from when the rule had one budget
		state("each", "www", 40, "v"), state("each", "api", 140, "v"), noFigure(state("each", "new", 0, "")),
		state("one", "", 25, "v"), state("one", "www", 900, "v"),
		noFigure(state("unknown", "", 0, "")), state("fresh", "", 0, ""), state("gone", "", 50, "v"),
		noFigure(state("bill", "", 30, "v")), // the last figure that there was
		old,                                  // whose age is a metric of its own
	}, []alerts.ForecastDay{
		expected("each", "www", 120, 100, "v"), expected("each", "api", 180, 200, "v"), expected("one", "www", 999, 100, "v"),
		expected("one", "", 999, 100, "of other figures"),
	}}, rules, now)
	if err != nil {
		t.Fatal(err)
	}
	got, unknown := budgetsOf(rules, snapshot)
	want := []ops.Budget{
		{Rule: "bill", Unit: "USD", Known: true, Ratio: 0.3, Limit: 100, Unknown: 1},
		{Rule: "stale", Unit: "requests", Known: true, Ratio: 0.1, Limit: 100},
		{Rule: "each", Unit: "requests", Known: true, Ratio: 0.7, Limit: 200, Likely: 1.2, Unknown: 1},
		{Rule: "unknown", Unit: "billed", Unknown: 1},
		{Rule: "one", Unit: "requests", Known: true, Ratio: 0.25, Limit: 100},
	}
	if diff := cmp.Diff(want, got); diff != "" || unknown != 3 {
		t.Errorf("%d budgets have no figure, want 3; budgets (-want +got):\n%s", unknown, diff)
	}
}
