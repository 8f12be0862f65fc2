package usageview

import (
	"slices"

	"budgetbot/billing/report"
	"budgetbot/slackapp/view/phrase"
)

// How many rows an answer shows if the person asked for no number: all groups together, and the least of each.
const (
	maxRows      = 20
	minGroupRows = 3
)

// shortened is a table as it is shown, how many of its rows have a line of their own, and how many that cost nothing were left out before.
type shortened struct {
	table     report.Table
	shown, of int
	free      int
}

// shorten folds the smaller rows of long groups into one. A person who asked for a number of rows gets that number.
func shorten(t report.Table) shortened {
	s := shortened{table: t}
	s.table.Groups = slices.Clone(t.Groups)
	limit, sideBySide := max(maxRows/len(t.Groups), minGroupRows), isSideBySide(t)
	if sideBySide {
		limit = maxRows
	}
	all := 0
	for _, g := range t.Groups {
		all += len(g.Rows)
	}
	for i, g := range t.Groups {
		sized := g
		if sideBySide {
			sized = t.Groups[0]
		}
		if t.Question.Top == 0 && all > maxRows && len(g.Rows) > limit+1 {
			folded := fold(g, largestRows(sized, limit))
			if !t.AddsUp(g.Measure) && !phrase.IsApart(t) {
				folded.Rest = restOf(folded.Rest, t)
			}
			s.table.Groups[i] = folded
		}
		if i == 0 || !sideBySide {
			s.shown += len(s.table.Groups[i].Rows)
			s.of += len(g.Rows) + g.RestCount
		}
	}
	return s
}

// largestRows returns which n rows of a group are the largest, a credit by what it takes off.
func largestRows(g report.Group, n int) map[report.RowKey]bool {
	bySize := slices.SortedStableFunc(slices.Values(g.Rows), func(a, b report.Row) int { return b.Sum.Abs().Cmp(a.Sum.Abs()) })
	kept := map[report.RowKey]bool{}
	for _, r := range bySize[:min(n, len(bySize))] {
		kept[r.Key()] = true
	}
	return kept
}

// fold keeps some rows of a group in their order and adds the others up.
func fold(g report.Group, kept map[report.RowKey]bool) report.Group {
	folded := g
	folded.Rows = nil
	var others []report.Row
	for _, r := range g.Rows {
		if kept[r.Key()] {
			folded.Rows = append(folded.Rows, r)
		} else {
			others = append(others, r)
		}
	}
	if len(others) == 0 {
		return g
	}
	folded.RestCount += len(others)
	if g.Rest != nil {
		others = append(others, *g.Rest)
	}
	rest := addUp(others)
	folded.Rest = &rest
	return folded
}

// isSideBySide reports whether the two measures of a breakdown have the same rows and as many others, so that each row can
// have both beside each other.
func isSideBySide(t report.Table) bool {
	parts := t.Question.By.IsOfParts()
	if t.Question.By == report.ByUsageType || t.Question.Cost || t.Question.IsComparison() || len(t.Groups) != 2 || parts && len(t.Months) > 1 {
		return false
	}
	a, b := t.Groups[0], t.Groups[1]
	if len(a.Rows) != len(b.Rows) || a.RestCount != b.RestCount {
		return false
	}
	keys := largestRows(a, len(a.Rows))
	return !slices.ContainsFunc(b.Rows, func(r report.Row) bool { return !keys[r.Key()] })
}
