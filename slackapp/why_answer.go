package slackapp

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/slackapp/view/budget"
)

// serveWhy explains a message about a budget to the person who asks.
func (a *pressAnswers) serveWhy(ctx context.Context, c *conversation, value string) {
	c.serve(ctx, a.access.mayAsk, func(ctx context.Context) result { return a.why(ctx, c, value) })
}

// why explains a message about a budget to the person who asks: its threshold, its figures, and the rule that wants it.
func (a *pressAnswers) why(ctx context.Context, c *conversation, value string) result {
	on, rule, wrong := a.pressed(value)
	if wrong != nil {
		return *wrong
	}
	id := on.Budget()
	states, err := a.Budgets.BudgetStates(ctx, id.Month)
	if err != nil {
		return c.unread(fmt.Errorf("read the state of %s: %w", id.Month, err))
	}
	past, err := a.Budgets.Alerts(ctx, id)
	if err != nil {
		return c.unread(fmt.Errorf("read the alerts of %s: %w", id, err))
	}
	w := budgetview.Why{RulesURL: a.Rules().URL, RuleLine: rule.Line, Now: a.Now()}
	for _, alert := range past {
		if w.Last.Reason == "" || alert.At.After(w.Last.At) || alert.At.Equal(w.Last.At) && alert.Kind == alerts.KindBudget {
			w.Last = alert
		}
	}
	w.Line = alerts.BudgetLine{BudgetID: id, Title: rule.Title, Measure: rule.Measure(), Limit: rule.BudgetFor(id.Month, id.Instance).Value}
	for _, s := range states {
		if s.BudgetID == id {
			w.Line.Threshold, w.Line.Next, w.Line.Used, w.Line.Limit = s.Threshold, rule.Next(s.Threshold), s.Used, s.Limit
			w.Line.CountedTo, w.Line.Answers = s.CountedTo, s.Answers
		}
	}
	return reply(budgetview.WhyMessage(w), outcomeAnswered)
}
