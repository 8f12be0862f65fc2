package budget

import (
	"slices"
	"strings"

	"budgetbot/slackapp/blocks"
)

// setFiller are words without a meaning in a wish for a budget.
var setFiller = []string{"the", "a", "budget", "limit", "of", "for", "to", "is", "=", ":"}

// readSet reads a wish for a new or changed budget: "set na-bandwidth 600 TB", or a name and an amount.
func (n Names) readSet(fields []string) (Asked, bool) {
	isSet := len(fields) > 0 && isSetWord(fields[0])
	if isSet {
		fields = fields[1:]
	}
	rule, instance, rest, found := n.find(fields)
	if !found {
		fields = withoutFiller(fields)
		rule, instance, rest, found = n.find(fields)
	}
	if means := n.beginning(first(fields)); !found && isSet && len(means) == 1 && means[0].Rule != "" {
		rule, instance, rest, found = means[0].Rule, means[0].Instance, fields[1:], true
	}
	if !found {
		_, rest = cutAmount(fields)
	}
	asked := Asked{Set: true, Rule: rule, Instance: instance}
	if amount := strings.Join(withoutFiller(rest), " "); startsAmount(amount) {
		asked.Amount = blocks.Clip(amount, blocks.MaxQuoted)
	}
	return asked, isSet || found && asked.Amount != ""
}

// cutAmount cuts fields before the first that may begin an amount.
func cutAmount(fields []string) (name, amount []string) {
	at := slices.IndexFunc(fields, startsAmount)
	if at < 0 {
		return fields, nil
	}
	return fields[:at], fields[at:]
}

// newWords ask for a new budget.
var newWords = []string{"add", "new", "create"}

func first(fields []string) string {
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

func withoutFiller(fields []string) []string {
	return slices.DeleteFunc(slices.Clone(fields), func(field string) bool { return slices.Contains(setFiller, strings.ToLower(field)) })
}

// startsAmount reports whether a text may be an amount: a figure, with or without a currency sign before it.
func startsAmount(text string) bool {
	text = strings.TrimLeft(text, "$€£ ")
	return text != "" && text[0] >= '0' && text[0] <= '9'
}
