package check

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// plan decides on findings of the month from what the ledger remembers of it.
func (c *Checker) plan(ctx context.Context, set *rules.Rules, findings []evaluate.Finding, month billing.Month, now time.Time) (decide.Plan, error) {
	memory, err := recall(ctx, c.Ledger, set, month)
	if err != nil {
		return decide.Plan{}, err
	}
	return decide.MakePlan(set, evaluate.Settle(findings, memory.BudgetStates), memory, now), nil
}

// recall reads from the ledger what decisions about the month depend on. Without a ledger it returns nothing.
func recall(ctx context.Context, ledger Ledger, set *rules.Rules, month billing.Month) (m alerts.Memory, err error) {
	if ledger == nil {
		return m, nil
	}
	if m.BudgetStates, err = ledger.BudgetStates(ctx, month); err != nil {
		return m, fmt.Errorf("read the budget states of %s: %w", month, err)
	}
	if m.Known, err = ledger.KnownRules(ctx); err != nil {
		return m, fmt.Errorf("read the known rules: %w", err)
	}
	if m.Waiting, err = ledger.Waiting(ctx, month); err != nil {
		return m, fmt.Errorf("read what waits of %s: %w", month, err)
	}
	m.Parents = map[string]alerts.Delivery{}
	for _, state := range decide.Unwatched(set, m.BudgetStates) {
		parent, found, err := ledger.ByParent(ctx, state.ParentID)
		if err != nil {
			return m, fmt.Errorf("read the message about %s: %w", state.BudgetID, err)
		}
		if found {
			m.Parents[state.ParentID] = parent
		}
	}
	return m, nil
}
