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
		{api(400, 0), "Fastly found fault with the request"},
		{api(404, 0), "Fastly has nothing at the address of its API"},
		{api(418, 0), "Fastly answered with status 418"},
		{api(429, 0), "Fastly asks to be asked less often"},
		{api(429, 41500*time.Millisecond), "Fastly asks to be asked less often; the pause it wants is 42 s"},
		{api(429, 50*time.Minute), "Fastly asks to be asked less often; the pause it wants is 50 minutes"},
		{api(500, 0), "Fastly's API failed"},
		{api(503, 7*time.Second), "Fastly's API failed; the pause it wants is 7 s"},
		{transport(billing.ErrTimeout), "Fastly did not answer in time"},
		{transport(billing.ErrReset), "the connection to Fastly broke"},
		{transport(billing.ErrUnreachable), "Fastly cannot be reached"},
		{transport(billing.ErrRedirected), "Fastly's API points to another host"},
		{&billing.BodyError{Reason: "row 3: there is no month"}, "Fastly's answer is not understood: row 3: there is no month"},
		{ErrNoUsage, "Fastly lists no usage for the month yet"},
		{ErrConflict, "another replica was faster"},
		{errors.New("disk full: " + secret), "the check could not be finished"},
		{context.DeadlineExceeded, "the check could not be finished"}, // a database's: Fastly's is a billing.ErrTimeout
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
