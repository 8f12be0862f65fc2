package slackapp

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/rulesfile"
)

const scopedRules = `
teams:
  shop: {services: ["shop-*"], channel: shop-cdn}
  media: {services: ["media-*"]}
defaults: {channel: cdn-budget, thresholds: [80%, 100%, 125%, 150%, 200%]}
rules:
  - {name: services, product: cdn_usage, usage_type: "* Bandwidth", service: "*-shop", per: service, budget: 20 TB, except: {www-shop: 60 TB}}
  - {name: team-cost, per: team, budget: 6000 USD}
  - {name: bill, title: The Bill, budget: 84000 USD}
`

// scoped is a ledger of rules with several budgets: three services, one no longer listed, and two teams.
func scoped(t *testing.T) *world {
	w := newWorld(t)
	set, err := rulesfile.Load("rules.yaml", []byte(scopedRules))
	if err != nil {
		t.Fatal(err)
	}
	w.rules = set
	w.watched()
	counted := time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)
	add := func(rule int, instance string, threshold rules.Threshold, used decimal.Decimal, unknown string) {
		r := &set.Rules[rule]
		id := alerts.BudgetID{Rule: r.Name, Instance: instance, Month: november}
		w.budgets.budgetStates = append(w.budgets.budgetStates, alerts.BudgetState{
			BudgetID: id, RuleHash: r.Hash(november, rules.Instance{Name: instance}), Threshold: threshold, Used: used, Limit: r.BudgetOf(november, rules.Instance{Name: instance}).Value, Version: "v",
			CountedTo: counted, Unknown: unknown,
		})
	}
	w.budgets.budgetStates = nil
	add(0, "www-shop", 80, terabytes(54), "")
	add(0, "de-shop", 0, terabytes(3), "")
	add(0, "old-shop", 0, terabytes(9), "Fastly no longer lists usage of it")
	add(1, "shop", 100, decimal.New(614658, -2), "")
	add(1, "media", 0, decimal.New(1200, 0), "")
	add(2, "", 0, decimal.RequireFromString("55908.43"), "")
	before := alerts.BudgetState{BudgetID: alerts.BudgetID{Rule: "services", Instance: "api", Month: november}, RuleHash: "of-another-form", Version: "v"}
	w.budgets.budgetStates = append(w.budgets.budgetStates, before)
	www := alerts.BudgetID{Rule: "services", Instance: "www-shop", Month: november}
	w.budgets.alerts = []alerts.Alert{
		{BudgetID: www, Kind: alerts.KindBudget, Threshold: 80, Reason: alerts.ReasonFirstThreshold, At: now.AddDate(0, 0, -3), DeliveryID: "d1", Channel: "cdn-budget", Posted: true},
	}
	return w
}

func TestARuleForEachServiceIsOneRow(t *testing.T) {
	w := scoped(t)
	m := w.types(alice, cdn, "/budget", 1)
	says(t, m, "1 over, 1 past a threshold, 1 on course", "services (3)", "90%", "60 TB (www-shop)", "80% used since Nov 19: www-shop; 1 without a current figure, 1 on course",
		"team-cost (2)", "about 102%", "$6,000 each", "Over: shop; 1 on course", "The Bill", "66%", "$84,000", "On course", "bill as of the end of Nov 21")
	if contains(m, "api") {
		t.Error("a service that the rule no longer covers is shown")
	}
	w.inOrder()
}

func TestARuleForEachServiceListsThemWorstFirst(t *testing.T) {
	w := scoped(t)
	says(t, w.types(alice, cdn, "/budget services", 1), "services, November", "1 past a threshold, 1 without a current figure, 1 on course",
		"www-shop", "90%", "60 TB", "80% used since Nov 19", "old-shop", "was 45%", "de-shop", "15%", "a budget for each service", "Posts to #cdn-budget")
	says(t, w.types(alice, cdn, "/budget team-cost", 1), "an estimate at the account's rates, without flat fees", "a budget for each team",
		"Posts to each team's channel")
	w.inOrder()
}

func TestOneOfTheBudgetsOfARule(t *testing.T) {
	w := scoped(t)
	says(t, w.types(alice, cdn, "/budget services www-shop", 1), "services: www-shop, November", "54.0 of 60 TB", "80%: reached Nov 19", "posted in #cdn-budget")
	says(t, w.types(alice, cdn, "/budget team-cost shop", 1), "team-cost: shop, November", "about $6,147 of $6,000", "Posts to #shop-cdn")
	says(t, w.types(alice, cdn, "/budget bill", 1), "The Bill, November", "$55,908.43 of $84,000", "Covers the whole bill")
	w.inOrder()
}

// TestATeamsBudgetIsOneOfItsChannel: a rule for each team is asked about in any of their channels.
func TestATeamsBudgetIsOneOfItsChannel(t *testing.T) {
	w := scoped(t)
	w.rules.Rules[1].Teams[0].Channel = "general"
	says(t, w.types(alice, general, "/budget", 1), "team-cost (2)", "2 rules in other channels")
	w.inOrder()
}

func TestARuleForEachServiceThatHasNoFigureSaysWhy(t *testing.T) {
	w := scoped(t)
	w.budgets.budgetStates = []alerts.BudgetState{{
		BudgetID: alerts.BudgetID{Rule: "services", Month: november}, Unknown: "it matches more than 2000 services, the most one rule can watch; narrow it",
	}}
	says(t, w.types(alice, cdn, "/budget", 1), "services", "20 TB", "No figure yet")
	says(t, w.types(alice, cdn, "/budget services", 1), "No figure yet: it matches more than 2000 services")
	w.inOrder()
}
