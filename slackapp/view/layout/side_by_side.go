package layout

import (
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// maxBeside is how many columns a table has at most whose first measure is compared: more than that is not read on a phone.
const maxBeside = 7

// sideBySide returns a line for each row, with its sum of each measure. Two measures have their shares, of more the first one alone has.
func sideBySide(t report.Table) *blocks.Grid {
	groups := Besides(t)
	header := []string{NameHead(t.Question)}
	var cols [][]column
	var units []scales
	for i, group := range groups {
		units = append(units, scalesOf(group, t))
		cols = append(cols, columnsBeside(t, i, units[i].label()))
		for _, c := range cols[i] {
			header = append(header, c.head)
		}
	}
	g := &blocks.Grid{}
	g.Add(true, header...)
	line := func(strong bool, name string, of func(report.Group) report.Row) {
		cells := []string{name}
		for i, group := range groups {
			row := of(group)
			scale := units[i].of(row)
			if i == 0 && isComparedBeside(t) {
				scale = units[i].withChange(row)
			}
			for _, c := range cols[i] {
				cells = append(cells, c.cell(row, scale))
			}
		}
		g.Add(strong, cells...)
	}
	line(true, "Total", func(group report.Group) report.Row { return group.Total })
	for _, row := range rowsBeside(t) {
		line(false, phrase.NameCell(row.Name), func(group report.Group) report.Row { return rowOf(group, row.Key()) })
	}
	if slices.ContainsFunc(groups, func(group report.Group) bool { return group.Rest != nil }) {
		line(false, blocks.Counted(restCount(t), "other"), restOfGroup)
	}
	return g
}

// columnsBeside are the columns of one of the measures: its sum, of the first one what that is compared with, and its share.
func columnsBeside(t report.Table, i int, label string) []column {
	cols := []column{{label, func(r report.Row, s billing.Scale) string { return s.Cell(sumOf(r)) }}}
	compared := i == 0 && isComparedBeside(t)
	if compared {
		cols = append(cols, column{againstHead(*t.Versus), func(r report.Row, s billing.Scale) string { return s.Cell(r.Earlier) }})
	}
	if hasShareBeside(t, i) {
		cols = append(cols, column{"Share", shareCell})
	}
	if compared {
		cols = append(cols, column{changeHead(t), changeCell})
	}
	return cols
}

func hasShareBeside(t report.Table, i int) bool {
	return t.AddsUp(t.Groups[i].Measure) && (i == 0 || len(t.Groups) == 2)
}

// isComparedBeside reports whether the first measure has columns of what it is compared with: where there is room.
func isComparedBeside(t report.Table) bool {
	if !mayCompareBeside(t) {
		return false
	}
	columns := 1 + 2
	for i := range Besides(t) {
		if columns++; hasShareBeside(t, i) {
			columns++
		}
	}
	return columns <= maxBeside
}

// rowOf returns the row of a group by its key, one without figures where the group has none.
func rowOf(group report.Group, key report.RowKey) report.Row {
	if i := slices.IndexFunc(group.Rows, func(r report.Row) bool { return r.Key() == key }); i >= 0 {
		return group.Rows[i]
	}
	return unknownLike(group.Total)
}

// restOfGroup returns what was folded of a group, a row without figures where nothing was.
func restOfGroup(group report.Group) report.Row {
	if group.Rest == nil {
		return unknownLike(group.Total)
	}
	return *group.Rest
}
