package decide

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// TestAnEditForgetsNoAnswerAboutTheSameUsage: an acknowledgement goes as far as the thresholds that still hold.
func TestAnEditForgetsNoAnswerAboutTheSameUsage(t *testing.T) {
	for _, tt := range []struct {
		name  string
		limit int64
		want  rules.Threshold // up to which the budget is in hand; 0 for not at all
	}{
		{"a limit that is lowered past the next threshold", 700, 80},
		{"one that is raised a little", 1005, 80},
		{"one that is raised above everything", 2000, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rule := alertstest.BudgetRule()
			rule.Budget.Value = decimal.New(tt.limit, 0)
			before := alertstest.Acked(alertstest.WithParent(alertstest.BudgetStateAt(80, 810), 0), 80)
			got := Decide(Past{BudgetState: before, SeenHash: before.RuleHash}, findingOf(rule, 810, "v2"), alertstest.Noon).BudgetState.Ack
			if got.Given() != (tt.want > 0) || got.Threshold != tt.want {
				t.Errorf("%+v is in hand", got)
			}
		})
	}
}

// TestAnUpgradeIsNoChange: hashes of versions that put the thresholds into them are known again, of rules that name thresholds and of
// those that had the defaults of then.
func TestAnUpgradeIsNoChange(t *testing.T) {
	for _, thresholds := range [][]rules.Threshold{{80, 100, 125}, {80, 100, 125, 150, 200}} {
		rule := alertstest.BudgetRule()
		m := rule.Match
		earlier := rules.ContentHash(fmt.Sprintf("%q %q %q %q %q %q %s %q %v", m.Product, m.UsageType, m.Region, m.Service, rule.Per, rule.Charges,
			rule.Budget.Kind, rule.Budget.Currency, thresholds)) + rules.HashDash + rules.ContentHash("1000")
		w := watching(false)
		w.rules.Rules = []rules.Rule{*rule}
		w.BudgetStates[alertstest.BudgetOf("na")] = alerts.BudgetState{BudgetID: alertstest.BudgetOf("na"), RuleHash: earlier, Threshold: 80, Used: decimal.New(810, 0), Revision: 1}
		expect(t, w.check(t, 1010), "d1 root #cdn na 100%: higher threshold reached")
		if got := w.BudgetStates[alertstest.BudgetOf("na")].RuleHash; got != rule.Hash(alertstest.November, rules.Instance{}) {
			t.Errorf("the hash with %v stays as it was", thresholds)
		}
		other := *rule
		other.Match.Product = "compute"
		if other.Modern(earlier) != earlier {
			t.Error("it is the hash of another rule too")
		}
	}
}

// TestAChangedRuleThatIsOverIsPostedInItsOwnChannel, as what waits is: the check says so and not that it was posted.
func TestAChangedRuleThatIsOverIsPostedInItsOwnChannel(t *testing.T) {
	w := watching(true, "a@cdn", "b@shop")
	w.rules.Operators.Channel = "ops"
	w.check(t, 700, 700)
	w.rules.Rules[0].Budget.Value = decimal.New(650, 0)
	w.Refuses["cdn"] = true
	plan := w.check(t, 700, 700)
	expect(t, plan, "d1 start #cdn a 100%: rules were added or changed")
	if alert := w.Alerts[alertstest.AlertKey{BudgetID: alertstest.BudgetOf("a"), Kind: alerts.KindBudget, Threshold: 100}]; alert.DeliveryID != "d1" {
		t.Errorf("100%% is posted by %q", alert.DeliveryID)
	}
	if again := w.check(t, 700, 700).Decisions[0]; again.Posts != "" || again.Reason != alerts.ReasonWaits {
		t.Errorf("the next check: %s %s", again.Posts, again.Reason)
	}
	w.Refuses = map[string]bool{}
	if again := w.check(t, 700, 700).Decisions[0]; again.Posts != "" || again.Reason != alerts.ReasonAlreadyPosted {
		t.Errorf("the check after it was posted: %s %s", again.Posts, again.Reason)
	}
}

// TestTheFirstStartIsPostedToOperators: when every rule is new, its channel reads nothing of the past.
func TestTheFirstStartIsPostedToOperators(t *testing.T) {
	w := watching(false, "a@cdn", "b@shop")
	w.rules.Operators.Channel = "ops"
	expect(t, w.check(t, 1010, 810), "d1 start #ops a 100% b 80%: first start")
	for _, alert := range w.Alerts {
		if alert.DeliveryID != "" || alert.Reason != alerts.ReasonNewRule {
			t.Errorf("%s of %s: %q by %q", alert.Threshold, alert.Rule, alert.Reason, alert.DeliveryID)
		}
	}
}
