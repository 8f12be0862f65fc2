package layout

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// series is a column of a grid whose lines are months.
type series struct {
	head   string
	row    report.Row
	scale  billing.Scale
	isPart bool // a service, team or region, or several of them
}

// Ends returns the first month and the last complete one, whose lines the line of changes compares. It reports false if the table has no such line: months
// are columns, or lines of something else than parts, or there are no two such months.
func Ends(t report.Table) (first, last billing.Month, found bool) {
	from, to := ends(t)
	if !IsMonthsDown(t) || !t.Question.By.IsOfParts() || IsSideBySide(t) || from >= to {
		return first, last, false
	}
	return t.Months[from], t.Months[to], true
}

// ends returns which months are the first and the last that are complete, and known without a doubt.
func ends(t report.Table) (from, to int) {
	isKnown := func(m billing.Month) bool {
		isLast := m == t.Question.Months.Last
		isLeftOut := slices.ContainsFunc(t.LeftOut, func(u report.LeftOut) bool { return u.Month == m })
		return !slices.Contains(t.Missing, m) && !isLeftOut && (!isLast || !isRunning(t))
	}
	from = slices.IndexFunc(t.Months, isKnown)
	for to = len(t.Months) - 1; to > from && !isKnown(t.Months[to]); to-- {
	}
	return max(from, 0), to
}

// changesOverall returns the change of each column between the two ends, per day, and gives the columns the digits from which people can compute it. A cost
// of parts is one of usage; fees are no part's, so that the total has no such change. It returns nil if there is none to show.
func changesOverall(t report.Table, all []series) []string {
	if _, _, found := Ends(t); !found {
		return nil
	}
	from, to := ends(t)
	days := float64(t.Months[from].Days()) / float64(t.Months[to].Days())
	changes := make([]string, len(all))
	for i := range all {
		changes[i] = billing.Dash
		s := &all[i]
		now, before := s.row.Figures[to], s.row.Figures[from]
		hasFees := t.Question.Cost && (!s.isPart || s.row.Name == report.NoRegion)
		if hasFees || !now.Valid || !before.Valid || !before.Decimal.IsPositive() {
			continue
		}
		change := decimal.NewFromFloat(billing.Approximate(now.Decimal)/billing.Approximate(before.Decimal)*days - 1)
		changes[i] = billing.FormatChange(change)
		for range mostFiner {
			if t.Question.Cost || s.scale.Gives(change, now.Decimal, before.Decimal) {
				break
			}
			s.scale = s.scale.Finer()
		}
	}
	return changes
}

// isRunning reports whether the newest month is not counted to its end.
func isRunning(t report.Table) bool {
	last := t.Question.Months.Last
	counted := t.Fresh.CountedTo
	return t.Question.Cost && t.NewestBill().Estimate || counted.After(last.Start()) && counted.Before(last.End())
}
