package slackapp

import (
	"context"
	"errors"
	"slices"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/budget"
	"budgetbot/slackapp/view/budget"
)

// ended answers with how the budgets ended that were asked for, in a month that is over.
func (a *budgetAnswers) ended(ctx context.Context, c *conversation, set *rules.Rules, b books, list budget.List, chosen chosenBudgets) result {
	e := budgetview.Ended{Gone: b.Gone, Overview: budgetview.Overview{
		Month: list.Month, Now: b.Now, Command: a.BudgetCommand, Page: list.Page,
		Lines: chosen.budgets, Of: chosen.of, Hidden: chosen.hidden, Only: onlyOf(list),
	}}
	if list.IsOfChannel() {
		e.Others = len(slices.DeleteFunc(slices.Clone(set.Rules), func(r rules.Rule) bool { return r.Kind != rules.RuleBudget })) - chosen.rules
	}
	w := e.Sort()
	if err := b.DateReached(ctx, e.Lines[w.From:w.To]); err != nil {
		return c.unread(err)
	}
	e.Actions = a.listActions(list, w, e.Overview)
	return reply(budgetview.EndedBudgets(e), outcomeAnswered)
}

// readEnded reads how the budgets of a month ended: what is recorded, and from Fastly what is not.
func (a *budgetAnswers) readEnded(ctx context.Context, c *conversation, set *rules.Rules, month billing.Month) (*status.Snapshot, *result) {
	leave, err := a.usage.enterWide(ctx)
	if err != nil {
		return nil, new(c.trouble(err))
	}
	defer leave()
	snapshot, err := status.ReadEnded(ctx, a.Budgets, set, month, a.Now(), a.Ended.Evaluate)
	switch {
	case errors.Is(err, alerts.ErrNoUsage):
		return nil, new(reply(blocks.Refusal("I know of no budget in "+blocks.Period(billing.One(month))+", and Fastly lists no usage of it.",
			"Try "+blocks.Code(a.BudgetCommand+" last month")+", or a month in which the account was in use."), outcomeAnswered))
	case err != nil:
		return nil, new(c.trouble(err))
	case snapshot.Unread != nil:
		c.Log.Warn("not all of a month that is over could be read", zap.Stringer("month", month), zap.Error(snapshot.Unread))
	}
	return snapshot, nil
}
