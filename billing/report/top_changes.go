package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// maxMoved is how many measures Movers names: the first ones of the table, which weigh most, and of the others the one that moved most.
const maxMoved = 3

// usualChanges is how many rows of a measure a question of changes shows where the person named no number.
const usualChanges = 5

// worthNaming is how much of its measure a row must have moved, per day.
var worthNaming = decimal.New(1, -2)

// worthAnswering is worthNaming for a person who asks what changed.
var worthAnswering = decimal.New(1, -3)

// shown returns the table with the rows that the question asks for, which may be fewer than it was made of.
func (t Table) shown() Table {
	if t.Question.Show == ShowChanges {
		return t.changedBy(cmp.Or(t.Question.Top, usualChanges), worthAnswering)
	}
	return t
}

// TopChanges returns the table with those rows alone that moved their measure most, up or down, per day against Versus: at most n of a
// measure, the one that moved it most first, and none that moved it by less than a hundredth. Totals stay those of all rows. Where
// nothing moved, or nothing can be compared, it has no groups.
func (t Table) TopChanges(n int) Table { return t.changedBy(n, worthNaming) }

// changedBy is TopChanges with those rows that moved their measure by the least or more.
func (t Table) changedBy(n int, least decimal.Decimal) Table {
	moved := t
	moved.Groups = nil
	by := map[billing.Measure]decimal.Decimal{}
	for _, g := range t.Groups {
		if rows, most := t.topChanges(g, n, least); len(rows) > 0 {
			moved.Groups = append(moved.Groups, Group{Measure: g.Measure, Total: g.Total, Rows: rows})
			by[g.Measure] = most
		}
	}
	if len(moved.Groups) > maxMoved {
		others := moved.Groups[maxMoved-1:]
		most := slices.MaxFunc(others, func(a, b Group) int { return by[a.Measure].Cmp(by[b.Measure]) })
		moved.Groups = append(moved.Groups[:maxMoved-1], most)
	}
	return moved
}

// topChanges returns the rows of a group that moved it most, and by which part of it the first one did.
func (t Table) topChanges(g Group, n int, least decimal.Decimal) (rows []Row, most decimal.Decimal) {
	if t.Versus == nil || t.Versus.Unknown || t.Versus.IsTiered {
		return nil, most
	}
	month, against := t.Versus.perDay(g.Total)
	whole := decimal.Max(month.Abs(), against.Abs())
	if !whole.IsPositive() {
		return nil, most
	}
	var parts []Part
	for i := range g.Rows {
		if by, known := t.moved(g.Rows[i]); known {
			parts = append(parts, Part{Name: g.Rows[i].Name, Row: &g.Rows[i], Used: by.Div(whole).Abs()})
		}
	}
	parts = Foremost(parts, n, func(by decimal.Decimal) bool { return by.GreaterThanOrEqual(least) })
	for _, part := range parts {
		rows = append(rows, *part.Row)
	}
	if len(parts) > 0 {
		most = parts[0].Used
	}
	return rows, most
}

// moved returns by how much a row moved, and whether it can be compared: one that is new cannot.
func (t Table) moved(r Row) (by decimal.Decimal, known bool) {
	if t.Versus.IsUneven() {
		return t.movedUnevenly(r)
	}
	month, against := t.Versus.perDay(r)
	return month.Sub(against), r.Change.Valid || t.Versus.Whole && r.Now().Valid && r.Earlier.Valid
}

// movedUnevenly returns by how much a row of bills of different length moved: what was counted by its change per day, over the days of the
// earlier stretch, and a fee or a credit by its amount in as many months. Of a month that runs fees are not all charged yet, so that less
// of them is no change.
func (t Table) movedUnevenly(r Row) (by decimal.Decimal, known bool) {
	if !r.Now().Valid || !r.Earlier.Valid {
		return by, false
	}
	v := t.Versus
	fees, before := r.Now().Decimal, r.Earlier.Decimal
	if u := r.Usage; u != nil {
		days, againstDays := decimal.NewFromFloat(v.length()), decimal.NewFromFloat(v.againstLength())
		by = u.PerDay.Sub(u.Earlier).Mul(againstDays)
		if t.Question.ReadsServices() {
			return by, true // which have no fees
		}
		fees, before = fees.Sub(u.PerDay.Mul(days)), before.Sub(u.Earlier.Mul(againstDays))
	}
	if v.Span.Len() != v.AgainstSpan.Len() {
		fees = fees.Mul(decimal.NewFromInt(int64(v.AgainstSpan.Len()))).Div(decimal.NewFromInt(int64(v.Span.Len())))
	}
	if isRunning := v.IsPerDay && !v.Until.IsZero(); isRunning && fees.Abs().LessThan(before.Abs()) {
		return by, true
	}
	return by.Add(fees.Sub(before)), true
}

// perDay returns what a row comes to in both stretches, per day of each, or as a whole where that is what is compared.
func (v Comparison) perDay(r Row) (month, against decimal.Decimal) {
	month, against = r.Now().Decimal, r.Earlier.Decimal
	switch {
	case v.Whole:
		return month, against
	case v.Length > 0:
		return month.Div(decimal.NewFromFloat(v.Length)), against.Div(decimal.NewFromFloat(v.AgainstLength))
	}
	return month.Div(v.counted(v.Month, v.Until)), against.Div(v.counted(v.Against, v.AgainstUntil))
}

// counted returns how many days of a month are compared.
func (v Comparison) counted(m billing.Month, until time.Time) decimal.Decimal {
	switch {
	case v.Days == 0:
		return decimal.NewFromInt(int64(m.Days()))
	case until.IsZero():
		return decimal.NewFromInt(int64(min(v.Days, m.Days())))
	}
	return decimal.NewFromFloat(days(until.Sub(m.Start())))
}
