package phrase

import (
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// MaxBudgets is how many budgets have a line of their own.
const MaxBudgets = 20

// BudgetTable has a row for each of the first MaxBudgets budgets, and one row for the others, which rest describes. head is the heading of the first
// column. Without forecast there is no column for the month-end forecast.
func BudgetTable[T any](head string, budgets []T, forecast bool, cells func(T) []string, rest func([]T) string) *blocks.Grid {
	shown := min(len(budgets), MaxBudgets)
	return BudgetPage(head, budgets[:shown], budgets[shown:], forecast, cells, rest)
}

// BudgetPage is BudgetTable for one page of a list: a row for each budget of shown, and one row for all of more.
func BudgetPage[T any](head string, shown, more []T, forecast bool, cells func(T) []string, rest func([]T) string) *blocks.Grid {
	g := &blocks.Grid{Left: []bool{true, false, false, !forecast, true}}
	add := func(strong bool, cells ...string) {
		if !forecast {
			cells = slices.Delete(cells, 3, 4)
		}
		g.Add(strong, cells...)
	}
	add(true, head, "Used", "Limit", "Likely End", "State")
	for _, b := range shown {
		add(false, cells(b)...)
	}
	if len(more) > 0 {
		add(false, "+ "+blocks.More(len(more)), "", "", "", rest(more))
	}
	return g
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
