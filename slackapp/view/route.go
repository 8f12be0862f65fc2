package view

import (
	"fmt"
	"strings"

	"budgetbot/alerts"
)

// routeRemedies say, for each of Slack's error codes, what is the matter with a channel and what mends it. %[1]s is the
// channel.
var routeRemedies = map[string]string{
	"not_in_channel":                           "not invited. Type `/invite @budgetbot` there",
	"channel_not_found":                        "no such channel, or a private one that I am not in. Invite me there, or mend its name in the rules file",
	"is_archived":                              "it is archived. Unarchive it, or name another channel in the rules file",
	"restricted_action":                        "a setting of this workspace keeps me from posting there. Ask an admin of the workspace",
	"restricted_action_read_only_channel":      "only some people may post there. Let me, in the channel's posting permissions",
	"restricted_action_thread_only_channel":    "only replies are allowed there. Name another channel in the rules file",
	"restricted_action_non_threadable_channel": "threads are not allowed there. Name another channel in the rules file",
	"restricted_action_thread_locked":          "the thread is locked. Unlock it",
	"no_permission":                            "I lack the permission to post there. Ask an admin of the workspace",
	"missing_scope":                            "a scope is missing from my Slack app. Add `chat:write` under OAuth & Permissions and install the app again",
	"ekm_access_denied":                        "an admin has suspended posting there. Ask an admin of the workspace",
	"user_not_found":                           "there is no such person. Mend the id in the rules file",
	"messages_tab_disabled":                    "direct messages to me are switched off. Turn on the Messages tab of the app",
	"account_inactive":                         "my account in this workspace is deactivated. Install the app again, and give me its new token",
	"invalid_auth":                             "Slack does not know my bot token. Give me the one under OAuth & Permissions",
	"token_revoked":                            "my bot token was revoked. Install the app again, and give me its new token",
	"token_expired":                            "my bot token has expired. Give me a new one",
	"invalid_blocks":                           "it takes none of the forms of my message, not even its text. Tell whoever maintains budgetbot, with the log",
	"msg_too_long":                             "my message is too long for it, even as a short text. Tell whoever maintains budgetbot, with the log",
	"team_access_not_granted":                  "I am not installed in that workspace. Install the app there",
}

// Remedy says what is the matter with a channel by Slack's error code, and what mends it, for a place without markup.
func Remedy(code string) string { return strings.ReplaceAll(remedy(code), "`", "") }

func remedy(code string) string {
	if known, ok := routeRemedies[code]; ok {
		return known
	}
	return "Slack answers " + quoteWhole(code)
}

// routeSentence tells operators of a channel that cannot be posted to, and what mends it.
func routeSentence(r alerts.RouteTrouble) string {
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

// routeMessage tells operators of a channel that has just refused us.
func routeMessage(r alerts.RouteTrouble) Message {
	return note(routeSentence(r) + " I try again every few minutes.")
}
