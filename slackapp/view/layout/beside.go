package layout

import (
	"slices"

	"budgetbot/billing/report"
)

// Besides returns the measures that stand beside each other: one fewer if the first is compared, since that takes more columns.
func Besides(t report.Table) []report.Group {
	most := MaxMeasures
	if mayCompareBeside(t) {
		most--
	}
	return t.Groups[:min(len(t.Groups), most)]
}

// mayCompareBeside reports whether there is a figure with which to compare the first measure.
func mayCompareBeside(t report.Table) bool {
	v := t.Versus
	return v != nil && !v.Unknown && !v.IsPerDay && t.Question.By.IsOfParts() && hasEarlier(t)
}

// hasEarlier reports whether the earlier figure of a change needs a column of its own. Usage needs one if it is compared with the same days, or if the
// answer has a single month; costs have that column anyway.
func hasEarlier(t report.Table) bool {
	return !t.Question.IsComparison() && (t.Versus.Days > 0 || len(t.Months) == 1 && !t.Question.Cost)
}

// IsSideBySide reports whether measures stand beside each other, so that each row has a cell for each measure. They do for one month by service, team or
// region, and if two measures have the same rows and fold as many others.
func IsSideBySide(t report.Table) bool {
	q := t.Question
	if q.By == report.ByUsageType || q.Cost || q.IsComparison() || len(t.Groups) < 2 {
		return false
	}
	if q.By.IsOfParts() && q.Show != report.ShowChanges {
		return len(t.Months) == 1 && isSameRest(t)
	}
	if len(t.Groups) > 2 || q.By.IsOfParts() && len(t.Months) > 1 {
		return false
	}
	a, b := t.Groups[0], t.Groups[1]
	if len(a.Rows) != len(b.Rows) || a.RestCount != b.RestCount {
		return false
	}
	keys := map[report.RowKey]bool{}
	for _, r := range a.Rows {
		keys[r.Key()] = true
	}
	return !slices.ContainsFunc(b.Rows, func(r report.Row) bool { return !keys[r.Key()] })
}

// isSameRest reports whether all measures with folded rows have folded the same number of them.
func isSameRest(t report.Table) bool {
	count := restCount(t)
	return !slices.ContainsFunc(t.Groups, func(g report.Group) bool { return g.Rest != nil && g.RestCount != count })
}

// restCount is how many rows are folded.
func restCount(t report.Table) int {
	most := 0
	for _, g := range t.Groups {
		most = max(most, g.RestCount)
	}
	return most
}

// rowsBeside returns every row of the measures that stand beside each other: those of the first one, the largest on top, then those that only later ones
// have.
func rowsBeside(t report.Table) []report.Row {
	var rows []report.Row
	seen := map[report.RowKey]bool{}
	for _, group := range Besides(t) {
		for _, row := range slices.SortedStableFunc(slices.Values(group.Rows), func(a, b report.Row) int { return b.Sum.Cmp(a.Sum) }) {
			if !seen[row.Key()] {
				seen[row.Key()] = true
				rows = append(rows, row)
			}
		}
	}
	return rows
}
