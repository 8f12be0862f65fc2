package alertview

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// isEnded reports whether the message is about a budget whose month is closed or that is no longer watched; such a
// message has no buttons.
func isEnded(m alerts.Message) bool {
	return m.Reason == alerts.ReasonUnwatched || m.Budgets[0].Final.Valid
}

// endedMessage is a parent message whose month is closed or whose budget is no longer watched, and the thread reply that
// reports a restated closed month.
func endedMessage(m alerts.Message, l alerts.BudgetLine, now time.Time) blocks.Message {
	month := blocks.LongMonth(l.Month)
	heading, text, line := month+" Closed at "+phrase.PercentText(l)+overBudget(l), month+" is closed: ", ""
	switch {
	case m.Reason == alerts.ReasonUnwatched:
		heading, text = "No Longer Watched", "I no longer watch this budget. Its last figure was "
		line = "Its rule was removed, so I no longer watch this budget. These are its last figures."
	case !l.Final.Decimal.Equal(l.Used):
		heading, text = month+" Restated to "+phrase.PercentText(l)+overBudget(l), "Fastly restated "+month+" to "
		line = "Fastly restated " + month + ". It closed at " + blocks.Escape(l.Measure.Format(l.Final.Decimal)) + "."
	}
	text = blocks.Escape(phrase.NameOf(l)) + ": " + text + blocks.Escape(phrase.UsedText(l)) + ", " + blocks.Escape(phrase.PercentText(l)) +
		". Rule " + blocks.Escape(l.Rule) + "."
	state := blocks.Section("budget", blocks.Bold(phrase.NameOf(l)+phrase.Stop(l)+heading), line, phrase.UsedLine(l))
	return blocks.Message{Text: text, Blocks: append(state, blocks.Context("facts", phrase.FreshFact(l, now), phrase.RuleFact(l.Rule))...)}
}

// overBudget ends the heading of a closed month that went over its budget.
func overBudget(l alerts.BudgetLine) string {
	if alerts.PercentOf(l).LessThan(alerts.Hundred) {
		return ""
	}
	return ", Over Budget"
}
