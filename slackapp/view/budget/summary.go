package budgetview

import (
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// InDigest says in a digest how the budgets stand. If none needs attention, one line says so instead of the table.
func InDigest(b alerts.Bulletin) phrase.Part {
	o := Overview{Month: b.Month, Now: b.MadeAt, Lines: b.Budgets}
	if len(o.Lines) == 0 {
		return phrase.Part{}
	}
	lines := status.WorstFirst(o.Lines, o.Now)
	finding := tally(status.Count(lines, o.Now)) + "."
	calm := o.isCalm(lines)
	if calm {
		finding = "No budget is over or close to its limit: " + finding
	}
	checks := alerts.CheckStatus{SucceededAt: b.Checked, FailedAt: b.MadeAt, Failure: b.CheckFailure}
	p := phrase.Part{
		Text:   blocks.LongMonth(b.Month) + " budgets: " + finding,
		Blocks: o.tally(lines, finding),
		Facts:  []string{dataFact(o.Lines, o.Now), phrase.CheckFact(checks, o.Now)},
	}
	if !calm {
		p.Blocks = append(p.Blocks, o.page(lines).Block("budgets")...)
	}
	return p
}

// isCalm reports whether no budget needs attention.
func (o Overview) isCalm(lines []alerts.BudgetStatus) bool {
	return !slices.ContainsFunc(lines, func(s alerts.BudgetStatus) bool {
		v := s.State(o.Now)
		isLikely := s.Line.Forecast != nil && s.Line.Forecast.Likely
		return isLikely || v != alerts.StateAhead && v != alerts.StateOnCourse
	})
}
