package view

import (
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

// isEnded reports whether the message is of a budget whose month is closed or that is no longer watched: nothing is to be
// pressed under it.
func isEnded(m alerts.Message) bool {
	return m.Reason == alerts.ReasonUnwatched || m.Budgets[0].Final.Valid
}

// endedMessage is a root whose month is closed or whose budget is no longer watched, and the reply that says that a closed
// month was restated.
func endedMessage(m alerts.Message, l alerts.BudgetLine, now time.Time) Message {
	month := longMonth(l.Month)
	var heading, line, text string
	switch {
	case m.Reason == alerts.ReasonUnwatched:
		heading = "No Longer Watched"
		line = "This budget is no longer watched: its rule was removed. What follows is how it stood."
		text = Escape(nameOf(l)) + ": this budget is no longer watched. It stood at " + usedOf(l) + ". Rule " + Escape(l.Rule) + "."
	case !l.Final.Decimal.Equal(l.Used):
		heading = month + " Restated to " + percentText(l) + overBudget(l)
		line = "Fastly has restated " + month + ". It was closed at " + Escape(l.Measure.Format(l.Final.Decimal)) + "."
		text = Escape(nameOf(l)) + ": Fastly has restated " + month + " to " + usedOf(l) + ". Rule " + Escape(l.Rule) + "."
	default:
		heading = month + " Closed at " + percentText(l) + overBudget(l)
		text = Escape(nameOf(l)) + ": " + month + " is closed: " + usedOf(l) + ". Rule " + Escape(l.Rule) + "."
	}
	facts := []string{freshFact(l, now), "rule " + code(l.Rule), Escape(string(m.Reason))}
	blocks := []slack.Block{section("budget", joined("\n", bold(nameOf(l)+stop(l)+heading), line, usedLine(l)))}
	return Message{Text: text, Blocks: append(blocks, context("facts", facts...)...)}
}

// overBudget is the verdict on a month that is over, where it is the bad one.
func overBudget(l alerts.BudgetLine) string {
	if alerts.PercentOf(l).LessThan(alerts.Hundred) {
		return ""
	}
	return ", Over Budget"
}

// usedOf returns what was used and its share of the limit: "571 TB, 114%".
func usedOf(l alerts.BudgetLine) string {
	return Escape(usedText(l)) + ", " + Escape(percentText(l))
}
