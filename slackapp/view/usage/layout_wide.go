package usageview

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// sideBySide returns a breakdown whose two measures have the same rows, the largest of the first measure on top: for each
// measure the sum and the share of it.
func sideBySide(t report.Table) *blocks.Grid {
	first := t.Groups[0]
	header := []string{nameHead(t.Question)}
	var units []scales
	for i, group := range t.Groups {
		units = append(units, scalesOf(group, t))
		header = append(header, units[i].label(), "Share")
	}
	g := &blocks.Grid{}
	g.Add(true, header...)
	line := func(strong bool, name string, of func(report.Group) report.Row) {
		cells := []string{name}
		for i, group := range t.Groups {
			row := of(group)
			scale := units[i].of(row)
			cells = append(cells, scale.Cell(sumOf(row)), shareCell(row, scale))
		}
		g.Add(strong, cells...)
	}
	line(true, "Total", func(group report.Group) report.Row { return group.Total })
	for _, row := range slices.SortedStableFunc(slices.Values(first.Rows), func(a, b report.Row) int { return b.Sum.Cmp(a.Sum) }) {
		line(false, phrase.NameCell(row.Name), func(group report.Group) report.Row { return rowOf(group, row.Key()) })
	}
	if first.Rest != nil {
		line(false, blocks.Counted(first.RestCount, "other"), func(group report.Group) report.Row { return *group.Rest })
	}
	return g
}

// rowOf returns the row of a group by its key. Groups side by side have the same keys.
func rowOf(group report.Group, key report.RowKey) report.Row {
	return group.Rows[slices.IndexFunc(group.Rows, func(r report.Row) bool { return r.Key() == key })]
}

// series is a column of a grid whose lines are months.
type series struct {
	head  string
	row   report.Row
	scale billing.Scale
}

// monthsDown returns a line for each month: the few rows of a single measure beside each other, else the measures' totals.
func monthsDown(t report.Table) *blocks.Grid {
	all := seriesOf(t)
	g := &blocks.Grid{}
	header := []string{"Month"}
	for _, s := range all {
		header = append(header, s.head)
	}
	g.Add(true, header...)
	for i, m := range t.Months {
		cells := append(make([]string, 0, len(header)), monthHead(t, m, true))
		for _, s := range all {
			cells = append(cells, s.scale.Cell(s.row.Figures[i]))
		}
		g.Add(false, cells...)
	}
	return g
}

func seriesOf(t report.Table) []series {
	first, apart, single := t.Groups[0], phrase.IsApart(t), len(t.Groups) == 1
	switch {
	case t.Question.By.IsOfParts():
		return seriesOfParts(first, scalesOf(first, t))
	case single && t.Question.Cost:
		return seriesOfCost(t, scalesOf(first, t).group)
	case single && !apart && len(first.Rows) < maxMeasures && first.Rest == nil:
		return seriesOfRows(first, scalesOf(first, t))
	}
	var all []series
	for _, group := range t.Groups[:min(len(t.Groups), maxMeasures)] {
		switch {
		case !apart:
			scale := group.Measure.Scale(shownFigures(group.Total)...)
			all = append(all, series{scale.Label(), group.Total, scale})
		case len(group.Rows) > 0: // products are not added up: the largest stands for them
			top := biggest(group.Rows)
			scale := scalesOf(group, t).of(top)
			all = append(all, series{ofProduct(top.Name, group.Measure, scale), top, scale})
		}
	}
	return all
}

func seriesOfRows(group report.Group, units scales) []series {
	var all []series
	for _, r := range group.Rows {
		scale := units.of(r)
		all = append(all, series{oneLine(r.Name, group.Measure, scale), r, scale})
	}
	if len(all) > 1 {
		all = append(all, series{"Total", group.Total, units.of(group.Total)})
	}
	return all
}

// seriesOfParts are the total of a measure, its largest parts, the others together, and what is of no part.
func seriesOfParts(group report.Group, units scales) []series {
	group = fold(group, largestRows(group, maxMeasures))
	all := []series{{units.label(), group.Total, units.of(group.Total)}}
	for _, r := range group.Rows {
		all = append(all, series{phrase.NameCell(r.Name), r, units.of(r)})
	}
	if group.Rest != nil {
		all = append(all, series{blocks.Counted(group.RestCount, "other"), *group.Rest, units.of(*group.Rest)})
	}
	for _, more := range []*report.Row{group.Uncounted, group.Unallocated} {
		if more != nil {
			all = append(all, series{more.Name, *more, units.of(*more)})
		}
	}
	return all
}

// seriesOfCost are what the bills of many months are made of: all of it, usage, fees and credits.
func seriesOfCost(t report.Table, scale billing.Scale) []series {
	all := []series{{scale.Label(), t.Groups[0].Total, scale}}
	for _, part := range partsOfBill {
		var row report.Row
		some := false
		for i, m := range t.Makeup {
			known := t.Groups[0].Total.Figures[i].Valid
			some = some || !part.of(m).IsZero()
			row.Figures = append(row.Figures, decimal.NullDecimal{Decimal: part.of(m), Valid: known})
		}
		if some {
			all = append(all, series{part.head, row, scale})
		}
	}
	return all
}
