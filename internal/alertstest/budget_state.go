package alertstest

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// BudgetStateAt is what was remembered of the rule's budget a while ago.
func BudgetStateAt(threshold rules.Threshold, used int64) alerts.BudgetState {
	rule := BudgetRule()
	return alerts.BudgetState{
		BudgetID: alerts.BudgetID{Rule: rule.Name, Month: November}, RuleHash: rule.Hash(November, rules.Instance{}), Threshold: threshold, Used: decimal.New(used, 0),
		Limit: rule.Budget.Value, Version: "v1", CountedTo: Nov21, Revision: 7,
	}
}

// WithParent is the state with a parent message that was last written so long before noon.
func WithParent(s alerts.BudgetState, ago time.Duration) alerts.BudgetState {
	s.ParentID, s.PostedAt = "d1", Noon.Add(-ago)
	return s
}

// Acked is the state after somebody's answer.
func Acked(s alerts.BudgetState, threshold rules.Threshold) alerts.BudgetState {
	s.Ack = alerts.Answer{By: "U1", At: Noon.Add(-time.Hour), Threshold: threshold}
	return s
}

// Muted is the state with a mute until the month ends.
func Muted(s alerts.BudgetState) alerts.BudgetState {
	s.Mute = alerts.Answer{By: "U1", At: Noon.Add(-time.Hour), Threshold: s.Threshold}
	return s
}
