package status

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
)

// Compare orders budgets, the worst first: by state, then by the share that is used, then by name.
func Compare(a, b alerts.BudgetStatus, now time.Time) int {
	return cmp.Or(
		cmp.Compare(rank(a, now), rank(b, now)),
		alerts.PercentOf(b.Line).Cmp(alerts.PercentOf(a.Line)),
		cmp.Compare(cmp.Or(a.Line.Title, a.Line.Rule), cmp.Or(b.Line.Title, b.Line.Rule)),
		cmp.Compare(a.Line.Instance, b.Line.Instance),
	)
}

func rank(s alerts.BudgetStatus, now time.Time) int { return slices.Index(alerts.States, s.State(now)) }

// WorstFirst returns the budgets in the order of Compare.
func WorstFirst(budgets []alerts.BudgetStatus, now time.Time) []alerts.BudgetStatus {
	return slices.SortedStableFunc(slices.Values(budgets), func(a, b alerts.BudgetStatus) int { return Compare(a, b, now) })
}

// Count counts budgets by state.
func Count(budgets []alerts.BudgetStatus, now time.Time) map[alerts.State]int {
	counts := map[alerts.State]int{}
	for _, b := range budgets {
		counts[b.State(now)]++
	}
	return counts
}

// Group returns how a rule stands that has a budget for each service or team: as the worst of them. each is the limit of those that
// are not excepted. There is at least one budget.
func Group(budgets []alerts.BudgetStatus, each decimal.Decimal, now time.Time) alerts.BudgetStatus {
	sorted := WorstFirst(budgets, now)
	group := sorted[0]
	group.Instances, group.Count, group.Each, group.Rest = sorted, len(sorted), each, Count(sorted[1:], now)
	return group
}
