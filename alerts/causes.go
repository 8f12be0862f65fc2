package alerts

import (
	"errors"
	"fmt"
	"math"
	"time"

	"budgetbot/billing"
)

// Causes are the failures of a check that a person can be told of, in the order in which they are looked for, and what is to
// be done about each where it lasts.
var Causes = []struct {
	Kind        error
	Words, Next string
}{
	{ErrNoUsage, "Fastly lists no usage for the month yet", "If the account is new or gets invoices, `budgetbot doctor` explains why."},
	{ErrConflict, "another replica got there first", "Both replicas logged it; check that their clocks agree."},
	{ErrOtherMonth, "Fastly's estimate is still that of the month before", "Fastly makes a month's first estimate within a day or two. I'll keep trying."},
	{
		billing.ErrNoEstimate,
		"Fastly gives no month-to-date estimate for this account (for example, because it gets no invoices or a parent account is billed)",
		"Give cost budgets a limit in units of usage instead, or remove them.",
	},
	{billing.ErrUnauthorised, "Fastly refused the token", "Put a valid token into FASTLY_API_TOKEN and restart me."},
	{billing.ErrForbidden, "the Fastly token may not read usage", "Give the token the scope global:read and its owner a role that may see billing."},
	{billing.ErrRateLimited, "Fastly asked for fewer requests", "I'll keep trying. If it goes on, give me a token of my own or a longer CHECK_INTERVAL."},
	{billing.ErrBadRequest, "Fastly rejected the request", "`budgetbot doctor` shows the request and Fastly's answer."},
	{billing.ErrNotFound, "Fastly answered \"not found\"", "Check FASTLY_API_URL."},
	{billing.ErrUnavailable, "Fastly's API failed", "I'll keep trying. Fastly's status page may say why."},
	{billing.ErrTimeout, "Fastly did not answer in time", "I'll keep trying. Fastly's status page may say why."},
	{billing.ErrReset, "the connection to Fastly broke", "I'll keep trying. If it goes on, check the network between me and Fastly."},
	{billing.ErrUnreachable, "Fastly can't be reached", "Check the network between me and Fastly: DNS, proxy, firewall."},
	{billing.ErrRedirected, "Fastly's API redirected to another host", "Check FASTLY_API_URL. I don't send the token to other hosts."},
	{billing.ErrNotUnderstood, "Fastly's answer can't be read", "`budgetbot doctor --save` saves Fastly's answer. A newer version of me may be able to read it."},
}

// CauseOf says in a few words for a person why a check failed; the whole chain is in the log.
func CauseOf(err error) string {
	for _, cause := range Causes {
		if errors.Is(err, cause.Kind) {
			return cause.Words + wanted(err) + misread(err)
		}
	}
	if api, ok := errors.AsType[*billing.APIError](err); ok {
		return fmt.Sprintf("Fastly answered with status %d", api.Status)
	}
	return "the check failed"
}

// misread says what of an answer is not understood, where that is so. A client has taken the token out of it.
func misread(err error) string {
	body, ok := errors.AsType[*billing.BodyError](err)
	if !ok || body.Reason == "" {
		return ""
	}
	return ": " + body.Reason
}

// HintOf says for a person what is to be done about it.
func HintOf(err error) string {
	for _, cause := range Causes {
		if errors.Is(err, cause.Kind) {
			return cause.Next
		}
	}
	return "The log has the details."
}

// wanted says how long Fastly asks to wait, where it does.
func wanted(err error) string {
	api, ok := errors.AsType[*billing.APIError](err)
	switch {
	case !ok || api.RetryAfter <= 0:
		return ""
	case api.RetryAfter < 2*time.Minute:
		return fmt.Sprintf("; it asks us to wait %d s", int(math.Ceil(api.RetryAfter.Seconds())))
	}
	return fmt.Sprintf("; it asks us to wait %d minutes", int(math.Ceil(api.RetryAfter.Minutes())))
}
