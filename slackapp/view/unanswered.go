package view

import (
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

// isCall reports whether the delivery calls people since nobody has answered.
func isCall(d alerts.Delivery) bool {
	return len(d.Message.Budgets) == 1 && d.Message.Reason == alerts.ReasonUnanswered &&
		(d.Kind == alerts.DeliverNote || d.Kind == alerts.DeliverCall)
}

// callMessage calls people: the owners under the message that nobody has answered, or whoever reads a channel.
func callMessage(d alerts.Delivery, now time.Time) Message {
	l, since := d.Message.Budgets[0], d.Message.Since
	said := bold(nameOf(l)) + " is over budget, " + Escape(percentText(l)) + " used, and nobody has answered since " + clock(since, now) + "."
	text := Escape(nameOf(l)) + " is over budget, " + Escape(percentText(l)) + " used, and nobody has answered. Rule " + Escape(l.Rule) + "."
	next := "Acknowledge stops the calls: it is under the message above."
	if d.Kind == alerts.DeliverCall {
		next = "Acknowledge stops the calls: it is under the message in the budget's channel."
	}
	line := joined(" ", owners(l.Owners, true), said)
	return Message{Text: text, Blocks: append(
		[]slack.Block{section("call", line, next)}, context("facts", freshFact(l, now), "rule "+code(l.Rule), Escape(string(d.Message.Reason)))...,
	)}
}
