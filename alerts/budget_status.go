package alerts

import (
	"time"

	"github.com/shopspring/decimal"
)

// State is the state of a budget as people see it. Stored digests count budgets by it.
type State string

// The states.
const (
	StateOver       State = "over"              // at or above its limit
	StateLikelyOver State = "likely over"       // likely to end above it
	StateThreshold  State = "threshold reached" // and below the limit
	StateNoData     State = "no data"           // no fresh figure, or none at all
	StateMayEndOver State = "may end over"      // below the first threshold; the forecast goes either way
	StateAhead      State = "ahead of pace"     // below the first threshold, above an even pace
	StateOnCourse   State = "on course"         // below the first threshold and the pace
)

// States are all states, worst first.
var States = []State{StateOver, StateLikelyOver, StateThreshold, StateNoData, StateMayEndOver, StateAhead, StateOnCourse}

// BudgetStatus is the status of one budget, or of all budgets of a rule that has one for each service or team.
type BudgetStatus struct {
	// Line has the budget's name, threshold and figures. Where Unknown is set they are the last known ones.
	Line BudgetLine `json:"line"`
	// Known means that Line.Used is a figure. It is false until a check has read the usage once.
	Known bool `json:"known,omitempty"`
	// Unknown is why the newest check found no figure, for a person; empty where it found one.
	Unknown string `json:"unknown,omitempty"`
	// Stale means that Unknown is set because no newer data came, rather than because the newest cannot be counted.
	Stale bool `json:"stale,omitempty"`
	// Since is when Line.Threshold was reached; zero if none was, or if that is not recorded.
	Since time.Time `json:"since,omitzero"`
	// Channel is where the rule's alerts go: a name without "#", or an id; empty where each of Instances has its own.
	Channel string `json:"-"`
	// Count is the number of budgets where the rule has one for each service or team, else 0. The fields above then describe the worst of
	// them, Each is the limit of those without an exception, and Rest counts the others by state.
	Count int             `json:"count,omitempty"`
	Each  decimal.Decimal `json:"each,omitzero"`
	Rest  map[State]int   `json:"rest,omitempty"`
	// Others is Rest in words, from digests that an earlier version stored.
	Others string `json:"others,omitempty"`
	// Instances are all budgets of the rule, worst first; nil if it has one.
	Instances []BudgetStatus `json:"-"`
}

// State returns the budget's state at now. A budget known to be over stays over while newer figures are missing.
func (s BudgetStatus) State(now time.Time) State {
	f := s.Line.Forecast
	switch {
	case s.Known && !PercentOf(s.Line).LessThan(Hundred):
		return StateOver
	case !s.Known || s.Unknown != "":
		return StateNoData
	case f != nil && f.Likely:
		return StateLikelyOver
	case s.Line.Threshold > 0:
		return StateThreshold
	case f != nil && f.Unknown == "" && !f.OnCourse && f.High.GreaterThan(s.Line.Limit):
		return StateMayEndOver
	case s.isAhead(now):
		return StateAhead
	}
	return StateOnCourse
}

// isAhead reports whether more is used than an even pace allows by now, and the forecast does not say otherwise. A bill has no even pace,
// because fees are charged whole.
func (s BudgetStatus) isAhead(now time.Time) bool {
	if f := s.Line.Forecast; IsMoney(s.Line) || f != nil && f.OnCourse {
		return false
	}
	passed, whole := s.CountedTo(now).Sub(s.Line.Month.Start()), s.Line.Month.End().Sub(s.Line.Month.Start())
	pace := decimal.NewFromInt(int64(min(passed, whole))).Div(decimal.NewFromInt(int64(whole)))
	return passed > 0 && PercentOf(s.Line).GreaterThan(pace.Mul(Hundred))
}

// CountedTo returns how far the figures count. Where Fastly does not report it, the time of reading is used.
func (s BudgetStatus) CountedTo(now time.Time) time.Time {
	switch {
	case !s.Line.CountedTo.IsZero():
		return s.Line.CountedTo
	case !s.Line.ReadAt.IsZero():
		return s.Line.ReadAt
	}
	return now
}
