package webapi

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/alerts/deliver"
	"budgetbot/slackapp/view/phrase"
)

// How long a delivery waits where Slack refused for now without saying for how long.
const (
	crowdedWait = 30 * time.Second
	dialWait    = 15 * time.Second
)

// unreachable stands for Slack's error code where Slack gave none: it did not answer, or not in words that are known.
const unreachable = "unreachable"

// CodeOf returns Slack's error code, such as channel_not_found; empty where the error is not Slack's answer.
func CodeOf(err error) string {
	if refused, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return refused.Err
	}
	return ""
}

// refusesForm reports whether Slack would take the message in a simpler form.
func refusesForm(code string) bool { return phrase.KindOfCode(code) == phrase.CodeForm }

// passes reports whether a refusal says nothing of what was asked about: Slack's own trouble, its pace, or the token's.
func passes(code string) bool {
	switch phrase.KindOfCode(code) {
	case phrase.CodeToken, phrase.CodeLater, phrase.CodeUnsure:
		return true
	}
	return false
}

// deliveryError makes one of the errors that deliver.Notifier knows of what Slack answered. A refusal with an unknown code breaks
// the route too: the message is in no channel, and people have to hear that it waits.
func deliveryError(channel string, err error) error {
	if err == nil {
		return nil
	}
	code := CodeOf(err)
	if code == "" {
		return transportError(err)
	}
	switch phrase.KindOfCode(code) {
	case phrase.CodeGone:
		return fmt.Errorf("%s: %w", code, deliver.ErrParentGone)
	case phrase.CodeThread:
		return &deliver.BrokenRoute{Channel: channel, Reason: code, Thread: true}
	case phrase.CodeLater:
		return &deliver.RetryLater{After: crowdedWait, Err: err}
	case phrase.CodeUnsure:
		return &deliver.UnknownOutcome{Reason: code, Err: err}
	}
	return &deliver.BrokenRoute{Channel: channel, Reason: code}
}

func transportError(err error) error {
	if limited, ok := errors.AsType[*slack.RateLimitedError](err); ok {
		return &deliver.RetryLater{After: limited.RetryAfter, Err: err}
	}
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok && status.Code == http.StatusTooManyRequests {
		return &deliver.RetryLater{After: crowdedWait, Err: err}
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return &deliver.RetryLater{After: dialWait, Err: fmt.Errorf("slack cannot be reached: %w", Bare(err))}
	}
	return &deliver.UnknownOutcome{Reason: unreachable, Err: fmt.Errorf("call slack: %w", Bare(err))}
}

// Bare takes the address out of an error of the HTTP client: it may be a secret.
func Bare(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
