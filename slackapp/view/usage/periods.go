package usageview

import (
	"slices"

	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// periodsOf names the period or periods: "October 2026", "October 2026 vs September 2026". It says so if the last month still runs.
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

// ofLater names the period of a sum, if there are two periods.
func ofLater(t report.Table) string {
	if !t.Question.IsComparison() {
		return ""
	}
	return " in " + blocks.Period(t.Question.Months)
}

// uncompared says that one of two periods has no such usage, although none of its months is missing.
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
