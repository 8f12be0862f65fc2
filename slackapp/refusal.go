package slackapp

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts"
)

// How long a delivery waits where Slack refused for now without saying for how long.
const (
	crowdedWait = 30 * time.Second
	dialWait    = 15 * time.Second
)

// codeOf returns Slack's error code, such as channel_not_found; empty where the error is not Slack's answer.
func codeOf(err error) string {
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refused.Err
	}
	return ""
}

// refusesForm reports whether Slack would take the message in a simpler form.
func refusesForm(code string) bool {
	switch code {
	case "invalid_blocks", "invalid_blocks_format", "msg_too_long", "msg_blocks_too_long", "too_many_blocks", "invalid_attachments":
		return true
	}
	return false
}

// refusesChannel reports whether a person has to do something before the channel can be posted to.
func refusesChannel(code string) bool {
	switch code {
	case "channel_not_found", "not_in_channel", "is_archived", "no_permission", "missing_scope", "ekm_access_denied",
		"user_not_found", "messages_tab_disabled", "team_access_not_granted", "access_denied", "channel_is_limited_access",
		"user_disabled", "cannot_dm_bot", "is_inactive":
		return true
	}
	return strings.HasPrefix(code, "restricted_action")
}

// refusesMessage reports whether the message that a reply or an edit refers to cannot be had any more.
func refusesMessage(code string) bool {
	switch code {
	case "message_not_found", "thread_not_found", "cant_update_message", "edit_window_closed", "cannot_reply_to_message":
		return true
	}
	return false
}

// refusesToken reports whether the bot token has to be replaced.
func refusesToken(code string) bool {
	switch code {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return true
	}
	return false
}

// refusesForNow reports whether Slack asks to be asked later.
func refusesForNow(code string) bool {
	return code == "ratelimited" || code == "rate_limited" || code == "message_limit_exceeded"
}

// deliveryError makes one of the errors that alerts.Notifier knows of what Slack answered. What certainly did not reach the
// channel gets a wait; what may have stays a plain error, so that it is looked for before it is said again.
func deliveryError(channel string, err error) error {
	if err == nil {
		return nil
	}
	code := codeOf(err)
	switch {
	case code == "":
		return transportError(err)
	case refusesChannel(code), refusesToken(code):
		return &alerts.BrokenRoute{Channel: channel, Reason: code}
	case refusesForm(code): // in every form, even as a short text: nothing that this version can mend
		return &alerts.BrokenRoute{Channel: channel, Reason: code}
	case refusesMessage(code):
		return fmt.Errorf("%s: %w", code, alerts.ErrRootGone)
	case refusesForNow(code):
		return &alerts.RetryLater{After: crowdedWait, Err: err}
	}
	return fmt.Errorf("slack refuses the message: %w", err)
}

func transportError(err error) error {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &alerts.RetryLater{After: limited.RetryAfter, Err: err}
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok && status.Code == http.StatusTooManyRequests {
		return &alerts.RetryLater{After: crowdedWait, Err: err}
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return &alerts.RetryLater{After: dialWait, Err: fmt.Errorf("slack cannot be reached: %w", bare(err))}
	}
	return fmt.Errorf("call slack: %w", bare(err))
}
