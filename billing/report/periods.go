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

// AsksFor reports whether the question asks for the month. It does not ask for the month before a single one, which is read only to be compared.
func (q Question) AsksFor(m billing.Month) bool {
	return q.Months.Contains(m) || q.IsComparison() && q.Against.Contains(m)
}

// inView are the months whose figures are added up: those asked for, and the month before, to compare with. Nothing is read of the months between
// two periods.
func (q Question) inView() billing.Range {
	if q.IsComparison() {
		return billing.Range{First: q.Against.First, Last: q.Months.Last}
	}
	return billing.Range{First: q.Months.First.Add(-1), Last: q.Months.Last}
}

// Now is the later of the two figures that Change compares: the later period's, or else the newest month's.
func (r Row) Now() decimal.NullDecimal {
	if r.Later.Valid {
		return r.Later
	}
	return r.Last()
}

// settlePeriods sums a row's rounded figures for both periods again.
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
