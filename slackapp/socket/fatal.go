package socket

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"
)

// FatalError says that Slack refuses the line in a way that trying again cannot mend. Line.Run returns it.
type FatalError struct {
	// Reason is Slack's own word ("invalid_auth", "token_expired", "missing_scope", …), or ReasonNotFound.
	Reason string
	// Needed is the missing scope, if Slack names it.
	Needed string
}

// Error implements error. It holds no secret.
func (e *FatalError) Error() string {
	if e.Needed != "" {
		return fmt.Sprintf("open a Socket Mode connection: %s (needs %s)", e.Reason, e.Needed)
	}
	return "open a Socket Mode connection: " + e.Reason
}

// Reasons that a connection is not there, beside the words of Slack itself. They are stable, so that they can label a
// metric and be explained to an operator.
const (
	// ReasonNotFound means that the API URL does not lead to Slack: it answers 404.
	ReasonNotFound = "http_404"
	// ReasonClosed means that Slack closed the connection, as it does every few hours, or that it broke.
	ReasonClosed = "closed"
	// ReasonClosedAtOnce means that Slack closed the connection within seconds of greeting it, without giving a reason.
	ReasonClosedAtOnce = "closed_at_once"
	// ReasonNoHello means that a connection was not greeted in time.
	ReasonNoHello = "no_hello"
	// ReasonWriteFailed means that an acknowledgement could not be written.
	ReasonWriteFailed = "write_failed"
	// ReasonTooMany means that the app has more connections than the ten that Slack allows.
	ReasonTooMany = "too_many_websockets"
	// ReasonRateLimited means that Slack asks to wait before another connection is opened.
	ReasonRateLimited = "ratelimited"
	// ReasonUnreachable means that Slack could not be reached, or did not answer as it should.
	ReasonUnreachable = "unreachable"
)

// reasonLinkDisabled is Slack's word for Socket Mode being switched off. It comes as a refusal and in a disconnect frame.
const reasonLinkDisabled = "link_disabled"

// patience says how many refusals in a row make a reason final. What a switch in Slack's settings or a proxy can cause for
// a moment has to repeat.
var patience = map[string]int{
	"invalid_auth":           1,
	"not_authed":             1,
	"token_revoked":          1,
	"token_expired":          1,
	"account_inactive":       1,
	"not_allowed_token_type": 1,
	"missing_scope":          1,
	"no_permission":          1,
	"missing_args":           1,
	"user_removed_from_team": 1,
	"team_disabled":          1,
	reasonLinkDisabled:       3,
	ReasonNotFound:           3,
}

// incidents are the reasons that Slack also gives, of tokens that are good, while it has trouble of its own. Of a line that Slack has
// greeted before they become final when they have lasted: checks and alerts go on meanwhile.
var incidents = map[string]bool{"invalid_auth": true, "not_authed": true, "account_inactive": true, "team_disabled": true}

// How long one of the incidents must last, in so many answers in a row at least.
const (
	incidentLasts   = 5 * time.Minute
	incidentAnswers = 5
)

// ending is an end of a connection, with a stable word for it.
type ending struct {
	reason, text string
	renewal      bool // announced by Slack, to have another one opened
}

// Error implements error.
func (e *ending) Error() string { return e.text }

var (
	errClosed      = &ending{reason: ReasonClosed, text: "connection closed"}
	errAtOnce      = &ending{reason: ReasonClosedAtOnce, text: "connection closed right after its greeting"}
	errNoHello     = &ending{reason: ReasonNoHello, text: "no greeting in time"}
	errWriteFailed = &ending{reason: ReasonWriteFailed, text: "acknowledgement not written"}
	errReplaced    = &ending{reason: ReasonClosed, text: "connection replaced early"}
)

// disconnected is the end that Slack announces in a disconnect frame. It is an ordinary one, unless Slack gives a reason that is known.
func disconnected(reason string) *ending {
	e := &ending{ReasonClosed, fmt.Sprintf("Slack closes the connection (%.40q)", reason), reason == "warning" || reason == "refresh_requested"}
	if reason == reasonLinkDisabled || reason == ReasonTooMany {
		e.reason = reason
	}
	return e
}

// reasonOf names the cause of a connection's end in a stable word.
func reasonOf(cause error) string {
	if fatal, ok := errors.AsType[*FatalError](cause); ok {
		return fatal.Reason
	}
	if end, ok := errors.AsType[*ending](cause); ok {
		return end.reason
	}
	if refused, ok := errors.AsType[slack.SlackErrorResponse](cause); ok {
		return refused.Err
	}
	if limited, ok := errors.AsType[*slack.RateLimitedError](cause); ok && limited != nil {
		return ReasonRateLimited
	}
	if status, ok := errors.AsType[slack.StatusCodeError](cause); ok && status.Code == http.StatusNotFound {
		return ReasonNotFound
	}
	return ReasonUnreachable
}

// refusals counts how often in a row one reason kept a slot from connecting.
type refusals struct {
	reason string
	count  int
	since  time.Time // of the first
}

// judge returns the cause, or a *FatalError if further attempts are pointless. greeted means that the line was open
// before.
func (r *refusals) judge(cause error, greeted bool, now time.Time) error {
	reason := reasonOf(cause)
	if reason != r.reason {
		r.reason, r.count, r.since = reason, 0, now
	}
	r.count++
	limit, listed := patience[reason]
	if !listed || r.count < limit {
		return cause
	}
	if greeted && incidents[reason] && (r.count < incidentAnswers || now.Sub(r.since) < incidentLasts) {
		return cause
	}
	refused, _ := errors.AsType[slack.SlackErrorResponse](cause)
	return &FatalError{Reason: reason, Needed: refused.Needed}
}
