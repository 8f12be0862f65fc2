package alertview

import (
	"cmp"
	"slices"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// isEscalation reports whether the delivery is an escalation or reminder because an alert was not answered.
func isEscalation(d alerts.Delivery) bool {
	return len(d.Message.Budgets) > 0 && d.Message.Reason == alerts.ReasonUnanswered &&
		(d.Kind == alerts.DeliverReply || d.Kind == alerts.DeliverEscalation)
}

// escalationMessage mentions the owners under the unanswered message, or addresses the readers of a channel. If it names
// several budgets, they were in one list, or are escalated to the operators together.
func escalationMessage(d alerts.Delivery, c phrase.AlertContext) blocks.Message {
	lines := d.Message.Budgets
	l, since := lines[0], d.Message.Since
	if len(lines) > 1 {
		return escalationOfMany(d.Message, c)
	}
	sentence := blocks.Bold(phrase.NameOf(l)) + " is over budget, " + blocks.Escape(phrase.PercentText(l)) + " used, and nobody has answered since " + blocks.Clock(since, c.Now) + "."
	text := blocks.Escape(phrase.NameOf(l)) + " is over budget, " + blocks.Escape(phrase.PercentText(l)) + " used, and nobody has answered. Rule " + blocks.Escape(l.Rule) + "."
	next := "Press Acknowledge under the message above to stop these reminders."
	if d.Kind == alerts.DeliverEscalation {
		next = blocks.Code(ackOf(l, c)) + " stops these reminders."
	}
	line := blocks.Joined(" ", phrase.Owners(l.Owners, true), sentence)
	facts := blocks.Context("facts", phrase.FreshFact(l, c.Now), phrase.RuleFact(l.Rule))
	return blocks.Message{Text: text, Blocks: append(blocks.Section("call", line, next), facts...)}
}

// escalationOfMany names the budgets, and pings each of their owners once.
func escalationOfMany(m alerts.Message, c phrase.AlertContext) blocks.Message {
	over := blocks.Counted(len(m.Budgets), "budget") + " are over, and nobody has answered"
	sentence := blocks.Bold(over) + " since " + blocks.Clock(m.Since, c.Now) + "."
	next := "Acknowledge a budget to stop its reminders: " + blocks.Code(ackOf(m.Budgets[0], c)) + "."
	facts := blocks.Context("facts", phrase.FreshFact(m.Budgets[0], c.Now))
	body := slices.Concat(blocks.Section("call", sentence, listOwners(m.Budgets), next), budgetTable(m.Budgets, false), facts)
	return blocks.Message{Text: over + ": " + phrase.NamedWithPercent(m.Budgets) + ".", Blocks: body}
}

// ackOf is the command that acknowledges the budget.
func ackOf(l alerts.BudgetLine, c phrase.AlertContext) string {
	return blocks.Joined(" ", cmp.Or(c.BudgetCommand, "/budget")+" ack", l.Rule, blocks.Clean(l.Instance))
}
