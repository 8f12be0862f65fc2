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
	g := &blocks.Grid{}
	header := []string{nameHead(t.Question)}
	totals := []string{"Total"}
	rests := []string{blocks.Counted(t.Groups[0].RestCount, "other")}
	scales := make([]billing.Scale, len(t.Groups))
	for i, group := range t.Groups {
		scale := scaleOf(group, t)
		scales[i] = scale
		header = append(header, scale.Label(), "Share")
		totals = append(totals, scale.Cell(sumOf(group.Total)), shareCell(group.Total, scale))
		if group.Rest != nil {
			rests = append(rests, scale.Cell(sumOf(*group.Rest)), shareCell(*group.Rest, scale))
		}
	}
	g.Add(true, header...)
	g.Add(true, totals...)
	bySize := slices.SortedStableFunc(slices.Values(t.Groups[0].Rows), func(a, b report.Row) int { return b.Sum.Cmp(a.Sum) })
	for _, row := range bySize {
		cells := []string{phrase.NameCell(row.Name)}
		for i, group := range t.Groups {
			same := rowOf(group, row.Key())
			cells = append(cells, scales[i].Cell(sumOf(same)), shareCell(same, scales[i]))
		}
		g.Add(false, cells...)
	}
	if t.Groups[0].Rest != nil {
		g.Add(false, rests...)
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
	first := t.Groups[0]
	switch {
	case phrase.IsApart(t):
		return seriesOfProducts(t)
	case t.Question.Cost && len(t.Groups) == 1:
		return seriesOfCost(t, scaleOf(first, t))
	}
	if len(t.Groups) == 1 && len(first.Rows) < maxMeasures && first.Rest == nil {
		return seriesOfRows(first, scaleOf(first, t))
	}
	var all []series
	for _, group := range t.Groups[:min(len(t.Groups), maxMeasures)] {
		scale := scaleOf(group, t)
		all = append(all, series{scale.Label(), group.Total, scale})
	}
	return all
}

// seriesOfProducts are the largest product of each measure, since products are not added up.
func seriesOfProducts(t report.Table) []series {
	var all []series
	for _, group := range t.Groups[:min(len(t.Groups), maxMeasures)] {
		if len(group.Rows) > 0 {
			top, scale := biggest(group.Rows), scaleOf(group, t)
			all = append(all, series{ofProduct(top.Name, group.Measure, scale), top, scale})
		}
	}
	return all
}

func seriesOfRows(group report.Group, scale billing.Scale) []series {
	var all []series
	for _, r := range group.Rows {
		all = append(all, series{oneLine(r.Name, group.Measure, scale), r, scale})
	}
	if len(all) > 1 {
		all = append(all, series{"Total", group.Total, scale})
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
