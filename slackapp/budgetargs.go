package slackapp

import (
	"fmt"

	"budgetbot/billing"
	"budgetbot/slackapp/view"
)

// budgetAsked is what a person asked with the budget command. All false and Rule empty asks for the budgets of the channel
// that the command was typed in.
type budgetAsked struct {
	Help bool
	All  bool
	Rule string // the exact name of one rule
}

// parseBudget reads the text after the budget command: nothing, all, help or the name of a rule. The mistake offers the
// nearest rule; its Command is for the caller to fill in.
func parseBudget(text string, ruleNames []string) (budgetAsked, *view.Mistake) {
	text, wrong := clean(text)
	if wrong != nil {
		return budgetAsked{}, &view.Mistake{Sentence: wrong.sentence, Corrected: []string{"help"}}
	}
	all := words(text)
	switch {
	case isHelp(text):
		return budgetAsked{Help: true}, nil
	case len(all) == 0:
		return budgetAsked{}, nil
	case len(all) == 1 && all[0].is("all"):
		return budgetAsked{All: true}, nil
	}
	typed := plain(all)
	if rule, ok := pick(typed, ruleNames); ok {
		return budgetAsked{Rule: rule}, nil
	}
	return budgetAsked{}, unknownRule(typed, ruleNames)
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
