package check

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/rules"
)

// recallRoots adds to the memory what the messages of budgets that are no longer watched show.
func recallRoots(m *alerts.Memory, ctx context.Context, ledger Ledger, rules *rules.Rules) error {
	m.Roots = map[string]alerts.Delivery{}
	for _, standing := range decide.Unwatched(rules, m.Standings) {
		root, found, err := ledger.OnRoot(ctx, standing.RootID)
		if err != nil {
			return fmt.Errorf("read the message about %s: %w", standing.BudgetID, err)
		}
		if found {
			m.Roots[standing.RootID] = root
		}
	}
	return nil
}
