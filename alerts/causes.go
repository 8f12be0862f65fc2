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
	{ErrNoUsage, "Fastly lists no usage for the month yet", "Where the account is new or gets invoices, `bot doctor` tells more."},
	{ErrConflict, "another replica was faster", "The log tells of both; replicas need clocks that agree."},
	{ErrOtherMonth, "Fastly's estimate is still that of the month before", "Fastly makes the first of a month within a day or two; I go on trying."},
	{
		billing.ErrNoEstimate,
		"Fastly makes no estimate of this account's bill: one that gets no invoices, or whose bill a parent account pays, has none",
		"Give such rules a budget in units of usage, or take them out.",
	},
	{billing.ErrUnauthorised, "Fastly refused the token", "Put a valid token into FASTLY_API_TOKEN, and start me again."},
	{billing.ErrForbidden, "the Fastly token may not read usage", "Give the token the scope global:read and its owner a role that may see billing."},
	{billing.ErrRateLimited, "Fastly asks to be asked less often", "I go on trying. Where it stays so, give me a token of my own or a longer CHECK_INTERVAL."},
	{billing.ErrBadRequest, "Fastly found fault with the request", "`bot doctor` shows the request and Fastly's answer."},
	{billing.ErrNotFound, "Fastly has nothing at the address of its API", "Look at FASTLY_API_URL."},
	{billing.ErrUnavailable, "Fastly's API failed", "I go on trying. Fastly's status page may tell more."},
	{billing.ErrTimeout, "Fastly did not answer in time", "I go on trying. Fastly's status page may tell more."},
	{billing.ErrReset, "the connection to Fastly broke", "I go on trying. Where it stays so, look at the network between me and Fastly."},
	{billing.ErrUnreachable, "Fastly cannot be reached", "Look at the network between me and Fastly: name service, proxy, firewall."},
	{billing.ErrRedirected, "Fastly's API points to another host", "Look at FASTLY_API_URL: I do not send the token elsewhere."},
	{billing.ErrNotUnderstood, "Fastly's answer is not understood", "`bot doctor --save` keeps what Fastly answered; a newer version of me may read it."},
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
	return "the check could not be finished"
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
	return "The log tells the whole of it."
}

// wanted says how long Fastly asks to wait, where it does.
func wanted(err error) string {
	api, ok := errors.AsType[*billing.APIError](err)
	switch {
	case !ok || api.RetryAfter <= 0:
		return ""
	case api.RetryAfter < 2*time.Minute:
		return fmt.Sprintf("; the pause it wants is %d s", int(math.Ceil(api.RetryAfter.Seconds())))
	}
	return fmt.Sprintf("; the pause it wants is %d minutes", int(math.Ceil(api.RetryAfter.Minutes())))
}
