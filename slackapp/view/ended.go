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
		heading = nameOf(l) + ": No Longer Watched"
		line = "This budget is no longer watched: its rule was removed. What follows is how it stood."
		text = Escape(nameOf(l)) + ": this budget is no longer watched. It stood at " + usedOf(l) + ". Rule " + Escape(l.Rule) + "."
	case !l.Final.Decimal.Equal(l.Used):
		heading = nameOf(l) + ": " + month + " Restated"
		line = "Fastly has restated " + month + ": " + usedOf(l) + ". It was closed at " + Escape(l.Measure.Format(l.Final.Decimal)) + "."
		text = Escape(nameOf(l)) + ": Fastly has restated " + month + " to " + usedOf(l) + ". Rule " + Escape(l.Rule) + "."
	default:
		heading = nameOf(l) + ": " + month + " Closed"
		line = month + " is closed: " + usedOf(l) + "."
		text = Escape(nameOf(l)) + ": " + month + " is closed: " + usedOf(l) + ". Rule " + Escape(l.Rule) + "."
	}
	facts := []string{freshFact(l, now), "rule " + code(l.Rule), Escape(string(m.Reason))}
	blocks := []slack.Block{section("budget", joined("\n", bold(heading), line, usedLine(l)))}
	return Message{Text: text, Blocks: append(blocks, context("facts", facts...)...)}
}

// usedOf returns what was used and its share of the limit: "571 TB, 114%".
func usedOf(l alerts.BudgetLine) string {
	return Escape(usedText(l)) + ", " + Escape(percentText(l))
}
