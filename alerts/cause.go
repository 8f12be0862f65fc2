package alerts

import (
	"errors"
	"fmt"
	"math"
	"time"

	"budgetbot/billing"
)

// causes are the failures of a check that a person can be told of, in the order in which they are looked for.
var causes = []struct {
	kind  error
	words string
}{
	{ErrNoUsage, "Fastly lists no usage for the month yet"},
	{ErrConflict, "another replica was faster"},
	{errOtherMonth, "Fastly's estimate is still that of the month before"},
	{
		billing.ErrNoEstimate,
		"Fastly makes no estimate of this account's bill: one that gets no invoices, or whose bill a parent account pays, has none",
	},
	{billing.ErrUnauthorised, "Fastly refused the token"},
	{billing.ErrForbidden, "the Fastly token may not read usage"},
	{billing.ErrRateLimited, "Fastly asks to be asked less often"},
	{billing.ErrBadRequest, "Fastly found fault with the request"},
	{billing.ErrNotFound, "Fastly has nothing at the address of its API"},
	{billing.ErrUnavailable, "Fastly's API failed"},
	{billing.ErrTimeout, "Fastly did not answer in time"},
	{billing.ErrReset, "the connection to Fastly broke"},
	{billing.ErrUnreachable, "Fastly cannot be reached"},
	{billing.ErrRedirected, "Fastly's API points to another host"},
	{billing.ErrNotUnderstood, "Fastly's answer is not understood"},
}

// causeOf says in a few words for a person why a check failed; the whole chain is in the log.
func causeOf(err error) string {
	for _, cause := range causes {
		if errors.Is(err, cause.kind) {
			return cause.words + wanted(err)
		}
	}
	if api, ok := errors.AsType[*billing.APIError](err); ok {
		return fmt.Sprintf("Fastly answered with status %d", api.Status)
	}
	return "the check could not be finished"
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
