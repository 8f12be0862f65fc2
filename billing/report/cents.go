package report

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ToTheCent returns a table of cost whose figures are rounded to what can be paid, so that every column still sums to its rounded total:
// each figure is cut, and the cents that are missing go, one each, to those that were cut most. Where the table has some of the rows alone, what
// the others come to is rounded with them, so that the total stays that of all. What the months are made of is rounded in the same way. A
// table of usage is returned as it is.
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

// settleMonth rounds one month's figures of the rows and their total, and what the rows leave of it to others that are not among them.
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

// settleColumn rounds the figures so that their sum is the rounded sum, which it returns.
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
