package usageview

import (
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// NoChange says why there are no top changes to show; it is empty for other questions, and if there are some.
func NoChange(t report.Table) string {
	switch v := t.Versus; {
	case t.Question.Show != report.ShowChanges || len(t.Groups) > 0 || len(t.Missing) == len(t.Months):
		return ""
	case v == nil:
		return "There's nothing to compare " + blocks.Period(t.Question.Months) + " with."
	case v.Unknown:
		return blocks.Capital(phrase.ComparisonFact(t)) + "."
	case v.IsTiered:
		return "Nothing is compared with " + blocks.LongMonth(v.Against) + ": a month's first days cost more, since rates fall with volume."
	default:
		_, against := phrase.Sides(*v)
		return "Nothing moved its measure by as much as 0.1% against " + against + "."
	}
}

// changesFact says which rows are in an answer about top changes.
func changesFact(t report.Table) string {
	if t.Question.Show != report.ShowChanges {
		return ""
	}
	return "the rows that changed each measure most; totals include all rows"
}
