package view

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// How many rows an answer shows where nobody asked for a number of them: all groups together, and the least of each.
const (
	maxRows      = 20
	minGroupRows = 3
)

// shortened is a table as it is shown, and how many of its rows have a line of their own.
type shortened struct {
	table     billing.Table
	shown, of int
}

// shorten folds the smaller rows of long groups into one. A person who asked for a number of rows gets that number.
func shorten(t billing.Table) shortened {
	s := shortened{table: t}
	s.table.Groups = slices.Clone(t.Groups)
	limit := max(maxRows/len(t.Groups), minGroupRows)
	for i, g := range t.Groups {
		if t.Question.Top == 0 && len(g.Rows) > limit+1 {
			s.table.Groups[i] = fold(g, limit)
		}
		s.shown += len(s.table.Groups[i].Rows)
		s.of += len(g.Rows) + g.RestCount
	}
	return s
}

// fold keeps the n largest rows of a group in their order and adds the others up.
func fold(g billing.Group, n int) billing.Group {
	bySize := slices.SortedStableFunc(slices.Values(g.Rows), func(a, b billing.Row) int { return b.Sum.Cmp(a.Sum) })
	kept := map[rowKey]bool{}
	for _, r := range bySize[:n] {
		kept[keyOf(r)] = true
	}
	folded := billing.Group{Measure: g.Measure, Total: g.Total, RestCount: g.RestCount + len(g.Rows) - n}
	others := bySize[n:]
	if g.Rest != nil {
		others = append(slices.Clone(others), *g.Rest)
	}
	for _, r := range g.Rows {
		if kept[keyOf(r)] {
			folded.Rows = append(folded.Rows, r)
		}
	}
	rest := addUp(others)
	folded.Rest = &rest
	return folded
}

// rowKey tells the rows of a group apart.
type rowKey struct{ name, product, id string }

func keyOf(r billing.Row) rowKey { return rowKey{r.Name, r.Product, r.ID} }

// addUp returns rows of one group as one. A figure is known where one of theirs is; the change where each of theirs is.
func addUp(rows []billing.Row) billing.Row {
	var all billing.Row
	var before decimal.Decimal
	known := true
	for _, r := range rows {
		for len(all.Figures) < len(r.Figures) {
			all.Figures = append(all.Figures, decimal.NullDecimal{})
		}
		for i, f := range r.Figures {
			if f.Valid {
				all.Figures[i] = decimal.NewNullDecimal(all.Figures[i].Decimal.Add(f.Decimal))
			}
		}
		all.Sum, all.Share = all.Sum.Add(r.Sum), all.Share.Add(r.Share)
		was, ok := earlier(r)
		before, known = before.Add(was), known && ok
	}
	if known && before.IsPositive() {
		all.Change = decimal.NewNullDecimal(last(all).Decimal.Div(before).Sub(decimal.New(1, 0)))
	}
	return all
}

// sameRows reports whether all groups have rows of the same names and fold as many others, so that they can stand side by
// side.
func sameRows(groups []billing.Group) bool {
	names := func(g billing.Group) []rowKey {
		keys := make([]rowKey, len(g.Rows))
		for i, r := range g.Rows {
			keys[i] = keyOf(r)
		}
		slices.SortFunc(keys, func(a, b rowKey) int {
			return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.product, b.product), cmp.Compare(a.id, b.id))
		})
		return keys
	}
	first := names(groups[0])
	for _, g := range groups[1:] {
		if g.RestCount != groups[0].RestCount || !slices.Equal(first, names(g)) {
			return false
		}
	}
	return true
}
