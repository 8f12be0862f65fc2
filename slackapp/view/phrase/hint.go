package phrase

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
)

// CodeKind is what one of Slack's error codes means for a message.
type CodeKind int

// The kinds of codes.
const (
	// CodeChannel is a channel that takes no message before a person does something. A code that is not in the table counts as one: Slack has
	// refused the message, and it is in no channel.
	CodeChannel CodeKind = iota
	// CodeToken is a bot token that has to be replaced, or a workspace that shuts the bot out.
	CodeToken
	// CodeForm is a message that Slack may take in a simpler form.
	CodeForm
	// CodeGone is a message that can be neither edited nor replied to any more.
	CodeGone
	// CodeThread is a message that takes no replies, in a channel that takes messages of their own.
	CodeThread
	// CodeLater is a request to try again later. Nothing was posted.
	CodeLater
	// CodeUnsure is a failure inside Slack: the message may be in the channel all the same.
	CodeUnsure
)

// slackCode is what is known of one error code: its kind, what is wrong, and what fixes it.
type slackCode struct {
	kind CodeKind
	hint string // "" has the code itself shown
	// start is what the operator does if Slack refuses a token with it at start, which trying again cannot fix; empty if it can.
	start string
}

const (
	askAdmin   = "Ask an admin of the workspace"
	newChannel = "Name another channel in the rules file"
	reinstall  = "Reinstall the app and give me its new token"
	toldInLog  = "Report it to budgetbot's maintainers, with the log"
)

// slackCodes are Slack's error codes as https://docs.slack.dev/reference/methods/chat.postMessage has them, and those of chat.update,
// conversations.history and files.completeUploadExternal that a delivery can meet.
var slackCodes = map[string]slackCode{
	"not_in_channel":                            {kind: CodeChannel, hint: "not invited. Type `/invite @budgetbot` there"},
	"channel_not_found":                         {kind: CodeChannel, hint: "no such channel, or a private one I'm not in. Invite me there, or fix its name in the rules file"},
	"is_archived":                               {kind: CodeChannel, hint: "it's archived. Unarchive it, or name another channel in the rules file"},
	"is_inactive":                               {kind: CodeChannel, hint: "it's closed. " + newChannel},
	"channel_type_not_supported":                {kind: CodeChannel, hint: "I can't post to this kind of channel. " + newChannel},
	"channel_is_limited_access":                 {kind: CodeChannel, hint: "access to it is limited. " + askAdmin},
	"external_channel_migrating":                {kind: CodeChannel, hint: "Slack is moving it between workspaces. Wait until that's done"},
	"slack_connect_file_upload_sharing_blocked": {kind: CodeChannel, hint: "it's shared with another company, which blocks files. " + newChannel},
	"restricted_action":                         {kind: CodeChannel, hint: "a setting of this workspace keeps me from posting there. " + askAdmin},
	"restricted_action_read_only_channel":       {kind: CodeChannel, hint: "only some people may post there. Allow me in the channel's posting permissions"},
	"restricted_action_thread_only_channel":     {kind: CodeChannel, hint: "only replies are allowed there. " + newChannel},
	"no_permission":                             {CodeChannel, "I don't have permission to post there. " + askAdmin, "generate the app-level token anew with connections:write"},
	"missing_scope":                             {CodeChannel, "a scope is missing from my Slack app. Add `chat:write` under OAuth & Permissions and reinstall the app", "add the scope to the token, and install the app again"},
	"ekm_access_denied":                         {kind: CodeChannel, hint: "an admin has suspended posting there. " + askAdmin},
	"access_denied":                             {kind: CodeChannel, hint: "I don't have access to it. " + askAdmin},
	"user_not_found":                            {kind: CodeChannel, hint: "there's no such person. Fix the id in the rules file"},
	"user_disabled":                             {kind: CodeChannel, hint: "that person's account is deactivated. Fix the id in the rules file"},
	"cannot_dm_bot":                             {kind: CodeChannel, hint: "that's a bot, and I can't message bots. Fix the id in the rules file"},
	"messages_tab_disabled":                     {kind: CodeChannel, hint: "direct messages to me are switched off. Turn on the Messages tab of the app"},
	"team_access_not_granted":                   {kind: CodeChannel, hint: "I'm not installed in that workspace. Install the app there"},
	"link_disabled":                             {CodeToken, "Socket Mode is switched off. " + askAdmin, "switch Socket Mode on for the app at api.slack.com/apps"},
	"team_disabled":                             {CodeToken, "the workspace is disabled. " + askAdmin, "the workspace is disabled; ask its owners"},
	"user_removed_from_team":                    {CodeToken, "my app was removed from the workspace. " + reinstall, "the app was removed from the workspace; install it again, and take the new token"},
	"enterprise_is_restricted":                  {kind: CodeToken, hint: "the organization doesn't let apps post. " + askAdmin},
	"org_login_required":                        {kind: CodeToken, hint: "the workspace is moving into an organization. Wait until that's done, then reinstall the app"},
	"team_added_to_org":                         {kind: CodeToken, hint: "the workspace is moving into an organization. Wait until that's done, then reinstall the app"},
	"team_not_found":                            {kind: CodeToken, hint: "Slack can't find my workspace. " + reinstall},
	"two_factor_setup_required":                 {kind: CodeToken, hint: "the workspace requires two-factor sign-in, which isn't set up. " + askAdmin},
	"accesslimited":                             {kind: CodeToken, hint: "access to the workspace is limited. " + askAdmin},
	"account_inactive":                          {CodeToken, "my account in this workspace is deactivated. " + reinstall, "the app was removed from the workspace; install it again, and take the new token"},
	"invalid_auth":                              {CodeToken, "Slack doesn't recognize my bot token. Give me the one under OAuth & Permissions", "copy the token again from the app's pages at api.slack.com/apps"},
	"not_authed":                                {CodeToken, "Slack got no bot token. Give me the one under OAuth & Permissions", "copy the token again from the app's pages at api.slack.com/apps"},
	"not_allowed_token_type":                    {CodeToken, "that isn't a bot token. Give me the one under OAuth & Permissions", "SLACK_BOT_TOKEN takes the xoxb- token, SLACK_APP_TOKEN the xapp- one; they may be swapped"},
	"token_revoked":                             {CodeToken, "my bot token was revoked. " + reinstall, "install the app again under Install App, and take the new token"},
	"token_expired":                             {CodeToken, "my bot token has expired. Give me a new one", "switch token rotation off for the app, install it again, and take the new token"},
	"invalid_blocks":                            {kind: CodeForm, hint: "Slack rejected every form of my message, even plain text. " + toldInLog},
	"invalid_blocks_format":                     {kind: CodeForm, hint: "Slack rejected every form of my message, even plain text. " + toldInLog},
	"msg_blocks_too_long":                       {kind: CodeForm, hint: "my message is too long for Slack, even as a short text. " + toldInLog},
	"msg_too_long":                              {kind: CodeForm, hint: "my message is too long for Slack, even as a short text. " + toldInLog},
	"too_many_blocks":                           {kind: CodeForm, hint: "my message has too many parts for Slack, even as a short text. " + toldInLog},
	"invalid_attachments":                       {kind: CodeForm, hint: "Slack rejected every form of my message, even plain text. " + toldInLog},
	"message_not_found":                         {kind: CodeGone},
	"thread_not_found":                          {kind: CodeGone},
	"cannot_reply_to_message":                   {kind: CodeThread},
	"cant_update_message":                       {kind: CodeGone},
	"edit_window_closed":                        {kind: CodeGone},
	"restricted_action_non_threadable_channel":  {kind: CodeThread, hint: "threads aren't allowed there. " + newChannel},
	"restricted_action_thread_locked":           {kind: CodeThread, hint: "the thread is locked. Unlock it"},
	"ratelimited":                               {kind: CodeLater, hint: "Slack asked me to post less often. I'll catch up on my own"},
	"rate_limited":                              {kind: CodeLater, hint: "Slack asked me to post less often. I'll catch up on my own"},
	"message_limit_exceeded":                    {kind: CodeLater, hint: "the workspace has reached Slack's message limit. I'll catch up on my own"},
	"internal_error":                            {kind: CodeUnsure, hint: "Slack had an internal error. I'll keep trying"},
	"fatal_error":                               {kind: CodeUnsure, hint: "Slack had an internal error. I'll keep trying"},
	"service_unavailable":                       {kind: CodeUnsure, hint: "Slack is unavailable. I'll keep trying"},
	"request_timeout":                           {kind: CodeUnsure, hint: "Slack didn't receive all of my message. I'll keep trying"},
	"unreachable":                               {kind: CodeUnsure, hint: "Slack isn't answering. I'll keep trying"},
}

// StartHint is what the operator does about a refusal of a token at start; empty if trying again may fix it, or the code is not known.
func StartHint(code string) string { return slackCodes[code].start }

// KindOfCode classifies Slack's error code.
func KindOfCode(code string) CodeKind { return slackCodes[code].kind }

// Hint explains a channel's trouble by Slack's error code, and how to fix it, for a place without markup.
func Hint(code string) string { return strings.ReplaceAll(hint(code), "`", "") }

func hint(code string) string {
	return cmp.Or(slackCodes[code].hint, "Slack answered "+blocks.QuoteWhole(code))
}

// HintPromisesRetry reports whether RouteSentence already promises that the bot tries again, as it does if Slack itself is in trouble.
func HintPromisesRetry(r alerts.RouteTrouble) bool {
	kind := KindOfCode(r.Reason)
	return !r.Late && (kind == CodeLater || kind == CodeUnsure)
}

// InviteSentence asks to invite the bot to the channels that it is not in, which anybody there can do; empty if there are none.
func InviteSentence(routes []alerts.RouteTrouble) string {
	var channels []string
	waiting := 0
	for _, r := range routes {
		if r.Reason == "not_in_channel" && !r.Late {
			channels = append(channels, ChannelName(r.Channel))
			waiting += r.Waiting
		}
	}
	if len(channels) == 0 {
		return ""
	}
	whole := func(channel string) string { return channel }
	sentence := "I'm not in " + blocks.And(blocks.Most(channels, MaxNamed, whole, blocks.CountedAs("other channel")))
	if waiting > 0 {
		sentence += fmt.Sprintf(", where %s %s waiting", blocks.Counted(waiting, "alert"), blocks.Plural(waiting, "is", "are"))
	}
	return sentence + ". Type `/invite @budgetbot` there."
}

// RouteSentence describes to operators a channel that cannot be posted to, and how to fix it.
func RouteSentence(r alerts.RouteTrouble, now time.Time) string {
	if r.Late {
		return fmt.Sprintf("%s %s been waiting for %s since %s. The log says why.",
			blocks.Counted(r.Waiting, "message"), blocks.Plural(r.Waiting, "has", "have"), ChannelName(r.Channel), blocks.Stamp(r.Since, now))
	}
	sentence := "I can't post to " + ChannelName(r.Channel) + ": " + blocks.Prose(hint(r.Reason))
	if r.Waiting > 0 {
		sentence += fmt.Sprintf("; %s %s waiting", blocks.Counted(r.Waiting, "alert"), blocks.Plural(r.Waiting, "is", "are"))
	}
	return strings.TrimRight(sentence, ".") + "."
}
