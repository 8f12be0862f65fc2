package phrase

import (
	"fmt"
	"strings"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// RouteSentence tells operators of a channel that cannot be posted to, and what mends it.
func RouteSentence(r alerts.RouteTrouble) string {
	if r.Late {
		return fmt.Sprintf("%s for %s since %s. I'll keep trying; the log says why.", waitingWords(r.Waiting), ChannelName(r.Channel), blocks.Stamp(r.Since))
	}
	sentence := "I can't post to " + ChannelName(r.Channel) + ": " + blocks.Prose(hint(r.Reason))
	if r.Waiting > 0 {
		verb := "are"
		if r.Waiting == 1 {
			verb = "is"
		}
		sentence += fmt.Sprintf("; %s %s waiting", blocks.Counted(r.Waiting, "alert"), verb)
	}
	return strings.TrimRight(sentence, ".") + "."
}

func waitingWords(n int) string {
	if n == 1 {
		return "1 message has been waiting"
	}
	return blocks.Counted(n, "message") + " have been waiting"
}
