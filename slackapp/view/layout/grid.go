package layout

import (
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// Grid lays a table out: months across while they fit, else months down; several measures of one month side by side where its rows can have a cell for
// each, else group under group.
func Grid(t report.Table) *blocks.Grid {
	switch {
	case IsSideBySide(t):
		return sideBySide(t)
	case IsMonthsDown(t):
		return monthsDown(t)
	}
	t.Groups = Groups(t)
	return stacked(t)
}

// stacked returns group under group, each headed by its measure and total.
func stacked(t report.Table) *blocks.Grid {
	g, cols := gridOf(t)
	if phrase.IsApart(t) {
		for _, l := range linesOfProducts(t) {
			name := ofProduct(l.row.Name, l.measure, l.units.of(l.row))
			g.Add(false, cellsOf(name, l.row, l.units.withChange(l.row), cols)...)
		}
		return g
	}
	for _, group := range t.Groups {
		group, units := withNamedRest(group), scalesOf(group, t)
		add := func(strong bool, name string, row report.Row) {
			g.Add(strong, cellsOf(phrase.NameCell(name), row, units.withChange(row), cols)...)
		}
		if len(group.Rows) == 1 && len(group.All()) == 1 {
			add(true, oneLine(group.Rows[0].Name, group.Measure, units.of(group.Rows[0])), group.Rows[0])
			continue
		}
		head := group.Total
		if !t.AddsUp(group.Measure) {
			head = unknownLike(head)
		}
		add(true, units.label(), head)
		for _, row := range group.All() {
			add(false, row.Name, row)
		}
	}
	return g
}

// gridOf returns a grid that has its heads alone, and its columns.
func gridOf(t report.Table) (*blocks.Grid, []column) {
	cols := columnsOf(t)
	g, header := &blocks.Grid{}, []string{NameHead(t.Question)}
	for _, c := range cols {
		header = append(header, c.head)
	}
	g.Add(true, header...)
	return g, cols
}

func cellsOf(name string, row report.Row, scale billing.Scale, cols []column) []string {
	cells := append(make([]string, 0, len(cols)+1), name)
	for _, c := range cols {
		cells = append(cells, c.cell(row, scale))
	}
	return cells
}

func withNamedRest(group report.Group) report.Group {
	if group.Rest != nil {
		rest := *group.Rest
		rest.Name = blocks.Counted(group.RestCount, "other")
		group.Rest = &rest
	}
	return group
}

// productLine is what one product counts of one measure.
type productLine struct {
	row     report.Row
	measure billing.Measure
	units   scales
}

// linesOfProducts returns what products count, the lines of one product together, and products in the order of their first lines. What was folded comes last.
func linesOfProducts(t report.Table) []productLine {
	var lines, rests []productLine
	place := map[report.RowKey]int{}
	for _, group := range t.Groups {
		group, units := withNamedRest(group), scalesOf(group, t)
		for _, row := range group.Rows {
			if _, known := place[row.Key()]; !known {
				place[row.Key()] = len(place)
			}
			lines = append(lines, productLine{row, group.Measure, units})
		}
		for _, row := range group.All()[len(group.Rows):] {
			rests = append(rests, productLine{row, group.Measure, units})
		}
	}
	slices.SortStableFunc(lines, func(a, b productLine) int { return place[a.row.Key()] - place[b.row.Key()] })
	return append(lines, rests...)
}
