package slackapp

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/alert"
	"budgetbot/slackapp/view/phrase"
)

func unknownPress(command string) blocks.Message {
	return blocks.Refusal("That button no longer works.", fmt.Sprintf("Ask again with `%s`.", command))
}

// pressed reads what a button carries, and finds the rule in the file as it is now.
func (a *budgetAnswers) pressed(value string) (phrase.Subject, rules.Rule, *result) {
	on, err := phrase.ReadSubject(value)
	if err != nil {
		return phrase.Subject{}, rules.Rule{}, new(reply(unknownPress(a.UsageCommand), outcomeUnknown))
	}
	rule, found := a.ruleNamed(on.Rule)
	if !found {
		gone := blocks.Refusal(fmt.Sprintf("The rule %s is no longer in the rules file.", blocks.Quote(on.Rule)),
			fmt.Sprintf("%s shows the current ones.", blocks.Quote(a.BudgetCommand)))
		return phrase.Subject{}, rules.Rule{}, new(reply(gone, outcomeUnknown))
	}
	on.Rule = rule.Name // the message may be from before it was renamed
	return on, rule, nil
}

// ruleNamed finds a rule by its name, or by the one that it had before.
func (a *budgetAnswers) ruleNamed(name string) (rules.Rule, bool) {
	set := a.Rules().Rules
	at := slices.IndexFunc(set, func(r rules.Rule) bool { return r.Name == name })
	if at < 0 {
		at = slices.IndexFunc(set, func(r rules.Rule) bool { return r.Was == name })
	}
	if at < 0 || name == "" {
		return rules.Rule{}, false
	}
	return set[at], true
}

// apply carries out a press and reports the result to the person alone. The channel sees it when the parent message is
// edited.
func (a *budgetAnswers) apply(ctx context.Context, c *conversation, rule rules.Rule, id alerts.BudgetID, p alerts.Press) result {
	state, err := a.AnswerService.Apply(ctx, id, p, a.Now())
	line := alerts.BudgetLine{
		BudgetID: state.BudgetID, Title: rule.Title, Threshold: state.Threshold, Next: rule.Next(state.Threshold), Answers: state.Answers,
	}
	if refusal, ok := errors.AsType[*alerts.Refusal](err); ok {
		return reply(alertview.AnswerRefused(refusal, line, a.BudgetCommand), outcomeUnmoved)
	}
	if err != nil {
		return c.unread(err)
	}
	return reply(alertview.Answered(p.Act, line, a.BudgetCommand), outcomeDecided)
}
