package slackapp

import (
	"fmt"

	"budgetbot/billing"
	"budgetbot/slackapp/view"
)

// BudgetAsked is what a person asked with the budget command. All false and Rule empty asks for the budgets of the channel
// that the command was typed in.
type BudgetAsked struct {
	Help bool
	All  bool
	Rule string // the exact name of one rule
}

// ParseBudget reads the text after the budget command: nothing, all, help or the name of a rule. The mistake offers the
// nearest rule; its Command is for the caller to fill in.
func ParseBudget(text string, ruleNames []string) (BudgetAsked, *view.Mistake) {
	text, wrong := clean(text)
	if wrong != nil {
		return BudgetAsked{}, &view.Mistake{Sentence: wrong.sentence, Corrected: []string{"help"}}
	}
	all := words(text)
	switch {
	case isHelp(text):
		return BudgetAsked{Help: true}, nil
	case len(all) == 0:
		return BudgetAsked{}, nil
	case len(all) == 1 && all[0].is("all"):
		return BudgetAsked{All: true}, nil
	}
	typed := plain(all)
	if rule, ok := pick(typed, ruleNames); ok {
		return BudgetAsked{Rule: rule}, nil
	}
	return BudgetAsked{}, unknownRule(typed, ruleNames)
}

func unknownRule(typed string, ruleNames []string) *view.Mistake {
	near := billing.Nearest(typed, ruleNames)
	if len(near) == 0 {
		hint := "There are no rules yet."
		if len(ruleNames) > 0 {
			hint = "The rules: " + list(ruleNames) + "."
		}
		sentence := fmt.Sprintf("No rule is called %s.", view.Quote(typed))
		return &view.Mistake{Sentence: sentence, Hint: hint, Corrected: []string{"all"}}
	}
	wrong := suggest(typed, "No rule is called", "", near)
	return &view.Mistake{Sentence: wrong.sentence, Corrected: near[:min(maxOffers, len(near))]}
}
