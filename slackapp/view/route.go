package view

import (
	"fmt"
	"strings"

	"budgetbot/alerts"
)

// routeSentence tells operators of a channel that cannot be posted to, and what mends it.
func routeSentence(r alerts.RouteTrouble) string {
	if r.Late {
		return fmt.Sprintf("%s for %s since %s, and I go on trying; the log says why.", waitingWords(r.Waiting), channelName(r.Channel), stamp(r.Since))
	}
	sentence := "I cannot post to " + channelName(r.Channel) + ": " + prose(remedy(r.Reason))
	if r.Waiting > 0 {
		verb := "are"
		if r.Waiting == 1 {
			verb = "is"
		}
		sentence += fmt.Sprintf("; %s %s waiting", counted(r.Waiting, "alert"), verb)
	}
	return strings.TrimRight(sentence, ".") + "."
}

func waitingWords(n int) string {
	if n == 1 {
		return "1 message has been waiting"
	}
	return counted(n, "message") + " have been waiting"
}

// routeMessage tells operators of a channel that has just refused us.
func routeMessage(r alerts.RouteTrouble) Message {
	return note(routeSentence(r) + " I try again every few minutes.")
}
