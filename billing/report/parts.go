package report

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Part is a part of a whole. Used is what it used or, if two stretches of time are compared, by how much more it used in the later one. It is part of
// stored messages.
type Part struct {
	Name string          `json:"name"`
	Used decimal.Decimal `json:"used"`
	Row  *Row            `json:"-"` // nil if the part is no row of a table
}

// Changes compares the present usage of parts with the earlier one. A part may be absent from either.
func Changes(now, before map[string]decimal.Decimal) []Part {
	parts := make([]Part, 0, len(now))
	for name, used := range now {
		parts = append(parts, Part{Name: name, Used: used.Sub(before[name])})
	}
	for name, used := range before {
		if _, still := now[name]; !still {
			parts = append(parts, Part{Name: name, Used: used.Neg()})
		}
	}
	return parts
}

// Foremost sorts the parts, the largest change first, and returns at most n of those that are worth naming.
func Foremost(parts []Part, n int, isWorthNaming func(decimal.Decimal) bool) []Part {
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Or(b.Used.Cmp(a.Used), cmp.Compare(a.Name, b.Name)) })
	named := 0
	for named < min(n, len(parts)) && isWorthNaming(parts[named].Used) {
		named++
	}
	return parts[:named]
}

// Rise lists the parts of a whole that grew most.
type Rise struct {
	Parts  []Part // those that grew most, the largest growth first
	Others int    // how many parts there are beside them
	Rest   decimal.Decimal
}

// RiseOf returns the n parts that grew most; Rest is the change of the whole without theirs. A whole of a single part has nothing to name.
func RiseOf(parts []Part, whole decimal.Decimal, n int) Rise {
	if len(parts) < 2 {
		return Rise{}
	}
	rise := Rise{Parts: Foremost(parts, n, decimal.Decimal.IsPositive), Rest: whole}
	rise.Others = len(parts) - len(rise.Parts)
	for _, part := range rise.Parts {
		rise.Rest = rise.Rest.Sub(part.Used)
	}
	return rise
}

// Key identifies the same row in every group of a table. A row with an id goes by that: a service may have another name in another measure.
func (r Row) Key() RowKey {
	if r.ID != "" {
		return RowKey{id: r.ID}
	}
	return RowKey{name: r.Name, product: r.Product}
}

// Last returns the figure of the newest month.
func (r Row) Last() decimal.NullDecimal {
	if len(r.Figures) == 0 {
		return decimal.NullDecimal{}
	}
	return r.Figures[len(r.Figures)-1]
}

// Before returns the row's figure in the earlier stretch, for as many days as the last month counts. It is computed from the change, so that it is
// unknown if the change is, or if nothing is left of the row.
func (r Row) Before() (decimal.Decimal, bool) {
	if !r.hasBefore() {
		return decimal.Decimal{}, false
	}
	return r.Now().Decimal.Div(r.Change.Decimal.Add(decimal.New(1, 0))), true
}

func (r Row) hasBefore() bool {
	now := r.Now()
	return r.Change.Valid && now.Valid && now.Decimal.IsPositive() && r.Change.Decimal.GreaterThan(decimal.New(-1, 0))
}

// growth returns the last figure less Before.
func (r Row) growth() (by float64, known bool) {
	if !r.hasBefore() {
		return 0, false
	}
	change := billing.Approximate(r.Change.Decimal)
	return billing.Approximate(r.Now().Decimal) * change / (1 + change), true
}

// Maker returns the row that made most of a group's change, up or down, and the part that it made, if that is more than least.
func (g Group) Maker(least decimal.Decimal) (maker Row, part decimal.Decimal, found bool) {
	return g.maker(least, Row.growth)
}

// UsageMaker is Maker for the usage charges per day.
func (g Group) UsageMaker(least decimal.Decimal) (maker Row, part decimal.Decimal, found bool) {
	return g.maker(least, func(r Row) (by float64, known bool) {
		if r.Usage == nil {
			return 0, false
		}
		return billing.Approximate(r.Usage.PerDay.Sub(r.Usage.Earlier)), true
	})
}

func (g Group) maker(least decimal.Decimal, growth func(Row) (float64, bool)) (maker Row, part decimal.Decimal, found bool) {
	whole, known := growth(g.Total)
	if !known || whole == 0 || len(g.Rows) < 2 {
		return Row{}, decimal.Decimal{}, false
	}
	var parts []Part
	for i := range g.Rows {
		row := &g.Rows[i]
		if by, known := growth(*row); known {
			parts = append(parts, Part{Name: row.Name, Row: row, Used: rounded(by / whole)})
		}
	}
	first := Foremost(parts, 1, func(by decimal.Decimal) bool { return by.GreaterThan(least) })
	if len(first) == 0 {
		return Row{}, decimal.Decimal{}, false
	}
	return *first[0].Row, first[0].Used, true
}
