package layout

import (
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// stacked puts one group below the other, each headed by its measure and total.
func stacked(t report.Table) *blocks.Grid {
	g, cols := gridOf(t)
	if phrase.IsApart(t) {
		for _, l := range linesOfProducts(t) {
			name := ofProduct(l.row.Name, l.measure, l.units.of(l.row))
			addFigures(g, false, cellsOf(name, l.row, l.units.withChange(l.row), cols))
		}
		return g
	}
	for _, group := range t.Groups {
		group, units := withNamedRest(group), scalesOf(group, t)
		add := func(strong bool, name string, row report.Row) {
			addFigures(g, strong, cellsOf(phrase.NameCell(name), row, units.withChange(row), cols))
		}
		if len(group.Rows) == 1 && len(group.All()) == 1 {
			add(true, oneLine(group.Rows[0].Name, group.Measure, units.of(group.Rows[0])), group.Rows[0])
			continue
		}
		name := func(r report.Row) string { return r.Name }
		switch {
		case t.AddsUp(group.Measure):
			add(true, units.label(), group.Total)
		case len(t.Groups) > 1: // there is no total for a head, so that each row names the measure
			name = func(r report.Row) string { return oneLine(r.Name, group.Measure, units.of(r)) }
		}
		for _, row := range group.All() {
			add(false, name(row), row)
		}
	}
	return g
}

// gridOf returns a grid with only its heads, and its columns.
func gridOf(t report.Table) (*blocks.Grid, []column) {
	cols := columnsOf(t)
	g, header := &blocks.Grid{}, []string{NameHead(t.Question)}
	if first := t.Groups[0]; len(t.Groups) == 1 && len(first.Rows) > 1 && !t.AddsUp(first.Measure) && !phrase.IsApart(t) {
		header[0] += ": " + scalesOf(first, t).label() // which has no line of its own
	}
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

// productLine is one product's line of one measure.
type productLine struct {
	row     report.Row
	measure billing.Measure
	units   scales
}

// linesOfProducts returns the lines of products: those of one product together, products in the order of their first lines. Folded products have none,
// since products are not added up.
func linesOfProducts(t report.Table) []productLine {
	var lines []productLine
	place := map[report.RowKey]int{}
	for _, group := range t.Groups {
		units := scalesOf(group, t)
		for _, row := range group.Rows {
			if _, known := place[row.Key()]; !known {
				place[row.Key()] = len(place)
			}
			lines = append(lines, productLine{row, group.Measure, units})
		}
	}
	slices.SortStableFunc(lines, func(a, b productLine) int { return place[a.row.Key()] - place[b.row.Key()] })
	return lines
}
