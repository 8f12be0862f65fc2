package slackapp

import (
	"fmt"

	"budgetbot/slackapp/blocks"
)

// outcome is how a request ended, for the log. The set is closed.
type outcome string

const (
	outcomeAnswered outcome = "answered"
	outcomeHelped   outcome = "helped"
	outcomeMistake  outcome = "mistake"
	outcomeRefused  outcome = "refused"
	outcomeTrouble  outcome = "trouble"
	outcomeShared   outcome = "shared"
	outcomeDecided  outcome = "decided"
	outcomeUnmoved  outcome = "unmoved" // a press that changed nothing
	outcomeExported outcome = "exported"
	outcomeUnknown  outcome = "unknown"

	outcomeUndelivered outcome = "undelivered"
	outcomeWaiting     outcome = "waiting" // not the end yet
)

// result is the reply to a person, and how their request ended.
type result struct {
	message blocks.Fitted
	outcome outcome
	public  *blocks.Fitted // what the whole channel sees; nil posts nothing
}

func reply(m blocks.Message, how outcome) result { return result{message: blocks.Fit(m), outcome: how} }

// refused is the reply to a person who may not.
func refused(sentence, next string) *result {
	return new(reply(blocks.Refusal(sentence, next), outcomeRefused))
}

// unknownPress is the reply to a button that the bot has no longer, or never had.
func unknownPress(command string) blocks.Message {
	return blocks.Refusal("That button no longer works.", fmt.Sprintf("Ask again with `%s`.", command))
}
