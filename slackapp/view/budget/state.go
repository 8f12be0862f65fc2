package budgetview

import (
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// budget is how one budget stands, or the worst of several that one rule has, with the words for it.
type budget struct{ alerts.BudgetStatus }

// sentence is the last column of the overview.
func (s budget) sentence(now time.Time) string {
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

func (s budget) stands(now time.Time) string {
	switch s.State(now) {
	case alerts.StateNoData:
		return s.noFigure(now)
	case alerts.StateOver:
		if s.Unknown != "" {
			return "Over" + s.since(now) + "; " + strings.ToLower(s.noFigure(now)[:1]) + s.noFigure(now)[1:]
		}
		return "Over" + s.since(now)
	case alerts.StateLikelyOver:
		return s.likely()
	case alerts.StateThreshold:
		return s.Line.Threshold.String() + " used" + s.since(now)
	case alerts.StateMayEndOver:
		return "May end over"
	case alerts.StateAhead:
		return "Ahead of an even pace"
	case alerts.StateOnCourse:
	}
	return "On course"
}

// likely says that the month is likely to end above the limit, and when that is reached.
func (s budget) likely() string {
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
func (s budget) noFigure(now time.Time) string {
	switch at := s.CountedTo(now); {
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
func (s budget) cell(now time.Time) string {
	if s.Unknown == "" || s.Stale || s.Count > 0 {
		return s.sentence(now)
	}
	why := strings.TrimRight(blocks.Clean(strings.ReplaceAll(s.Unknown, "`", "")), ".")
	return strings.Replace(s.sentence(now), " figure since "+blocks.Day(s.CountedTo(now)), " figure", 1) + ": " + why
}

func (s budget) since(now time.Time) string {
	if s.Since.IsZero() {
		return ""
	}
	return " since " + dayOf(s.Since, now)
}

// dayOf names the day of an instant: "Nov 22", or "today".
func dayOf(at, now time.Time) string {
	if at.UTC().Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return "today"
	}
	return blocks.Day(at)
}

// used is the second column: the percentage, or a dash where there is no figure. One that is not fresh says so.
func (s budget) used() string {
	switch {
	case !s.Known:
		return billing.Dash
	case s.Unknown != "":
		return "was " + phrase.PercentText(s.Line)
	}
	return phrase.About(s.Line) + phrase.PercentText(s.Line)
}
