package socket

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slack-go/slack"
)

func TestJudge(t *testing.T) {
	refused := func(reason string) error { return slack.SlackErrorResponse{Err: reason} }
	missing := slack.StatusCodeError{Code: 404, Status: "404 Not Found"}
	tests := []struct {
		name   string
		causes []error
		fatal  string // reason of the FatalError of the last cause; empty when there is none
		reason string // reasonOf the last cause
	}{
		{"invalid_auth is final", []error{refused("invalid_auth")}, "invalid_auth", "invalid_auth"},
		{"not_authed is final", []error{refused("not_authed")}, "not_authed", "not_authed"},
		{"token_revoked is final", []error{refused("token_revoked")}, "token_revoked", "token_revoked"},
		{"token_expired is final", []error{refused("token_expired")}, "token_expired", "token_expired"},
		{"account_inactive is final", []error{refused("account_inactive")}, "account_inactive", "account_inactive"},
		{"a token of the wrong kind is final", []error{refused("not_allowed_token_type")}, "not_allowed_token_type", "not_allowed_token_type"},
		{"no_permission is final", []error{refused("no_permission")}, "no_permission", "no_permission"},
		{"missing_args is final", []error{refused("missing_args")}, "missing_args", "missing_args"},
		{"a wrapped refusal is found", []error{fmt.Errorf("open: %w", refused("missing_scope"))}, "missing_scope", "missing_scope"},
		{"link_disabled twice is tried again", []error{refused("link_disabled"), refused("link_disabled")}, "", "link_disabled"},
		{"link_disabled three times in a row is final", []error{refused("link_disabled"), refused("link_disabled"), refused("link_disabled")}, "link_disabled", "link_disabled"},
		{"link_disabled between other failures is not in a row", []error{refused("link_disabled"), refused("link_disabled"), errNoHello, refused("link_disabled")}, "", "link_disabled"},
		{"404 once is tried again", []error{missing}, "", ReasonNotFound},
		{"404 three times in a row is final", []error{missing, missing, missing}, ReasonNotFound, ReasonNotFound},
		{"a server error is tried again for ever", []error{slack.StatusCodeError{Code: 503}, slack.StatusCodeError{Code: 503}, slack.StatusCodeError{Code: 503}, slack.StatusCodeError{Code: 503}}, "", ReasonUnreachable},
		{"internal_error is tried again", []error{refused("internal_error")}, "", "internal_error"},
		{"a rate limit is waited for", []error{&slack.RateLimitedError{RetryAfter: time.Second}}, "", ReasonRateLimited},
		{"a closed connection is opened again", []error{errClosed}, "", ReasonClosed},
		{"a network error is tried again", []error{errors.New("connection refused")}, "", ReasonUnreachable},
		{"a failed write ends the connection only", []error{fmt.Errorf("%w: broken pipe", errWriteFailed)}, "", ReasonWriteFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r refusals
			var got error
			for _, cause := range tt.causes {
				got = r.judge(cause, false, time.Now())
			}
			last := tt.causes[len(tt.causes)-1]
			if fatal, ok := errors.AsType[*FatalError](got); ok {
				if fatal.Reason != tt.fatal {
					t.Errorf("fatal for %q, want %q", fatal.Reason, tt.fatal)
				}
			} else if tt.fatal != "" {
				t.Errorf("judged %v, want a FatalError for %q", got, tt.fatal)
			}
			if reason := reasonOf(last); reason != tt.reason {
				t.Errorf("reason %q, want %q", reason, tt.reason)
			}
			if reason := reasonOf(got); reason != tt.reason {
				t.Errorf("reason of the judgement %q, want %q", reason, tt.reason)
			}
		})
	}
}

func TestFatalErrorNamesTheScope(t *testing.T) {
	var r refusals
	err := r.judge(slack.SlackErrorResponse{Err: "missing_scope", Needed: "connections:write"}, true, time.Now())
	if want := "open a Socket Mode connection: missing_scope (needs connections:write)"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
}

// TestAnIncidentAtSlackHasToLast refuses a line that was open before, so often and so far apart.
func TestAnIncidentAtSlackHasToLast(t *testing.T) {
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		reason string
		times  int
		apart  time.Duration
		fatal  bool
	}{
		{"a single invalid_auth is tried again", "invalid_auth", 1, 0, false},
		{"a single account_inactive is tried again", "account_inactive", 1, 0, false},
		{"a hundred within a minute are", "account_inactive", 100, 500 * time.Millisecond, false},
		{"four in an hour are", "invalid_auth", 4, 15 * time.Minute, false},
		{"six in five minutes are final", "invalid_auth", 6, time.Minute, true},
		{"token_revoked is final at once", "token_revoked", 1, 0, true},
		{"a missing scope is", "missing_scope", 1, 0, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var r refusals
			var err error
			for n := range tt.times {
				err = r.judge(slack.SlackErrorResponse{Err: tt.reason}, true, start.Add(time.Duration(n)*tt.apart))
			}
			if _, fatal := errors.AsType[*FatalError](err); fatal != tt.fatal {
				t.Errorf("judged %v", err)
			}
		})
	}
}
