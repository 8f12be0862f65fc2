package budgetview

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// InDigest says in a digest how the budgets stand, or how they ended if the month is over. If none needs attention, one line says so instead of the table.
func InDigest(b alerts.Bulletin) phrase.Part {
	o := Overview{Month: b.Month, Now: b.MadeAt, Lines: b.Budgets}
	if len(o.Lines) == 0 {
		return phrase.Part{}
	}
	checks := alerts.CheckStatus{SucceededAt: b.Checked, FailedAt: b.MadeAt, Failure: b.CheckFailure}
	facts := []string{dataFact(o.Lines, o.Now), phrase.CheckFact(checks, o.Now)}
	if o.Month.IsOver(o.Now) {
		return endedInDigest(o, facts)
	}
	lines := status.WorstFirst(o.Lines, o.Now)
	finding := tally(status.Count(lines, o.Now)) + "."
	calm := o.isCalm(lines)
	if calm {
		finding = "No budget is over or close to its limit: " + finding
	}
	p := phrase.Part{Text: blocks.LongMonth(b.Month) + " budgets: " + finding, Blocks: o.tally(lines, finding), Facts: append(facts, plannedFact(lines))}
	if !calm {
		p.Blocks = append(p.Blocks, o.page(lines).Block("budgets")...)
	}
	return p
}

// endedInDigest says how the budgets of a month ended, in the first days of the next one, while Fastly lists nothing of that.
func endedInDigest(o Overview, facts []string) phrase.Part {
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		o.Lines[i].Ending = &alerts.Ending{} // which is not stored
	}
	lines := status.WorstFirst(o.Lines, o.Now)
	month, counts := blocks.LongMonth(o.Month), endedTally(status.Count(lines, o.Now))+"."
	w := o.window(lines)
	rest := func(more []alerts.BudgetStatus) string { return endedTally(status.Count(more, o.Now)) }
	row := func(of alerts.BudgetStatus) []string {
		s := budget{of}
		return []string{s.name(), s.used(), s.limit(), "", s.endedAt(o.Now)}
	}
	return phrase.Part{
		Text: "How the budgets of " + month + " ended: " + counts,
		Blocks: slices.Concat(
			blocks.Section("tally", "*How the Budgets of "+month+" Ended*", counts),
			phrase.BudgetPage("Budget", lines[w.From:w.To], lines[w.To:], false, row, rest).Block("budgets"),
		),
		Facts: facts,
	}
}

// endedAt says where the month left the budget: "Ended over, at 516 TB".
func (s budget) endedAt(now time.Time) string {
	switch {
	case s.Count > 0:
		worst := s
		if worst.Count = 0; worst.State(now) == alerts.StateOnCourse {
			return fmt.Sprintf("%d %s", s.Count, endedWords[alerts.StateOnCourse])
		}
		return blocks.Joined("; ", worst.endedAt(now)+" ("+blocks.Clean(s.Line.Instance)+")", endedTally(s.Rest))
	case s.Unknown != "":
		return "No final figure: " + strings.TrimRight(blocks.Clean(strings.ReplaceAll(s.Unknown, "`", "")), ".")
	case !s.Known:
		return "No final figure"
	}
	return blocks.Capital(endedWords[s.State(now)]) + ", at " + phrase.UsedText(s.Line)
}

// isCalm reports whether no budget needs attention.
func (o Overview) isCalm(lines []alerts.BudgetStatus) bool {
	return !slices.ContainsFunc(lines, func(s alerts.BudgetStatus) bool {
		v := s.State(o.Now)
		isLikely := s.Line.Forecast != nil && s.Line.Forecast.Likely
		return isLikely || v != alerts.StateAhead && v != alerts.StateOnCourse
	})
}
