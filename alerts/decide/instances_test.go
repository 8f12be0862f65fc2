package decide

import (
	"testing"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// TestPlanNamesEachService: every service has its own parent message, and a team's budget posts in the team's channel.
func TestPlanNamesEachService(t *testing.T) {
	set := alertstest.ScopedRules(t, alertstest.Bandwidths+"per: team, budget: 50 TB")
	w := &watch{Book: alertstest.NewBook(), rules: &rules.Rules{Rules: set}, now: alertstest.Noon}
	october := alerts.BudgetID{Rule: "r", Month: alertstest.November.Add(-1)}
	w.BudgetStates[october] = alerts.BudgetState{BudgetID: october, RuleHash: set[0].Hash(october.Month, rules.Instance{Name: "media"}), Revision: 1}
	plan := planned(w.rules, evaluate.Evaluate(set, readingOf(set, alertstest.Shops())), w.memory(), alertstest.Noon, w.NewID)
	expect(t, plan, "d1 root #cdn r 125%: first threshold reached", "d2 root #shop r 100%: first threshold reached")
	instance := func(i int) string { return plan.Outcome.Deliveries[i].Message.Budgets[0].Instance }
	if instance(0) != "media" || instance(1) != "shop" {
		t.Errorf("the messages speak of %s and %s", instance(0), instance(1))
	}
}

// TestPlanOfLimitsThatDiffer: a service that is seen for the first time, against a limit of its own and in a month with
// another limit, is a crossing and not a changed rule.
func TestPlanOfLimitsThatDiffer(t *testing.T) {
	set := alertstest.ScopedRules(t, alertstest.Bandwidths+`per: service, service: "shop-*", budget: {default: 1 TB, 2026-11: 500 TB}, except: {shop-www: 11 TB}`)
	w := &watch{Book: alertstest.NewBook(), rules: &rules.Rules{Rules: set}, now: alertstest.Noon}
	october := alerts.BudgetID{Rule: "r", Instance: "shop-images", Month: alertstest.November.Add(-1)}
	w.BudgetStates[october] = alerts.BudgetState{BudgetID: october, RuleHash: set[0].Hash(october.Month, rules.Instance{Name: october.Instance}), Revision: 1}
	findings := evaluate.Evaluate(set, readingOf(set, alertstest.Shops()))
	plan := planned(w.rules, findings, w.memory(), alertstest.Noon, w.NewID)
	expect(t, plan, "d1 root #cdn r 80%: first threshold reached")
	if err := w.Record(plan.Outcome); err != nil {
		t.Fatal(err)
	}
	set[0].Months[alertstest.November.Add(1)] = set[0].Budget
	expect(t, planned(w.rules, findings, w.memory(), alertstest.Noon, w.NewID))
}
