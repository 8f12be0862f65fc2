package layout

import (
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// maxBeside is how many columns a table may have with those that compare its first measure: nobody reads more on a phone.
const maxBeside = 7

// sideBySide returns a line for each row, with its sum of each measure. If there are two measures, both have shares; if there are more, only the first
// does.
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
		addFigures(g, strong, cells)
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

// columnsBeside returns the columns of one measure: its sum, what that is compared with if it is the first measure, and its share.
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

// isComparedBeside reports whether there is room for the columns that compare the first measure.
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

// rowOf returns the row of a group by its key, or one without figures if the group does not have it.
func rowOf(group report.Group, key report.RowKey) report.Row {
	if i := slices.IndexFunc(group.Rows, func(r report.Row) bool { return r.Key() == key }); i >= 0 {
		return group.Rows[i]
	}
	return unknownLike(group.Total)
}

// restOfGroup returns the row of the folded rows, or one without figures if there are none.
func restOfGroup(group report.Group) report.Row {
	if group.Rest == nil {
		return unknownLike(group.Total)
	}
	return *group.Rest
}
