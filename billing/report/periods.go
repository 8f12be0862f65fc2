package report

import (
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// IsComparison reports whether the question is about two periods.
func (q Question) IsComparison() bool { return q.Against != billing.Range{} }

// First returns the earliest month that the question asks for.
func (q Question) First() billing.Month {
	if q.IsComparison() {
		return q.Against.First
	}
	return q.Months.First
}

// asked returns every month that the question asks for, those of the earlier period first.
func (q Question) asked() []billing.Month {
	if q.IsComparison() {
		return append(q.Against.Months(), q.Months.Months()...)
	}
	return q.Months.Months()
}

// AsksFor reports whether the question asks for the month: of two periods for those of both, but not for the month before a single one, which
// that is only compared with.
func (q Question) AsksFor(m billing.Month) bool {
	return q.Months.Contains(m) || q.IsComparison() && q.Against.Contains(m)
}

// inView are the months whose figures are added up: those asked for, and the month before, to compare with. What lies between two periods
// is not read.
func (q Question) inView() billing.Range {
	if q.IsComparison() {
		return billing.Range{First: q.Against.First, Last: q.Months.Last}
	}
	return billing.Range{First: q.Months.First.Add(-1), Last: q.Months.Last}
}

// Now is the figure that Change is of: of two periods that of the later one, else that of the newest month.
func (r Row) Now() decimal.NullDecimal {
	if r.Later.Valid {
		return r.Later
	}
	return r.Last()
}

// settlePeriods works out anew what a row comes to in both of two periods, from figures that were rounded.
func (t Table) settlePeriods(row *Row) {
	row.Earlier, row.Later, row.Sum = decimal.NullDecimal{}, decimal.NullDecimal{}, decimal.Decimal{}
	for i, m := range t.Months {
		if i >= len(row.Figures) || !row.Figures[i].Valid {
			continue
		}
		if t.Question.Months.Contains(m) {
			billing.Plus(&row.Later, row.Figures[i].Decimal)
			row.Sum = row.Later.Decimal
			continue
		}
		billing.Plus(&row.Earlier, row.Figures[i].Decimal)
	}
}
