package slackapp

import (
	"context"
	"fmt"

	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/slackapp/command/budget"
	"budgetbot/slackapp/view/budget"
)

// shown answers with a rule in detail.
func (a *budgetAnswers) shown(ctx context.Context, c *conversation, rule *rules.Rule, asked budget.Asked, b books) result {
	if rule.Kind != rules.RuleBudget {
		return reply(a.watchDetail(*rule, b), outcomeAnswered)
	}
	return a.detail(ctx, c, rule, asked, b)
}

// detail answers with one budget and the history of its thresholds, or, if a rule has several budgets and the person
// named none, with all of them.
func (a *budgetAnswers) detail(ctx context.Context, c *conversation, rule *rules.Rule, asked budget.Asked, b books) result {
	state := b.Instance(rule, asked.Instance)
	if asked.Instance == "" {
		state = b.Budget(rule)
	}
	d := a.described(rule, state, b)
	if len(state.Instances) > 0 {
		d.Page = asked.Page
		w := d.Window()
		if err := b.Date(ctx, d.State.Instances[w.From:w.To]); err != nil {
			return c.unread(err)
		}
		d.Actions = pageActions(budget.RuleText(rule.Name), w)
		return reply(budgetview.BudgetDetail(d), outcomeAnswered)
	}
	reached, err := a.Budgets.Alerts(ctx, state.Line.BudgetID)
	if err != nil {
		return c.unread(fmt.Errorf("read the alerts of %s: %w", state.Line.BudgetID, err))
	}
	d.Reached = reached
	d.State.Since, d.State.FromStart = status.Since(state.Line, reached)
	return reply(budgetview.BudgetDetail(d), outcomeAnswered)
}
