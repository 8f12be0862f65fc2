package phrase

import (
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// MaxBudgets is how many budgets have a line of their own.
const MaxBudgets = 20

// BudgetTable lists budgets, with a column for the likely end where one of them has one.
type BudgetTable struct {
	*blocks.Grid
	forecast bool
}

// NewBudgetTable returns a table with its header; forecast adds the column of the month-end forecast.
func NewBudgetTable(forecast bool) BudgetTable {
	t := BudgetTable{&blocks.Grid{Left: []bool{true, false, false, !forecast, true}}, forecast}
	t.Row(true, "Budget", "Used", "Limit", "Likely End", "State")
	return t
}

// Row adds a line; the likely end is left out where the table has no column for it.
func (t BudgetTable) Row(strong bool, name, used, limit, likely, state string) {
	if t.forecast {
		t.Add(strong, name, used, limit, likely, state)
		return
	}
	t.Add(strong, name, used, limit, state)
}

// CheckFact says that the checks run, or why they do not.
func CheckFact(checks alerts.CheckStatus, now time.Time) string {
	checked, next, failure := checks.SucceededAt, checks.NextAt, checks.Trouble()
	verb := "checked "
	if failure != "" {
		verb = "last successful check "
	}
	var parts []string
	switch {
	case checked.IsZero():
		parts = append(parts, "not checked yet")
	case now.Sub(checked) < time.Minute:
		parts = append(parts, verb+"just now")
	default:
		parts = append(parts, verb+blocks.Age(now.Sub(checked))+" ago")
	}
	if next.After(now) {
		parts = append(parts, "next in "+blocks.Age(next.Sub(now)))
	}
	if failure != "" {
		parts = append(parts, "*the latest check failed: "+strings.TrimRight(blocks.Prose(failure), ".")+"*")
	}
	return strings.Join(parts, ", ")
}
