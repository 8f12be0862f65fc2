package slackapp

import (
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/budget"
	"budgetbot/slackapp/view/budget"
)

// setting answers a wish for another budget: the rules file alone sets it.
func (a *budgetAnswers) setting(set *rules.Rules, asked budget.Asked, b books) blocks.Message {
	s := budgetview.Setting{RulesURL: set.URL, Command: a.BudgetCommand}
	if rule, found := a.ruleNamed(asked.Rule); found {
		s.Rule, s.Month = &rule, b.Month
		if asked.Instance != "" {
			s.Instance = rules.Instance{Name: asked.Instance, ServiceID: b.Instance(&rule, asked.Instance).ServiceID}
		}
	}
	if asked.Amount == "" {
		return s.Message()
	}
	wanted, err := billing.ParseStep(asked.Amount, asked.Way)
	if err != nil {
		s.Fault = err.Error()
		return s.Message()
	}
	s.Wanted, s.Doubt = &wanted, billing.DoubtfulAmount(asked.Amount)
	return s.Message()
}
