package phrase

import (
	"fmt"
	"strings"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// HintPromisesRetry reports whether RouteSentence already promises that the bot tries again, as it does where Slack itself is in trouble.
func HintPromisesRetry(r alerts.RouteTrouble) bool {
	kind := KindOfCode(r.Reason)
	return !r.Late && (kind == CodeLater || kind == CodeUnsure)
}

// RouteSentence describes to operators a channel that cannot be posted to, and how to fix it.
func RouteSentence(r alerts.RouteTrouble) string {
	if r.Late {
		return fmt.Sprintf("%s %s been waiting for %s since %s. The log says why.",
			blocks.Counted(r.Waiting, "message"), blocks.Plural(r.Waiting, "has", "have"), ChannelName(r.Channel), blocks.Stamp(r.Since))
	}
	sentence := "I can't post to " + ChannelName(r.Channel) + ": " + blocks.Prose(hint(r.Reason))
	if r.Waiting > 0 {
		sentence += fmt.Sprintf("; %s %s waiting", blocks.Counted(r.Waiting, "alert"), blocks.Plural(r.Waiting, "is", "are"))
	}
	return strings.TrimRight(sentence, ".") + "."
}
