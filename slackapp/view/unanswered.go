package view

import (
	"cmp"
	"fmt"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

// isCall reports whether the delivery calls people since nobody has answered.
func isCall(d alerts.Delivery) bool {
	return len(d.Message.Budgets) > 0 && d.Message.Reason == alerts.ReasonUnanswered &&
		(d.Kind == alerts.DeliverNote || d.Kind == alerts.DeliverCall)
}

// callMessage calls people: the owners under the message that nobody has answered, or the readers of a channel. Where it names several
// budgets they were in a list, or wait for the operators together.
func callMessage(d alerts.Delivery, c AlertContext) Message {
	lines := d.Message.Budgets
	l, since := lines[0], d.Message.Since
	if len(lines) > 1 {
		return callOfMany(d.Message, c)
	}
	said := bold(nameOf(l)) + " is over budget, " + Escape(percentText(l)) + " used, and nobody has answered since " + clock(since, c.Now) + "."
	text := Escape(nameOf(l)) + " is over budget, " + Escape(percentText(l)) + " used, and nobody has answered. Rule " + Escape(l.Rule) + "."
	next := "Acknowledge stops the calls: it is under the message above."
	if d.Kind == alerts.DeliverCall {
		next = code(ackOf(l, c)) + " stops the calls."
	}
	line := joined(" ", owners(l.Owners, true), said)
	return Message{Text: text, Blocks: append(
		[]slack.Block{section("call", line, next)}, context("facts", freshFact(l, c.Now), "rule "+code(l.Rule), Escape(string(d.Message.Reason)))...,
	)}
}

// callOfMany names the budgets, and pings each of their owners once.
func callOfMany(m alerts.Message, c AlertContext) Message {
	over := counted(len(m.Budgets), "budget") + " are over, and nobody has answered"
	said := bold(over) + " since " + clock(m.Since, c.Now) + "."
	t := newBudgetTable(false)
	for _, l := range m.Budgets[:min(len(m.Budgets), maxBudgets)] {
		t.row(false, nameOf(l), percentText(l), l.Measure.Format(l.Limit), "", stateOf(l))
	}
	if more := len(m.Budgets) - maxBudgets; more > 0 {
		t.row(false, fmt.Sprintf("+ %d more", more), "", "", "", "")
	}
	next := "An acknowledgement of a budget stops its calls: " + code(ackOf(m.Budgets[0], c)) + "."
	blocks := []slack.Block{section("call", joined("\n", said, listOwners(m.Budgets), next)), t.block("budgets")}
	blocks = append(blocks, context("facts", freshFact(m.Budgets[0], c.Now), Escape(string(m.Reason)))...)
	return Message{Text: over + ": " + namedWithPercent(m.Budgets) + ".", Blocks: blocks}
}

// ackOf is the command that acknowledges the budget.
func ackOf(l alerts.BudgetLine, c AlertContext) string {
	return joined(" ", cmp.Or(c.BudgetCommand, "/budget")+" ack", l.Rule, Clean(l.Scope))
}
