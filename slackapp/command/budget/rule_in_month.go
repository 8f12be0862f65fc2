package budget

import (
	"strings"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command/typed"
)

// readRuleIn reads the name of a budget with a month or a word for a file, in either order: "na-bandwidth october", "na-bandwidth csv". It takes words that
// may be an amount for a month only if there is such a month.
func (n Names) readRuleIn(fields []string) (asked Asked, wrong *blocks.Mistake, found bool) {
	for i := 1; i < len(fields); i++ {
		for _, parts := range [][2][]string{{fields[:i], fields[i:]}, {fields[i:], fields[:i]}} {
			month := n.readMonth(parts[1])
			if month == nil {
				continue
			}
			rule, instance, rest, isRule := n.find(parts[0])
			if !isRule || len(rest) > 0 {
				continue
			}
			if month.list.Month.IsZero() && !month.list.CSV && month.wrong == nil {
				return Asked{Rule: rule, Instance: instance}, nil, true
			}
			month.list.Rule, month.list.Instance = rule, instance
			if month.wrong != nil {
				for i, text := range month.wrong.Corrected {
					month.wrong.Corrected[i] = month.list.ruleText() + " " + text
				}
				return Asked{}, month.wrong, true
			}
			return Asked{List: month.list}, nil, true
		}
	}
	return Asked{}, nil, false
}

// readMonth reads fields that only name a period or ask for a file; nil for others.
func (n Names) readMonth(fields []string) *listReader {
	cleaned, _ := typed.Clean(strings.Join(fields, " "))
	month := n.readList(typed.Words(cleaned))
	if month == nil || !month.dated && !month.list.CSV || !month.list.IsOfChannel() || month.wrong != nil && startsAmount(cleaned) {
		return nil
	}
	return month
}
