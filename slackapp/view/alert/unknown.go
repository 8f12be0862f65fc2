package alertview

import (
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

const (
	// mostUnknown is how many budgets without a figure are named for each reason, and mostReasons how many reasons are
	// given.
	mostUnknown = 5
	mostReasons = 5
)

// unknownSentence explains why budgets have no figure: each reason once, with its budgets.
func unknownSentence(t alerts.Trouble, lasted string, now time.Time) string {
	var reasons []string
	of := map[string][]alerts.UnknownBudget{}
	for _, u := range t.Unknown {
		if of[u.Why] == nil {
			reasons = append(reasons, u.Why)
		}
		of[u.Why] = append(of[u.Why], u)
	}
	var lines []string
	for _, why := range reasons[:min(len(reasons), mostReasons)] {
		names := blocks.Bold(namesOfUnknown(of[why]))
		cause := strings.TrimRight(blocks.Prose(why), ".")
		if lasted != "" {
			lines = append(lines, names+" had no figure "+lasted+": "+cause+".")
			continue
		}
		lines = append(lines, names+", since "+blocks.Clock(of[why][0].Since, now)+": "+cause+".")
	}
	if more := len(reasons) - mostReasons; more > 0 {
		lines = append(lines, "And for "+blocks.Counted(more, "more reason")+", listed by `/readyz` and the budget overview.")
	}
	if lasted == "" {
		lines = append(lines, "I can't check "+blocks.Plural(len(t.Unknown), "this budget", "these budgets")+" until there's a figure again; the others are still checked.")
	}
	return strings.Join(lines, "\n")
}

// namesOfUnknown names the budgets, as many as a heading has room for.
func namesOfUnknown(of []alerts.UnknownBudget) string {
	return blocks.And(blocks.Most(of, mostUnknown, func(u alerts.UnknownBudget) string {
		return phrase.NameOf(alerts.BudgetLine{BudgetID: alerts.BudgetID{Rule: u.Rule, Instance: u.Instance}, Title: u.Title})
	}, blocks.More))
}
