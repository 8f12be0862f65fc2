package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// maxMoved is how many measures TopChanges has: the first ones of the table, which cost most, and the one that changed most among the others.
const maxMoved = 3

// usualChanges is how many rows of a measure ShowChanges has if the person named no number.
const usualChanges = 5

// worthNaming is the least part of its measure, per day, by which a row must have changed to be named.
var worthNaming = decimal.New(1, -2)

// worthAnswering is worthNaming for a person who asks what changed.
var worthAnswering = decimal.New(1, -3)

// shown leaves out the rows that the question does not ask for.
func (t Table) shown() Table {
	if t.Question.Show == ShowChanges {
		return t.changedBy(cmp.Or(t.Question.Top, usualChanges), worthAnswering)
	}
	return t
}

// TopChanges returns the table with only those rows that changed their measure most since Versus, up or down, per day: at most n of a measure, the
// largest change first, and none below a hundredth of the measure. Totals remain those of all rows. If nothing changed, or nothing can be
// compared, it has no groups.
func (t Table) TopChanges(n int) Table { return t.changedBy(n, worthNaming) }

// changedBy is TopChanges with the rows that changed their measure by least or more.
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

// topChanges returns the rows that changed a group most, and by which part of it the first one changed it.
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

// moved returns by how much a row changed. It reports false for a row that cannot be compared, such as a new one.
func (t Table) moved(r Row) (by decimal.Decimal, known bool) {
	if t.Versus.IsUneven() {
		return t.movedUnevenly(r)
	}
	month, against := t.Versus.perDay(r)
	return month.Sub(against), r.Change.Valid || t.Versus.Whole && r.Now().Valid && r.Earlier.Valid
}

// movedUnevenly returns by how much a row changed if the bills are of different length: its usage charges by their change per day over the days of the
// earlier stretch, its fees and credits by their amounts for as many months. Lower fees of a running month are no change: Fastly has not charged
// all of them yet.
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
			return by, true // services have no fees
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

// perDay returns a row's figures in both stretches: per day, or whole amounts if those are compared.
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
