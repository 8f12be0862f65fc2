package layout

import "budgetbot/billing/report"

// Groups returns the measures that the grid shows. By service, team or region these are the first ones for which there is room, since half a measure would
// not add up.
func Groups(t report.Table) []report.Group {
	switch q := t.Question; {
	case IsSideBySide(t):
		return Besides(t)
	case IsMonthsDown(t) && q.By.IsOfParts():
		return t.Groups[:1]
	case IsMonthsDown(t):
		return t.Groups[:min(len(t.Groups), MaxMeasures)]
	case q.By.IsOfParts() && !q.Cost:
		return t.Groups[:roomFor(t)]
	}
	return t.Groups
}

// roomFor is how many measures have room below each other with all of their lines. The first one always does.
func roomFor(t report.Table) int {
	n, lines := 0, 0
	for n < len(t.Groups) && (n == 0 || lines+linesOf(t.Groups[n]) <= maxRows) {
		lines += linesOf(t.Groups[n])
		n++
	}
	for ; n > 1; n-- {
		first := t
		if first.Groups = t.Groups[:n]; stacked(first).HasRoom() {
			break
		}
	}
	return n
}

// linesOf is how many lines a measure takes: a head and its rows, or one line for a single row.
func linesOf(g report.Group) int {
	if rows := len(g.All()); rows > 1 {
		return 1 + rows
	}
	return 1
}
