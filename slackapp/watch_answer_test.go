package slackapp

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rulesfile"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

const jumpRules = rulesText + `
  - {name: requests-jump, title: Requests, usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}, channel: cdn-budget, owners: [U0OWNER01]}
  - {name: other-jump, usage_type: "* Requests", change: {over: 50%, at_least: 2 billion requests}, channel: general}
`

// grown is a ledger in which requests have risen since three days ago, on top of what watched says.
func (w *world) grown() {
	w.t.Helper()
	rules, err := rulesfile.Load("rules.yaml", []byte(jumpRules))
	if err != nil {
		w.t.Fatal(err)
	}
	w.rules = rules
	w.watched()
	w.budgets.incidents = []alerts.Incident{
		{BudgetID: alerts.BudgetID{Rule: "requests-jump", Month: november.Add(-1)}, Kind: alerts.IncidentChange, State: alerts.IncidentOver},
		{Kind: alerts.IncidentStale, State: alerts.IncidentOver},
		{
			BudgetID: alerts.BudgetID{Rule: "requests-jump", Month: november}, Kind: alerts.IncidentChange, State: alerts.IncidentOpen,
			Since: now.AddDate(0, 0, -3), Report: alerts.Report{Growth: &alerts.Growth{
				Title: "Requests", Measure: billing.Measure{Noun: "requests"}, Ratio: decimal.New(38, -2), PerDay: decimal.New(4, 9),
				Versus: report.Comparison{Month: november, Against: november.Add(-1), Days: 21}, Over: 30,
			}},
		},
	}
}

func TestRulesWithChangeStandBelowTheBudgets(t *testing.T) {
	w := newWorld(t)
	w.grown()
	m := w.types(alice, cdn, "/budget", 1)
	says(t, m, "1 over, 1 without a current figure", "Requests: +38.0% per day, up since "+now.AddDate(0, 0, -3).Format("Jan 2"))
	if contains(m, "other-jump") {
		t.Error("another channel's rule is shown")
	}
	says(t, w.presses(alice, m, "run_budget:all", 1), "other-jump: not checked yet")
	w.inOrder()
}

func TestARuleWithChangeInDetail(t *testing.T) {
	w := newWorld(t)
	w.grown()
	says(t, w.types(alice, cdn, "/budget requests-jump", 1), "Requests: +38.0% per day, up since", "4.00 B requests a day (Nov 1–21)", "#cdn-budget",
		"owner: U0OWNER01", "alerts from +30%")
	says(t, w.types(alice, cdn, "/budget ack requests-jump", 1), "isn't a budget", "/budget requests-jump")
	says(t, w.types(alice, cdn, "/budget try requests-jump", 1), "Requests: +38.0% per Day Against Oct 1–21")
	w.budgets.incidents[2].State, w.budgets.incidents[2].EndedAt = alerts.IncidentOver, now.Add(-26*time.Hour)
	says(t, w.types(alice, cdn, "/budget requests-jump", 1), "back on course since "+now.Add(-26*time.Hour).Format("Jan 2"))
	says(t, w.types(alice, cdn, "/budget other-jump", 1), "Not checked yet", "#general")
	g := w.budgets.incidents[2].Report
	for i, why := range []alerts.Reason{alerts.ReasonGrew, alerts.ReasonUpdate, alerts.ReasonCalm} {
		w.budgets.deliveries = append(w.budgets.deliveries, alerts.Delivery{
			Kind: alerts.DeliverParent, Channel: "cdn-budget", BudgetID: w.budgets.incidents[2].BudgetID, State: alerts.DeliverySent,
			CreatedAt: now.Add(time.Duration(i-9) * time.Hour), Message: alerts.Message{Reason: why, Report: g},
		})
	}
	history := w.types(alice, cdn, "/budget history requests-jump", 1)
	says(t, history, "+38.0% per day, posted in #cdn-budget", "+38.0% per day: usage per day is back under the alert thresholds")
	if contains(history, "refreshed") {
		t.Error("an edit of figures is listed as an event")
	}
	w.budgets.routes = []alerts.RouteTrouble{{Channel: "general", Reason: "not_in_channel"}}
	says(t, w.types(alice, cdn, "/budget other-jump", 1), "I can't post to #general")
	w.inOrder()
}
