package slackapp

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/slackapp/view/budget"
)

// why explains a message about a budget to the person who asks: which level it was said at, by which figures, and which rule
// wants it.
func (a *App) why(ctx context.Context, q *request) result {
	on, rule, wrong := a.pressed(q.value)
	if wrong != nil {
		return *wrong
	}
	id := on.Budget()
	states, err := a.Budgets.BudgetStates(ctx, id.Month)
	if err != nil {
		return a.unread(q, fmt.Errorf("read the standings of %s: %w", id.Month, err))
	}
	past, err := a.Budgets.Alerts(ctx, id)
	if err != nil {
		return a.unread(q, fmt.Errorf("read the alerts of %s: %w", id, err))
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
	return told(budgetview.WhyMessage(w), outcomeAnswered)
}
