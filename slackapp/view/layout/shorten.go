package layout

import (
	"slices"
	"sort"

	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// How many rows an answer shows if the person asked for no number: at most in all groups together, and at least in each.
const (
	maxRows      = 20
	minGroupRows = 3
)

// Shown is a table as an answer shows it.
type Shown struct {
	Table report.Table
	Rows  int  // rows with a line of their own
	Of    int  // all rows, with the folded ones
	Free  int  // rows left out because they cost nothing
	Fewer bool // there is no room for all the rows that the person asked for
	grid  *blocks.Grid
}

// Grid lays the table out.
func (s *Shown) Grid() *blocks.Grid {
	if s.grid == nil {
		s.grid = Grid(s.Table)
	}
	return s.grid
}

// Unlisted is how many rows the table has neither by name nor in the line of the others, since they do not add up.
func (s Shown) Unlisted() int {
	count := 0
	for _, g := range Groups(s.Table) {
		switch isUnlisted := g.Rest != nil && (phrase.IsApart(s.Table) || !sumOf(*g.Rest).Valid); {
		case isUnlisted && (phrase.IsApart(s.Table) || IsSideBySide(s.Table)): // the same rows in each measure
			count = max(count, g.RestCount)
		case isUnlisted:
			count += g.RestCount
		case g.Rest != nil && IsSideBySide(s.Table):
			return 0
		}
	}
	return count
}

// Of prepares a table for an answer: it rounds to the cent, removes totals that do not add up and rows that cost nothing, and folds the smaller rows of
// long groups.
func Of(t report.Table) Shown {
	t, free := withoutFree(t)
	s := shorten(withoutSums(t.ToTheCent()))
	s.Free = free
	return s
}

// shorten folds the smaller rows of long groups into one. If the person asked for a number of rows, it folds only those for which a message has no room.
func shorten(t report.Table) Shown {
	if t.Question.Top > 0 {
		return shortenToFit(t)
	}
	if IsSideBySide(t) {
		return shortenBeside(t, maxRows)
	}
	limit, all := max(maxRows/len(Groups(t)), minGroupRows), 0
	for _, g := range Groups(t) {
		all += len(g.Rows)
	}
	if all <= maxRows {
		limit = all
	}
	return shortenStacked(t, limit)
}

// shortenToFit folds as few rows as it can, so that no line is cut off and the lines add up. Months as lines need as much room with fewer rows.
func shortenToFit(t report.Table) Shown {
	to, longest := shortenStacked, 0
	if IsSideBySide(t) {
		to, longest = shortenBeside, len(rowsBeside(t))
	} else {
		for _, g := range Groups(t) {
			longest = max(longest, len(g.Rows))
		}
	}
	whole := to(t, longest)
	if IsMonthsDown(t) && !IsSideBySide(t) {
		return whole
	}
	if whole.Grid().HasRoom() {
		return whole
	}
	over := sort.Search(longest, func(over int) bool { return Grid(to(t, longest-over).Table).HasRoom() })
	s := to(t, max(longest-over, 1))
	s.Fewer = s.Rows < whole.Rows
	return s
}

// shortenStacked folds the rows of each group beyond a limit.
func shortenStacked(t report.Table, limit int) Shown {
	s := Shown{Table: t}
	s.Table.Groups = slices.Clone(t.Groups)
	for i, g := range Groups(t) {
		if len(g.Rows) > limit+1 {
			s.Table.Groups[i] = foldKept(g, largestRows(g, limit), t)
		}
		s.Rows += len(s.Table.Groups[i].Rows)
		s.Of += len(g.Rows) + g.RestCount
	}
	return s
}

// shortenBeside folds the rows that are smallest in the first measure, the same ones for every measure.
func shortenBeside(t report.Table, limit int) Shown {
	rows := rowsBeside(t)
	s := Shown{Table: t, Rows: len(rows), Of: len(rows) + restCount(t)}
	if len(rows) <= limit+1 {
		return s
	}
	kept := map[report.RowKey]bool{}
	for _, r := range rows[:limit] {
		kept[r.Key()] = true
	}
	s.Rows = limit
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
