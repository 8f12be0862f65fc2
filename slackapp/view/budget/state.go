package budgetview

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// BudgetState is how one budget stands, as /budget shows it.
type BudgetState struct {
	// Line has the budget's name, its level and its figures. Where Unknown is set they are the last known ones.
	Line alerts.BudgetLine
	// Known tells that Line.Used is a figure at all. It is false until a check has read the usage once.
	Known bool
	// Unknown is why the newest check could not tell the usage, for a person; empty where it could.
	Unknown string
	// Stale tells that this is since no newer data came, and not since the data of now cannot be counted.
	Stale bool
	// Since is when Line.Threshold was reached; zero where no level was, or that is not recorded.
	Since time.Time
	// Channel is where the rule's alerts go: a name without "#", or an id; empty where each of Scopes has its own.
	Channel string
	// Count is how many budgets a rule has that has one for each service or team, else 0. What stands above is then that of the worst of
	// them, Each is the limit of those that are not excepted, and Others says how those beside the worst stand.
	Count  int
	Each   decimal.Decimal
	Others string
	// Instances are all of them, worst first.
	Instances []BudgetState
}

// verdict sorts budgets, the worst first.
type verdict int

const (
	verdictOver      verdict = iota // at or above its limit
	verdictLikely                   // likely to end above it
	verdictThreshold                // a level reached, below the limit
	verdictUnknown                  // no fresh figure, or none at all
	verdictOpen                     // below the first level, and nobody can tell yet that it will stay below the limit
	verdictAhead                    // below the first level, ahead of an even pace
	verdictOnCourse                 // below the first level and the pace
)

// verdict tells how the budget stands at now. What is known to be over stays over while newer figures are missing.
func (s BudgetState) verdict(now time.Time) verdict {
	switch {
	case s.Known && !alerts.PercentOf(s.Line).LessThan(alerts.Hundred):
		return verdictOver
	case !s.Known || s.Unknown != "":
		return verdictUnknown
	case s.Line.Forecast != nil && s.Line.Forecast.Likely:
		return verdictLikely
	case s.Line.Threshold > 0:
		return verdictThreshold
	case s.isOpen():
		return verdictOpen
	case s.isAhead(now):
		return verdictAhead
	}
	return verdictOnCourse
}

// isOpen reports whether the likely end reaches beyond the limit and that is not sure enough, or not for long enough, to be said.
func (s BudgetState) isOpen() bool {
	p := s.Line.Forecast
	return p != nil && p.Unknown == "" && !p.OnCourse && p.High.GreaterThan(s.Line.Limit)
}

// isAhead reports whether more is used than an even pace would have by now, and nothing better is known of the month's end. A
// bill has no such pace: fees land whole.
func (s BudgetState) isAhead(now time.Time) bool {
	if p := s.Line.Forecast; alerts.IsMoney(s.Line) || p != nil && p.OnCourse {
		return false
	}
	e, ok := blocks.ElapsedIn(s.Line.Month, s.countedTo(now))
	return ok && alerts.PercentOf(s.Line).GreaterThan(decimal.NewFromFloat(100*e.Share))
}

// countedTo returns up to when the figures count. Where Fastly did not say, they cannot count further than they were read.
func (s BudgetState) countedTo(now time.Time) time.Time {
	switch {
	case !s.Line.CountedTo.IsZero():
		return s.Line.CountedTo
	case !s.Line.ReadAt.IsZero():
		return s.Line.ReadAt
	}
	return now
}

// sentence is the last column of the overview.
func (s BudgetState) sentence(now time.Time) string {
	if s.Count > 0 {
		return s.together(now)
	}
	stands := s.stands(now)
	if phrase.IsAcknowledged(s.Line) {
		stands += ", acknowledged"
	}
	if s.Line.Muted() {
		stands += ", muted until " + phrase.MonthEnd(s.Line)
	}
	return stands
}

func (s BudgetState) stands(now time.Time) string {
	switch s.verdict(now) {
	case verdictUnknown:
		return s.noFigure(now)
	case verdictOver:
		if s.Unknown != "" {
			return "Over" + s.since(now) + "; " + strings.ToLower(s.noFigure(now)[:1]) + s.noFigure(now)[1:]
		}
		return "Over" + s.since(now)
	case verdictLikely:
		return s.likely()
	case verdictThreshold:
		return s.Line.Threshold.String() + " used" + s.since(now)
	case verdictOpen:
		return "May end over"
	case verdictAhead:
		return "Ahead of an even pace"
	case verdictOnCourse:
	}
	return "On course"
}

// likely says that the month is likely to end above the limit, and when that is reached.
func (s BudgetState) likely() string {
	words := "Likely over"
	if s.Line.Threshold > 0 {
		words = s.Line.Threshold.String() + " used, likely over"
	}
	if out := s.Line.Forecast.RunsOut; out != nil {
		words += ", about " + blocks.Day(out.Likely)
	}
	return words
}

// noFigure says that there is no figure of now. Data is not fresh only where no newer came.
func (s BudgetState) noFigure(now time.Time) string {
	switch at := s.countedTo(now); {
	case !s.Known && s.Unknown == "":
		return "Not checked yet"
	case !s.Known:
		return "No figure yet"
	case !s.Stale:
		return "No figure since " + blocks.Day(at)
	case at.Before(now):
		return "No fresh data for " + blocks.Age(now.Sub(at))
	}
	return "No fresh data"
}

// cell is the sentence as a row of the overview has room for it: where there is no figure for a reason of the budget's own, the reason
// counts more than since when.
func (s BudgetState) cell(now time.Time) string {
	if s.Unknown == "" || s.Stale || s.Count > 0 {
		return s.sentence(now)
	}
	why := strings.TrimRight(blocks.Clean(strings.ReplaceAll(s.Unknown, "`", "")), ".")
	return strings.Replace(s.sentence(now), " figure since "+blocks.Day(s.countedTo(now)), " figure", 1) + ": " + why
}

func (s BudgetState) since(now time.Time) string {
	if s.Since.IsZero() {
		return ""
	}
	if s.Since.UTC().Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return " since today"
	}
	return " since " + blocks.Day(s.Since)
}

// used is the second column: the percentage, or a dash where there is no figure. One that is not fresh says so.
func (s BudgetState) used() string {
	switch {
	case !s.Known:
		return billing.Dash
	case s.Unknown != "":
		return "was " + phrase.PercentText(s.Line)
	}
	return phrase.About(s.Line) + phrase.PercentText(s.Line)
}

// Status is the state as a digest carries it through the queue.
func (s BudgetState) Status() alerts.BudgetStatus {
	return alerts.BudgetStatus{Line: s.Line, Known: s.Known, Unknown: s.Unknown, Stale: s.Stale, Since: s.Since, Count: s.Count, Each: s.Each, Others: s.Others}
}

func statesOf(budgets []alerts.BudgetStatus) []BudgetState {
	states := make([]BudgetState, len(budgets))
	for i, b := range budgets {
		states[i] = BudgetState{
			Line: b.Line, Known: b.Known, Unknown: b.Unknown, Stale: b.Stale, Since: b.Since, Count: b.Count, Each: b.Each, Others: b.Others,
		}
	}
	return states
}
