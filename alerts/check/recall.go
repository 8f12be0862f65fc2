package check

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/rules"
)

// recallParents adds to the memory what the messages of budgets that are no longer watched show.
func recallParents(m *alerts.Memory, ctx context.Context, ledger Ledger, rules *rules.Rules) error {
	m.Parents = map[string]alerts.Delivery{}
	for _, state := range decide.Unwatched(rules, m.BudgetStates) {
		parent, found, err := ledger.ByParent(ctx, state.ParentID)
		if err != nil {
			return fmt.Errorf("read the message about %s: %w", state.BudgetID, err)
		}
		if found {
			m.Parents[state.ParentID] = parent
		}
	}
	return nil
}
