package check

import (
	"context"
	"fmt"
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/decide"
	"budgetbot/billing"
)

// unknownsOf returns the budgets without a figure. If all of a rule's services or teams are unknown, the rule is listed
// instead of each of them.
func unknownsOf(r Result) []decide.UnknownNow {
	whole := map[string]bool{}
	had := map[string]bool{}
	for i, d := range r.Plan.Decisions {
		f := &r.Plan.Findings[i]
		whole[f.BudgetID.Rule] = whole[f.BudgetID.Rule] || f.Unknown != "" && f.Instance == ""
		had[f.BudgetID.Rule] = had[f.BudgetID.Rule] || d.BudgetState.Version != ""
	}
	var unknown []decide.UnknownNow
	for i, d := range r.Plan.Decisions {
		f := &r.Plan.Findings[i]
		if f.Unknown == "" || f.Instance != "" && whole[f.BudgetID.Rule] {
			continue
		}
		u := decide.UnknownNow{UnknownBudget: alerts.UnknownBudget{Rule: f.BudgetID.Rule, Instance: f.Instance, Title: f.Rule.Title, Why: f.Unknown}}
		u.Had, u.Waits = d.BudgetState.Version != "" || f.Instance == "" && had[u.Rule], f.NotBilled
		u.Reported = r.reading.UnreadBill != nil && f.Rule.IsMoney() || r.reading.UnreadServices != nil && f.Rule.IsOfServices()
		unknown = append(unknown, u)
	}
	return append(unknown, r.unknownChanges...)
}

// hadFigures marks the unknown budgets that had figures in the month before.
func (c *Checker) hadFigures(ctx context.Context, unknown []decide.UnknownNow, month billing.Month) error {
	if !slices.ContainsFunc(unknown, func(u decide.UnknownNow) bool { return !u.Had }) {
		return nil
	}
	states, err := c.Ledger.BudgetStates(ctx, month.Add(-1))
	if err != nil {
		return fmt.Errorf("read the state of %s: %w", month.Add(-1), err)
	}
	had := map[alerts.BudgetName]bool{}
	for _, s := range states {
		had[s.BudgetName()] = had[s.BudgetName()] || s.Version != ""
		had[alerts.BudgetName{Rule: s.Rule}] = had[alerts.BudgetName{Rule: s.Rule}] || s.Version != ""
	}
	for i := range unknown {
		unknown[i].Had = unknown[i].Had || had[unknown[i].Name()] && !unknown[i].Waits
	}
	return nil
}
