package layout

import (
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// Grid lays out a table: months as columns if they fit, else as lines. Several measures of one month stand side by side if each row can have a cell for
// each of them, else one below the other.
func Grid(t report.Table) *blocks.Grid {
	switch {
	case IsSideBySide(t):
		return sideBySide(t)
	case IsMonthsDown(t):
		return monthsDown(t)
	}
	t.Groups = Groups(t)
	return stacked(t)
}
