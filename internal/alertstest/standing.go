package alertstest

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// StandingAt is what was remembered of the rule's budget a while ago.
func StandingAt(level rules.Level, used int64) alerts.Standing {
	rule := BudgetRule()
	return alerts.Standing{
		BudgetID: alerts.BudgetID{Rule: rule.Name, Month: November}, RuleHash: rule.Hash(November, ""), Level: level, Used: decimal.New(used, 0),
		Limit: rule.Budget.Value, Version: "v1", CountedTo: Nov21, Revision: 7,
	}
}

// Rooted is the standing with a root that was last written so long before noon.
func Rooted(s alerts.Standing, ago time.Duration) alerts.Standing {
	s.RootID, s.SaidAt = "d1", Noon.Add(-ago)
	return s
}

// Acked and muted are the standing after somebody's answer.
func Acked(s alerts.Standing, level rules.Level) alerts.Standing {
	s.Ack = alerts.Answer{By: "U1", At: Noon.Add(-time.Hour), Level: level}
	return s
}

// Muted is the standing with a mute until the month ends.
func Muted(s alerts.Standing) alerts.Standing {
	s.Mute = alerts.Answer{By: "U1", At: Noon.Add(-time.Hour), Level: s.Level}
	return s
}
