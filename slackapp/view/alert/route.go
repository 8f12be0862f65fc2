package alertview

import (
	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// routeMessage reports to operators a channel that has just refused us.
func routeMessage(r alerts.RouteTrouble) blocks.Message {
	sentence := phrase.RouteSentence(r)
	if !phrase.HintPromisesRetry(r) {
		sentence += " I'll retry every few minutes."
	}
	return blocks.Note(sentence)
}
