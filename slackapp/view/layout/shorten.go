package layout

import (
	"slices"

	"budgetbot/billing/report"
)

// How many rows an answer shows if the person asked for no number: at most in all groups together, and at least in each.
const (
	maxRows      = 20
	minGroupRows = 3
)

// Shown is a table as an answer shows it.
type Shown struct {
	Table report.Table
	Rows  int // rows with a line of their own
	Of    int // all rows, with the folded ones
	Free  int // rows left out because they cost nothing
}

// Of prepares a table for an answer: it rounds to the cent, removes totals that do not add up and rows that cost nothing, and folds the smaller rows of
// long groups.
func Of(t report.Table) Shown {
	t, free := withoutFree(t)
	s := shorten(withoutSums(t.ToTheCent()))
	s.Free = free
	return s
}

// shorten folds the smaller rows of long groups into one, unless the person asked for a number of rows.
func shorten(t report.Table) Shown {
	if IsSideBySide(t) {
		return shortenBeside(t)
	}
	s := Shown{Table: t}
	s.Table.Groups = slices.Clone(t.Groups)
	shown := Groups(t)
	limit := max(maxRows/len(shown), minGroupRows)
	all := 0
	for _, g := range shown {
		all += len(g.Rows)
	}
	for i, g := range shown {
		if t.Question.Top == 0 && all > maxRows && len(g.Rows) > limit+1 {
			s.Table.Groups[i] = foldKept(g, largestRows(g, limit), t)
		}
		s.Rows += len(s.Table.Groups[i].Rows)
		s.Of += len(g.Rows) + g.RestCount
	}
	return s
}

// shortenBeside folds the rows that are smallest in the first measure, the same ones for every measure.
func shortenBeside(t report.Table) Shown {
	rows := rowsBeside(t)
	s := Shown{Table: t, Rows: len(rows), Of: len(rows) + restCount(t)}
	if t.Question.Top > 0 || len(rows) <= maxRows+1 {
		return s
	}
	kept := map[report.RowKey]bool{}
	for _, r := range rows[:maxRows] {
		kept[r.Key()] = true
	}
	s.Rows = maxRows
	s.Table.Groups = slices.Clone(t.Groups)
	for i, g := range t.Groups {
		folded := foldKept(g, kept, t)
		if folded.Rest != nil {
			folded.RestCount = s.Of - s.Rows
		}
		s.Table.Groups[i] = folded
	}
	return s
}

// foldKept is fold, but a group that does not add up gets no figures for the folded rows.
func foldKept(g report.Group, kept map[report.RowKey]bool, t report.Table) report.Group {
	folded := fold(g, kept)
	if !t.AddsUp(g.Measure) {
		folded.Rest = restOf(folded.Rest, t)
	}
	return folded
}

// largestRows returns the n largest rows of a group and all of its credits, so that people can add up the charges that shares divide.
func largestRows(g report.Group, n int) map[report.RowKey]bool {
	bySize := slices.SortedStableFunc(slices.Values(g.Rows), func(a, b report.Row) int { return b.Sum.Cmp(a.Sum) })
	kept := map[report.RowKey]bool{}
	for i, r := range bySize {
		kept[r.Key()] = i < n || r.Sum.IsNegative()
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
