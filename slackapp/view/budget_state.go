package view

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
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
	// Since is when Line.Level was reached; zero where no level was, or that is not recorded.
	Since time.Time
	// Channel is where the rule's alerts go: a name without "#", or an id; empty where each of Scopes has its own.
	Channel string
	// Count is how many budgets a rule has that has one for each service or team, else 0. What stands above is then that of the worst of
	// them, Each is the limit of those that are not excepted, and Others says how those beside the worst stand.
	Count  int
	Each   decimal.Decimal
	Others string
	// Scopes are all of them, worst first.
	Scopes []BudgetState
}

// verdict sorts budgets, the worst first.
type verdict int

const (
	verdictOver     verdict = iota // at or above its limit
	verdictLikely                  // likely to end above it
	verdictLevel                   // a level reached, below the limit
	verdictUnknown                 // no fresh figure, or none at all
	verdictOpen                    // below the first level, and nobody can tell yet that it will stay below the limit
	verdictAhead                   // below the first level, ahead of an even pace
	verdictOnCourse                // below the first level and the pace
)

// verdict tells how the budget stands at now. What is known to be over stays over while newer figures are missing.
func (s BudgetState) verdict(now time.Time) verdict {
	switch {
	case s.Known && !alerts.PercentOf(s.Line).LessThan(alerts.Hundred):
		return verdictOver
	case !s.Known || s.Unknown != "":
		return verdictUnknown
	case s.Line.Prospect != nil && s.Line.Prospect.Likely:
		return verdictLikely
	case s.Line.Level > 0:
		return verdictLevel
	case s.isOpen():
		return verdictOpen
	case s.isAhead(now):
		return verdictAhead
	}
	return verdictOnCourse
}

// isOpen reports whether the likely end reaches beyond the limit and that is not sure enough, or not for long enough, to be said.
func (s BudgetState) isOpen() bool {
	p := s.Line.Prospect
	return p != nil && p.Unknown == "" && !p.OnCourse && p.High.GreaterThan(s.Line.Limit)
}

// isAhead reports whether more is used than an even pace would have by now, and nothing better is known of the month's end. A
// bill has no such pace: fees land whole.
func (s BudgetState) isAhead(now time.Time) bool {
	if p := s.Line.Prospect; alerts.IsMoney(s.Line) || p != nil && p.OnCourse {
		return false
	}
	e, ok := elapsedIn(s.Line.Month, s.countedTo(now))
	return ok && alerts.PercentOf(s.Line).GreaterThan(decimal.NewFromFloat(100*e.share))
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
	if isAcknowledged(s.Line) {
		stands += ", acknowledged"
	}
	if s.Line.Muted() {
		stands += ", muted until " + monthEnd(s.Line)
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
	case verdictLevel:
		return s.Line.Level.String() + " used" + s.since(now)
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
	if s.Line.Level > 0 {
		words = s.Line.Level.String() + " used, likely over"
	}
	if out := s.Line.Prospect.RunsOut; out != nil {
		words += ", about " + day(out.Likely)
	}
	return words
}

// endRange is the range in which the month is likely to end; a dash where nobody can say.
func endRange(l alerts.BudgetLine) string {
	if l.Prospect == nil || l.Prospect.Unknown != "" {
		return billing.Dash
	}
	return span(l, l.Prospect)
}

// noFigure says that there is no figure of now. Data is not fresh only where no newer came.
func (s BudgetState) noFigure(now time.Time) string {
	switch at := s.countedTo(now); {
	case !s.Known && s.Unknown == "":
		return "Not checked yet"
	case !s.Known:
		return "No figure yet"
	case !s.Stale:
		return "No figure since " + day(at)
	case at.Before(now):
		return "No fresh data for " + age(now.Sub(at))
	}
	return "No fresh data"
}

// cell is the sentence as a row of the overview has room for it: where there is no figure for a reason of the budget's own, the reason
// counts more than since when.
func (s BudgetState) cell(now time.Time) string {
	if s.Unknown == "" || s.Stale || s.Count > 0 {
		return s.sentence(now)
	}
	why := strings.TrimRight(Clean(strings.ReplaceAll(s.Unknown, "`", "")), ".")
	return strings.Replace(s.sentence(now), " figure since "+day(s.countedTo(now)), " figure", 1) + ": " + why
}

func (s BudgetState) since(now time.Time) string {
	if s.Since.IsZero() {
		return ""
	}
	if s.Since.UTC().Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return " since today"
	}
	return " since " + day(s.Since)
}

// used is the second column: the percentage, or a dash where there is no figure. One that is not fresh says so.
func (s BudgetState) used() string {
	switch {
	case !s.Known:
		return billing.Dash
	case s.Unknown != "":
		return "was " + percentText(s.Line)
	}
	return about(s.Line) + percentText(s.Line)
}

// about stands before a figure that is an estimate.
func about(l alerts.BudgetLine) string {
	if l.Estimate {
		return "about "
	}
	return ""
}

// usedText returns how much is used, an estimate without its cents.
func usedText(l alerts.BudgetLine) string {
	if l.Estimate && l.Used.Abs().GreaterThan(alerts.Hundred) {
		return about(l) + l.Measure.Format(l.Used.Round(0))
	}
	return about(l) + l.Measure.Format(l.Used)
}

// percentText returns the percentage in whole numbers, rounded down: 99.9% is not yet 100%.
func percentText(l alerts.BudgetLine) string {
	percent := decimal.Max(alerts.PercentOf(l), decimal.Decimal{}) // credits beyond what was charged use nothing of a budget
	if whole := percent.Floor(); whole.IsPositive() || percent.IsZero() {
		return billing.FormatShare(whole.Shift(-2))
	}
	return "<1%"
}

// ofLimit returns both figures: "402.6 of 500 TB", or each in its own unit where they are far apart.
func ofLimit(l alerts.BudgetLine) string {
	limit := l.Measure.Format(l.Limit)
	if alerts.IsMoney(l) {
		return usedText(l) + " of " + limit
	}
	scale := l.Measure.Scale(l.Limit)
	used := scale.Format(l.Used)
	if !strings.HasSuffix(limit, " "+scale.Unit()) || strings.HasPrefix(used, "0") || strings.HasPrefix(used, "<") {
		return l.Measure.Format(l.Used) + " of " + limit
	}
	if strings.Contains(used, ".") {
		used = strings.TrimRight(strings.TrimRight(used, "0"), ".")
	}
	return used + " of " + limit
}

// nameOf returns the budget's name for people: its title, with the scope where a rule has several budgets.
func nameOf(l alerts.BudgetLine) string {
	name := titleOf(l)
	if scope := Clean(l.Scope); scope != "" {
		name += ": " + scope
	}
	return Clip(name, maxCell)
}

// titleOf returns the rule's name for people.
func titleOf(l alerts.BudgetLine) string {
	if title := Clean(l.Title); title != "" {
		return title
	}
	return Clean(l.Rule)
}

// bar draws the percentage in ten cells. It is full from the limit on; the number beside it says the rest.
func bar(l alerts.BudgetLine) string {
	const cells = 10
	full := int(min(max(alerts.PercentOf(l).Div(decimal.New(cells, 0)).IntPart(), 0), cells))
	return strings.Repeat("█", full) + strings.Repeat("░", cells-full)
}

// channelName returns a channel as people see it: "#cdn-budget", or a link by its id.
func channelName(channel string) string {
	if channelID.MatchString(channel) {
		return "<#" + channel + ">"
	}
	return "#" + Escape(strings.TrimPrefix(channel, "#"))
}
