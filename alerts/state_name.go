package alerts

import (
	"strings"

	"budgetbot/alerts/rules"
)

// The words for how a budget stands.
const (
	StateOnCourse     = "On Course"
	StateBackOnCourse = "Back on Course" // something was said of it, and no longer holds
	StateLikelyOver   = "Likely Over"
	StateOver         = "Over"
	StateNoFreshData  = "No Fresh Data"
)

// OverThreshold is the level at which a budget is used up.
const OverThreshold rules.Threshold = 100

// State returns how the budget stands, as people read it: one of the constants, or "80% Used", alone or with the verdict on
// the month's end. What is known to be over stays so while newer figures are missing.
func (s BudgetState) State() string {
	var words []string
	switch {
	case s.Threshold >= OverThreshold:
		return StateOver
	case s.Unknown != "":
		return StateNoFreshData
	case s.Threshold > 0:
		words = append(words, s.Threshold.String()+" Used")
	}
	if s.Track.Likely {
		words = append(words, StateLikelyOver)
	}
	switch {
	case len(words) > 0:
		return strings.Join(words, ", ")
	case s.ParentID != "":
		return StateBackOnCourse
	}
	return StateOnCourse
}
