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
	if isSideBySide(t) {
		return shortenBeside(t)
	}
	s := shortened{table: t}
	s.table.Groups = slices.Clone(t.Groups)
	limit := max(maxRows/len(t.Groups), minGroupRows)
	all := 0
	for _, g := range t.Groups {
		all += len(g.Rows)
	}
	for i, g := range t.Groups {
		if t.Question.Top == 0 && all > maxRows && len(g.Rows) > limit+1 {
			s.table.Groups[i] = foldKept(g, largestRows(g, limit), t)
		}
		s.shown += len(s.table.Groups[i].Rows)
		s.of += len(g.Rows) + g.RestCount
	}
	return s
}

// shortenBeside folds the same rows of each measure, the smaller ones of the first, so that what is folded adds up in each.
func shortenBeside(t report.Table) shortened {
	rows := rowsBeside(t)
	s := shortened{table: t, shown: len(rows), of: len(rows) + restCount(t)}
	if t.Question.Top > 0 || len(rows) <= maxRows+1 {
		return s
	}
	kept := map[report.RowKey]bool{}
	for _, r := range rows[:maxRows] {
		kept[r.Key()] = true
	}
	s.shown = maxRows
	s.table.Groups = slices.Clone(t.Groups)
	for i, g := range t.Groups {
		folded := foldKept(g, kept, t)
		if folded.Rest != nil {
			folded.RestCount = s.of - s.shown
		}
		s.table.Groups[i] = folded
	}
	return s
}

// foldKept is fold, of a group that has no sum without that of what is folded.
func foldKept(g report.Group, kept map[report.RowKey]bool, t report.Table) report.Group {
	folded := fold(g, kept)
	if !t.AddsUp(g.Measure) && !phrase.IsApart(t) {
		folded.Rest = restOf(folded.Rest, t)
	}
	return folded
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
