package evaluate

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// AsItWas returns the finding of a closed month compared with the limit that the month had, and with its last known figures if the rule
// counts something else now. It returns the finding of a running month unchanged.
func AsItWas(f Finding, recorded alerts.BudgetState, now time.Time) Finding {
	if f.Unknown != "" || recorded.Revision == 0 || !f.Month.IsOver(now) {
		return f
	}
	if recorded.Limit.IsPositive() {
		f.Limit = recorded.Limit
	}
	if !f.CountsAsIn(recorded) {
		f.Used, f.Version, f.CountedTo, f.Largest = recorded.Used, recorded.Version, recorded.CountedTo, nil
	}
	f.Threshold = f.Reached()
	return f
}

// CountsAsIn reports whether the rule counts what it counted when the state was recorded, be it against another limit.
func (f *Finding) CountsAsIn(recorded alerts.BudgetState) bool {
	return rules.CountsAlike(f.Rule.Modern(recorded.RuleHash), f.Hash())
}
