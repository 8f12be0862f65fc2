package report

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ToTheCent rounds a table of cost to cents so that every column sums to its rounded total: it cuts each figure, and gives the missing cents, one
// each, to the figures that lost most. If the table shows only some rows, it rounds the sum of the others with them, so that the total
// remains that of all rows. It rounds the makeup of each bill in the same way. It returns a table of usage unchanged.
func (t Table) ToTheCent() Table {
	if !t.Question.Cost {
		return t
	}
	t.Groups, t.Makeup = slices.Clone(t.Groups), slices.Clone(t.Makeup)
	for i := range t.Groups {
		t.Groups[i] = t.toTheCent(t.Groups[i])
	}
	for i := range t.Makeup {
		m := &t.Makeup[i]
		settleColumn([]*decimal.Decimal{&m.Usage, &m.Fixed, &m.Credit}, billing.MinorDigits(m.Currency))
	}
	return t
}

// toTheCent copies the rows that it changes.
func (t Table) toTheCent(g Group) Group {
	g.Rows = slices.Clone(g.Rows)
	rows := make([]*Row, 0, len(g.Rows)+3)
	for i := range g.Rows {
		rows = append(rows, &g.Rows[i])
	}
	for _, more := range []**Row{&g.Rest, &g.Uncounted, &g.Unallocated} {
		if *more != nil {
			row := **more
			*more = &row
			rows = append(rows, &row)
		}
	}
	for _, row := range append(rows, &g.Total) {
		row.Figures = slices.Clone(row.Figures)
	}
	for i := range g.Total.Figures {
		settleMonth(&g.Total.Figures[i], rows, i, billing.MinorDigits(g.Measure.Currency))
	}
	for _, row := range append(rows, &g.Total) {
		if t.Question.IsComparison() {
			t.settlePeriods(row)
			continue
		}
		row.Sum = decimal.Decimal{}
		for _, figure := range row.Figures {
			row.Sum = row.Sum.Add(figure.Decimal)
		}
	}
	return g
}

// settleMonth rounds the figures of one month: those of the rows, the total, and the difference between them, which belongs to rows that are not shown.
func settleMonth(total *decimal.NullDecimal, rows []*Row, month int, places int32) {
	others := total.Decimal
	var column []*decimal.Decimal
	for _, row := range rows {
		if month < len(row.Figures) && row.Figures[month].Valid {
			others = others.Sub(row.Figures[month].Decimal)
			column = append(column, &row.Figures[month].Decimal)
		}
	}
	if !total.Valid {
		settleColumn(column, places)
		return
	}
	total.Decimal = settleColumn(append(column, &others), places)
}

// settleColumn rounds the figures so that they add up to the rounded sum, and returns that sum.
func settleColumn(figures []*decimal.Decimal, places int32) decimal.Decimal {
	var exact, sum decimal.Decimal
	lost := make([]decimal.Decimal, len(figures))
	order := make([]int, len(figures))
	for i, figure := range figures {
		kept := figure.RoundFloor(places)
		exact, sum = exact.Add(*figure), sum.Add(kept)
		lost[i], order[i] = figure.Sub(kept), i
		*figure = kept
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Or(lost[y].Cmp(lost[x]), cmp.Compare(x, y)) })
	cent := decimal.New(1, -places)
	missing := exact.Round(places).Sub(sum).Shift(places).IntPart()
	for _, i := range order[:missing] {
		*figures[i] = figures[i].Add(cent)
	}
	return exact.Round(places)
}
