package budgetview

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// budget is the status of one budget, or of a rule's worst one, with the words for it.
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
		stands += ", muted until " + phrase.MuteEnd(s.Line)
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
		if s.Line.Threshold > 0 {
			return s.Line.Threshold.String() + " used, may end over"
		}
		return "May end over"
	case alerts.StateAhead:
		return "Ahead of an even pace"
	case alerts.StateOnCourse:
	}
	if s.Line.Threshold > 0 {
		return "On course (past " + s.Line.Threshold.String() + ")"
	}
	return "On course"
}

// likely says that the month is likely to end above the limit, and when the budget reaches it.
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

// noFigure says that there is no current figure. It calls the data stale only if no newer data came.
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

// cell is the sentence for a row of the overview, which has less room: if the budget has no figure for a reason of its own, it gives the reason and not
// the time.
func (s budget) cell(now time.Time) string {
	if s.Unknown == "" || s.Stale || s.Count > 0 {
		return s.sentence(now)
	}
	why := strings.TrimRight(blocks.Clean(strings.ReplaceAll(s.Unknown, "`", "")), ".")
	return strings.Replace(s.sentence(now), " figure since "+blocks.Day(s.CountedTo(now)), " figure", 1) + ": " + why
}

func (s budget) since(now time.Time) string {
	switch {
	case s.Since.IsZero():
		return ""
	case s.FromStart:
		return " when I began watching"
	}
	return " since " + dayOf(s.Since, now)
}

// dayOf names the day of an instant in now's time zone: "Nov 22", or "today".
func dayOf(at, now time.Time) string {
	if at = at.In(now.Location()); at.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return "today"
	}
	return at.Format("Jan 2")
}

// used is the second column: the percentage, or a dash if there is no figure. A stale percentage says so.
func (s budget) used() string {
	switch {
	case !s.Known:
		return billing.Dash
	case s.Unknown != "":
		return "was " + phrase.PercentText(s.Line)
	}
	return phrase.About(s.Line) + phrase.PercentText(s.Line)
}

// stateWords names each state in a count of budgets.
var stateWords = map[alerts.State]string{
	alerts.StateOver: "over", alerts.StateLikelyOver: "likely over", alerts.StateThreshold: "past a threshold", alerts.StateNoData: "without a current figure",
	alerts.StateMayEndOver: "may end over", alerts.StateAhead: "ahead of an even pace", alerts.StateOnCourse: "on course",
}

// tally counts the budgets in each state: "1 over, 8 on course".
func tally(counts map[alerts.State]int) string { return tallyIn(stateWords, counts) }

func tallyIn(words map[alerts.State]string, counts map[alerts.State]int) string {
	var parts []string
	for _, state := range alerts.States {
		if n := counts[state]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, words[state]))
		}
	}
	return strings.Join(parts, ", ")
}

// name is the first column of the overview: "shop-services (42)" for a rule that has 42 budgets.
func (s budget) name() string {
	if s.Count == 0 {
		return phrase.NameOf(s.Line)
	}
	count := fmt.Sprintf(" (%d)", s.Count)
	return blocks.Clip(phrase.TitleOf(s.Line.Title, s.Line.Rule), blocks.MaxCell-len(count)) + count
}

// limit is the third column of the overview, by which the second one divides: "20 TB each", or "60 TB (shop-images)" if the worst of a rule's budgets
// has a limit of its own.
func (s budget) limit() string {
	limit := s.Line.Measure.Written(s.Line.Limit)
	switch {
	case s.Count == 0:
		return limit
	case s.Line.Limit.Equal(s.Each):
		return limit + " each"
	}
	return blocks.Clip(limit+" ("+blocks.Clean(s.Line.Instance), blocks.MaxTextCell-1) + ")"
}

// together is the last column of the overview for a rule with several budgets: the name of the worst, and how many others are in each state. If all are
// on course, it names none.
func (s budget) together(now time.Time) string {
	worst := s
	worst.Count = 0
	if worst.State(now) == alerts.StateOnCourse {
		return fmt.Sprintf("%d on course", s.Count)
	}
	sentence := worst.sentence(now) + ": " + blocks.Clean(worst.Line.Instance)
	if others := cmp.Or(tally(s.Rest), s.Others); others != "" {
		sentence += "; " + others
	}
	return sentence
}
