package layout

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing/report"
)

// withoutFree leaves out of an answer about cost the rows that cost nothing and did not before either, and returns how many these are, for a sentence to
// count them. If there are no other rows, it keeps them.
func withoutFree(t report.Table) (report.Table, int) {
	if !t.Question.Cost || IsMonthsDown(t) {
		return t, 0
	}
	isFree := func(r report.Row) bool { return isFree(t, r) }
	groups, free := slices.Clone(t.Groups), 0
	for i, g := range groups {
		paid := slices.DeleteFunc(slices.Clone(g.Rows), isFree)
		if len(paid) == 0 {
			continue
		}
		free += len(g.Rows) - len(paid)
		groups[i].Rows = paid
	}
	t.Groups = groups
	return t, free
}

// isFree reports whether all figures of a row are known and zero, and those that they are compared with too.
func isFree(t report.Table, r report.Row) bool {
	isZero := func(d decimal.NullDecimal) bool { return d.Valid && d.Decimal.IsZero() }
	isOther := func(d decimal.NullDecimal) bool { return !isZero(d) }
	isCompared := t.Question.IsComparison() || t.Versus != nil && !t.Versus.Unknown
	switch {
	case slices.ContainsFunc(r.Figures, isOther), isCompared && isOther(r.Earlier), t.Question.IsComparison() && isOther(r.Later):
		return false
	case r.Change.Valid && !r.Change.Decimal.IsZero():
		return false
	}
	return r.Usage == nil || r.Usage.PerDay.IsZero() && r.Usage.Earlier.IsZero()
}
