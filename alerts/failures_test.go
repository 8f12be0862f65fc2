package alerts

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
)

func TestCauseOf(t *testing.T) {
	const secret = "fastly-secret-token"
	api := func(status int, wait time.Duration) error {
		return &billing.APIError{Status: status, Title: secret, RetryAfter: wait, Path: "/billing/v3/usage-metrics"}
	}
	transport := func(kind error) error { return &billing.TransportError{Path: "/billing/v3/usage-metrics", Kind: kind} }
	for _, tt := range []struct {
		err  error
		want string
	}{
		{api(401, 0), "Fastly refused the token"},
		{api(403, 0), "the Fastly token may not read usage"},
		{api(400, 0), "Fastly rejected the request"},
		{api(404, 0), "Fastly answered \"not found\""},
		{api(418, 0), "Fastly answered with status 418"},
		{api(429, 0), "Fastly asked for fewer requests"},
		{api(429, 41500*time.Millisecond), "Fastly asked for fewer requests; it asks us to wait 42 s"},
		{api(429, 50*time.Minute), "Fastly asked for fewer requests; it asks us to wait 50 minutes"},
		{api(500, 0), "Fastly's API failed"},
		{api(503, 7*time.Second), "Fastly's API failed; it asks us to wait 7 s"},
		{transport(billing.ErrTimeout), "Fastly did not answer in time"},
		{transport(billing.ErrReset), "the connection to Fastly broke"},
		{transport(billing.ErrUnreachable), "Fastly can't be reached"},
		{transport(billing.ErrRedirected), "Fastly's API redirected to another host"},
		{&billing.BodyError{Reason: "row 3: there is no month"}, "Fastly's answer can't be read: row 3: there is no month"},
		{ErrNoUsage, "Fastly lists no usage for the month yet"},
		{ErrConflict, "another replica got there first"},
		{errors.New("disk full: " + secret), "the check failed"},
		{context.DeadlineExceeded, "the check failed"}, // a database's: Fastly's is a billing.ErrTimeout
	} {
		t.Run(tt.want, func(t *testing.T) {
			got := CauseOf(fmt.Errorf("read usage for 2026-11: %w", tt.err))
			if got != tt.want {
				t.Errorf("causeOf = %q, want %q", got, tt.want)
			}
			if strings.Contains(got, secret) || strings.HasSuffix(got, ".") {
				t.Errorf("%q tells what it must not, or ends in a period", got)
			}
		})
	}
}
