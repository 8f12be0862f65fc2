package usageview

import (
	"slices"

	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// periodsOf names what was asked for: "October 2026", "October 2026 vs September 2026", and that it is not over.
func periodsOf(q report.Question, isOver bool) string {
	name := blocks.Period(q.Months)
	if !isOver {
		name += " So Far"
	}
	if q.IsComparison() {
		name += " vs " + blocks.Period(q.Against)
	}
	return name
}

// whenAsked is periodsOf in a sentence.
func whenAsked(q report.Question) string {
	name := blocks.Period(q.Months)
	if q.IsComparison() {
		name += " or " + blocks.Period(q.Against)
	}
	return name
}

// ofLater says which of two periods a sum is of.
func ofLater(t report.Table) string {
	if !t.Question.IsComparison() {
		return ""
	}
	return " in " + blocks.Period(t.Question.Months)
}

// uncompared says that one of two periods has nothing of what was asked for, where no month of it is missing as a whole.
func uncompared(t report.Table) string {
	q := t.Question
	if !q.IsComparison() || t.Versus != nil || len(t.Missing) > 0 {
		return ""
	}
	gone, has := q.Months, q.Against
	if slices.ContainsFunc(t.Groups[0].All(), func(r report.Row) bool { return r.Later.Valid }) {
		gone, has = q.Against, q.Months
	}
	return "There was none of it in " + blocks.Period(gone) + ", so " + blocks.Period(has) + " isn't compared."
}
