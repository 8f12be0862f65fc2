package usageview

import (
	"fmt"
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// gridFor lays a table out: months across while they fit, else months down; rows of several measures side by side where
// they are the same rows, else group under group.
func gridFor(t report.Table) *blocks.Grid {
	switch {
	case isSideBySide(t):
		return sideBySide(t)
	case isMonthsDown(t):
		return monthsDown(t)
	}
	return stacked(t)
}

// column is one column of figures in a stacked grid.
type column struct {
	head string
	cell func(report.Row, billing.Scale) string
}

// stacked returns group under group, each headed by its measure and total.
func stacked(t report.Table) *blocks.Grid {
	cols := columnsOf(t)
	g := &blocks.Grid{}
	header := []string{nameHead(t.Question)}
	for _, c := range cols {
		header = append(header, c.head)
	}
	g.Add(true, header...)
	for _, group := range t.Groups {
		units := scalesOf(group, t)
		if group.Rest != nil {
			rest := *group.Rest
			rest.Name = blocks.Counted(group.RestCount, "other")
			group.Rest = &rest
		}
		add := func(strong bool, name string, row report.Row) {
			cells := append(make([]string, 0, len(header)), phrase.NameCell(name))
			scale := units.withChange(row)
			for _, c := range cols {
				cells = append(cells, c.cell(row, scale))
			}
			g.Add(strong, cells...)
		}
		rows, apart := group.All(), phrase.IsApart(t)
		switch {
		case apart:
		case len(rows) == 1 && len(group.Rows) == 1:
			add(true, oneLine(rows[0].Name, group.Measure, units.of(rows[0])), rows[0])
			continue
		default:
			add(true, units.label(), group.Total)
		}
		for _, row := range rows {
			name := row.Name
			if apart {
				name = ofProduct(name, group.Measure, units.of(row))
			}
			add(false, name, row)
		}
	}
	return g
}

// columnsOf chooses the columns: months and change for usage types and products, sum and share and change for a breakdown.
func columnsOf(t report.Table) []column {
	if t.Question.IsComparison() {
		return columnsOfTwo(t)
	}
	cols := monthColumns(t)
	compared := t.Versus != nil && !t.Versus.Unknown
	if compared && len(t.Months) == 1 && t.Versus.Days > 0 {
		earlier := func(r report.Row, s billing.Scale) string { return s.Cell(r.Earlier) }
		_, against := phrase.Sides(*t.Versus)
		cols = append(cols, column{against, earlier})
	}
	cols = append(cols, earlierCost(t)...)
	isPerDay := t.Versus != nil && t.Versus.IsPerDay
	if sharesTell(t, compared) {
		cols = append(cols, column{"Share", shareCell})
	}
	if compared && !isPerDay {
		cols = append(cols, column{changeHead(t), changeCell})
	}
	return append(cols, usagePerDay(t)...)
}

// sharesTell reports whether a column of shares says something: what a breakdown is for, or else what there is to say while
// nothing can be compared. Products are not parts of one whole.
func sharesTell(t report.Table, compared bool) bool {
	switch {
	case t.Question.By.IsOfParts():
		return true
	case phrase.IsApart(t):
		return false
	case t.Question.Cost:
		return len(t.Months) == 1 && !compared
	}
	return !compared && slices.ContainsFunc(t.Groups, func(g report.Group) bool { return len(g.Rows) > 1 })
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
	case v.Days > 0 && len(t.Months) == 1: // both stand in the columns before
		return "Change, per Day"
	case v.Days > 0:
		_, against := phrase.Sides(*v)
		return "vs " + against
	case v.Whole:
		return blocks.ShortMonth(v.Month, false) + " vs " + blocks.ShortMonth(v.Against, false)
	}
	return fmt.Sprintf("%s vs %s, per Day", blocks.ShortMonth(v.Month, false), blocks.ShortMonth(v.Against, false))
}

// columnsOfTwo are the columns of a question that compares two periods: the earlier one, the later one, its shares where they add up, and the change.
func columnsOfTwo(t report.Table) []column {
	earlier, later := periodHeads(t)
	cols := []column{
		{earlier, func(r report.Row, s billing.Scale) string { return s.Cell(r.Earlier) }},
		{later, func(r report.Row, s billing.Scale) string { return s.Cell(r.Later) }},
	}
	if sharesTell(t, t.Question.Cost) {
		cols = append(cols, column{"Share", shareCell})
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
