package evaluate

import (
	"budgetbot/alerts/rules"
)

// Contains reports whether all usage that counts for the narrow budget counts for this one too, but not the reverse.
func (f *Finding) Contains(narrow *Finding) bool {
	if f.Instance != "" || len(f.Rule.Teams) > 0 || f.Rule.Budget.Kind != narrow.Rule.Budget.Kind {
		return false
	}
	if f.Rule.Charges == rules.ChargesUsage && narrow.Rule.Charges != rules.ChargesUsage {
		return false
	}
	wide, of := f.Rule.Match, narrow.Rule.Match
	return wide.Contains(of) && (!of.Contains(wide) || narrow.Instance != "" || len(narrow.Rule.Teams) > 0)
}
