package layout

import (
	"slices"

	"budgetbot/billing/report"
)

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
