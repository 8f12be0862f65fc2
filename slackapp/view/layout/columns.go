package layout

import (
	"fmt"
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// column is one column of figures in a stacked grid.
type column struct {
	head string
	cell func(report.Row, billing.Scale) string
}

// columnsOf chooses the columns: the months, what they are compared with, the shares, and the changes.
func columnsOf(t report.Table) []column {
	if t.Question.IsComparison() {
		return columnsOfTwo(t)
	}
	cols := monthColumns(t)
	compared := t.Versus != nil && !t.Versus.Unknown
	if compared && hasEarlier(t) {
		cols = append(cols, column{againstHead(*t.Versus), func(r report.Row, s billing.Scale) string { return s.Cell(r.Earlier) }})
	}
	cols = append(cols, earlierCost(t)...)
	isPerDay := t.Versus != nil && t.Versus.IsPerDay
	if sharesTell(t, compared) {
		cols = append(cols, column{shareHead(t.Groups), shareCell})
	}
	if compared && !isPerDay {
		cols = append(cols, column{changeHead(t), changeCell})
	}
	return append(cols, usagePerDay(t)...)
}

// againstHead names what the only month is compared with.
func againstHead(v report.Comparison) string {
	_, against := phrase.ShortSides(v)
	return against
}

// sharesTell reports whether the table has a column of shares: a breakdown into parts does, and others do if there is nothing to compare. Products do not:
// they are not parts of one whole.
func sharesTell(t report.Table, compared bool) bool {
	hasShares := func(g report.Group) bool { return t.AddsUp(g.Measure) && isShared(g) }
	switch {
	case phrase.IsApart(t) || !slices.ContainsFunc(t.Groups, hasShares):
		return false
	case t.Question.By.IsOfParts():
		return true
	case t.Question.Cost:
		return len(t.Months) == 1 && !compared
	}
	return !compared && slices.ContainsFunc(t.Groups, func(g report.Group) bool { return hasShares(g) && len(g.Rows) > 1 })
}

// isShared reports whether rows of the group have shares.
func isShared(g report.Group) bool {
	return slices.ContainsFunc(g.All(), func(r report.Row) bool { return r.Share.Valid })
}

// shareHead heads the column of shares. It names the whole if that is not the total above them.
func shareHead(groups []report.Group) string {
	if slices.ContainsFunc(groups, func(g report.Group) bool { return isShared(g) && !g.Total.Share.Valid }) {
		return "Share of Charges"
	}
	return "Share"
}

func monthColumns(t report.Table) []column {
	years := t.Question.Months.First.Year() != t.Question.Months.Last.Year()
	var cols []column
	for i, m := range t.Months {
		cols = append(cols, column{monthHead(t, m, years), func(r report.Row, s billing.Scale) string { return s.Cell(r.Figures[i]) }})
	}
	return cols
}

func changeCell(r report.Row, _ billing.Scale) string {
	if !r.Change.Valid {
		return billing.Dash
	}
	return billing.FormatChange(r.Change.Decimal)
}

func changeHead(t report.Table) string {
	v := t.Versus
	switch {
	case v.Whole && len(t.Months) == 1: // the month stands in the column before
		return "vs " + blocks.ShortMonth(v.Against, false)
	case hasEarlier(t): // both stand in the columns before
		return "Change, per Day"
	case v.Whole:
		return blocks.ShortMonth(v.Month, false) + " vs " + blocks.ShortMonth(v.Against, false)
	}
	return fmt.Sprintf("%s vs %s, per Day", blocks.ShortMonth(v.Month, false), blocks.ShortMonth(v.Against, false))
}

// columnsOfTwo returns the columns of a question that compares two periods: the earlier one, the later one, its shares if they add up, and the change.
func columnsOfTwo(t report.Table) []column {
	earlier, later := periodHeads(t)
	cols := []column{
		{earlier, func(r report.Row, s billing.Scale) string { return s.Cell(r.Earlier) }},
		{later, func(r report.Row, s billing.Scale) string { return s.Cell(r.Later) }},
	}
	if sharesTell(t, t.Question.Cost) {
		cols = append(cols, column{shareHead(t.Groups), shareCell})
	}
	switch v := t.Versus; {
	case v == nil || v.Unknown || v.IsPerDay:
	case v.Whole:
		cols = append(cols, column{"Change", changeCell})
	default:
		cols = append(cols, column{"Change, per Day", changeCell})
	}
	return append(cols, usagePerDay(t)...)
}

// earlierCost is the column with the whole month that one month's bill is compared with.
func earlierCost(t report.Table) []column {
	if t.Versus == nil || !t.Versus.Whole || t.Versus.Unknown || len(t.Months) != 1 {
		return nil
	}
	cell := func(r report.Row, s billing.Scale) string { return s.Cell(r.Earlier) }
	return []column{{blocks.ShortMonth(t.Versus.Against, false), cell}}
}

// usageChange heads changes of usage charges.
const usageChange = "Usage Change, per Day"

// usagePerDay is the column with the change of usage charges per day, for bills of different length: their own change is partly that of the number of
// days.
func usagePerDay(t report.Table) []column {
	hasUsage := func(r report.Row) bool { return r.Usage != nil && r.Usage.Change.Valid }
	if !t.Versus.IsUneven() || !slices.ContainsFunc(t.Groups, func(g report.Group) bool { return hasUsage(g.Total) }) {
		return nil
	}
	cell := func(r report.Row, _ billing.Scale) string {
		if !hasUsage(r) {
			return billing.Dash
		}
		return billing.FormatChange(r.Usage.Change.Decimal)
	}
	return []column{{usageChange, cell}}
}

// periodHeads names the two periods up to the instants to which their figures count.
func periodHeads(t report.Table) (earlier, later string) {
	q := t.Question
	years := q.Against.First.Year() != q.Months.Last.Year()
	var v report.Comparison
	if t.Versus != nil {
		v = *t.Versus
	}
	until := v.Until
	if until.IsZero() {
		until = t.Fresh.CountedTo
	}
	return phrase.Span(q.Against, v.AgainstUntil, years), phrase.Span(q.Months, until, years)
}
