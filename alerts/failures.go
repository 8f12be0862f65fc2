package alerts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Failure is what people read about one kind of error, wherever they meet it: in an answer, in a message about checks, on the readiness
// page or in the terminal.
type Failure struct {
	Kind error
	// What happened, as a clause without a capital or a full stop: "Fastly refused the token".
	What string
	// Detail is Fastly's own text about the request, if it sent any; do not trust it.
	Detail string
	// Asker is the next step of the person who asked, Operator that of the bot's operator. Both are sentences, with code between backticks.
	Asker, Operator string
	// asked limits the row to people's questions: in a check the same error has another cause.
	asked bool
}

// ErrRecords is returned when the bot's own records could not be read, for any reason.
var ErrRecords = errors.New("read the bot's records")

// unknownFailure is the text for an error that no row of Failures matches.
var unknownFailure = Failure{
	What: "something went wrong on my side", Asker: "Try again. If it keeps failing, give the bot's operator the reference.", Operator: "The log has the details.",
}

// parentPays is the status of Fastly's answer for an account whose parent account is billed.
const parentPays = 422

const (
	tryAgain = "Try again in a minute."
	checkURL = "Check FASTLY_API_URL; if it is right, `budgetbot doctor` shows what this account may read."
	statusIs = "If it lasts, see https://www.fastlystatus.com for incidents."
	askFixed = "The bot's operator has to fix this; asking again won't help."
)

// Failures are the kinds of errors that people read about, in the order in which they are tried.
var Failures = []Failure{
	{Kind: context.Canceled, What: "I'm shutting down and couldn't finish this", Asker: "Ask again in a minute.", Operator: "Start me again.", asked: true},
	{Kind: ErrRecords, What: unknownFailure.What, Asker: unknownFailure.Asker, Operator: unknownFailure.Operator, asked: true},
	{
		Kind: ErrNoUsage, What: "Fastly lists no usage for the month yet", Asker: "Ask again later, or for another month.",
		Operator: "On the first day of a month that is normal. If the account is new or gets invoices, `budgetbot doctor` explains why.",
	},
	{Kind: ErrConflict, What: "another replica got there first", Asker: tryAgain, Operator: "Both replicas logged it; check that their clocks agree."},
	{
		Kind: ErrOtherMonth, What: "Fastly's estimate is still that of the month before", Asker: "Ask again in a day or two.",
		Operator: "Wait: Fastly makes a month's first estimate within a day or two.",
	},
	{
		Kind:  billing.ErrNoEstimate,
		What:  "Fastly gives no month-to-date estimate for this account (for example, because it gets no invoices or a parent account is billed)",
		Asker: "For usage, leave out the word cost.", Operator: "Give cost budgets a limit in units of usage instead, or remove them.",
	},
	{
		Kind:  billing.ErrNoServices,
		What:  "Fastly lists this account's services by product id only, and its invoices have no product ids",
		Asker: "Ask by type, region or product.", Operator: "Ask by type, region or product.",
	},
	{
		Kind: report.ErrNoTeams, What: "the rules file has no teams",
		Asker: "Ask by service, or ask the bot's operator to add teams to the rules file.", Operator: "Add teams to the rules file, or ask by service.",
	},
	{
		Kind: report.ErrNoDays, What: "there are no figures of days here", Asker: "Ask by month.",
		Operator: "Ask by month, or start the service once with this DATABASE_URL: it keeps Fastly's daily statistics.",
	},
	{
		Kind: billing.ErrTooWide, What: "that would take more requests to Fastly than one answer may make",
		Asker: "Name a product or a usage type, or fewer months.", Operator: "Name a product or a usage type, or fewer months.",
	},
	{
		Kind: report.ErrStillReading, What: "that takes longer to read from Fastly than one answer may take",
		Asker: "I'm reading on: ask again in a minute.", Operator: "Ask again in a minute: it is still being read.",
	},
	{Kind: billing.ErrUnauthorised, What: "Fastly refused the token", Asker: askFixed, Operator: "Put a valid token into FASTLY_API_TOKEN and restart me."},
	{
		Kind: billing.ErrForbidden, What: "the Fastly token may not read usage", Asker: askFixed,
		Operator: "Give the token the scope global:read and its owner the role billing or superuser.",
	},
	{
		Kind: billing.ErrRateLimited, What: "Fastly asked for fewer requests", Asker: tryAgain,
		Operator: "Try again in a minute. If it lasts, give me a token of my own or a longer CHECK_INTERVAL.",
	},
	{
		Kind: billing.ErrBadRequest, What: "Fastly rejected the request", Asker: "Ask for other months or names.",
		Operator: "Ask for other months or names; `budgetbot doctor` shows the request and Fastly's answer.",
	},
	{Kind: billing.ErrNotFound, What: "Fastly answered \"not found\"", Asker: askFixed, Operator: checkURL},
	{Kind: billing.ErrRedirected, What: "Fastly's API redirected to another host", Asker: askFixed, Operator: "Check FASTLY_API_URL. I don't send the token to other hosts."},
	{
		Kind: billing.ErrNotUnderstood, What: "Fastly's answer can't be read", Asker: "The bot's operator can look it up by the reference.",
		Operator: "Check FASTLY_API_URL. `budgetbot doctor --save` saves Fastly's answer; a newer version of me may be able to read it.",
	},
	{
		Kind: context.DeadlineExceeded, What: "Fastly is taking too long to answer this", asked: true,
		Asker: "Ask for fewer months or for one product, or try again in a minute.", Operator: "Ask for fewer months or for one product, or try again in a minute.",
	},
	{Kind: billing.ErrTimeout, What: "Fastly did not answer in time", Asker: tryAgain, Operator: "Try again, or ask for fewer months. " + statusIs},
	{Kind: billing.ErrUnavailable, What: "Fastly's API failed", Asker: tryAgain, Operator: "Try again in a minute. " + statusIs},
	{Kind: billing.ErrReset, What: "the connection to Fastly broke", Asker: "Try again.", Operator: "Try again. If it lasts, check the network between me and Fastly."},
	{
		Kind: billing.ErrUnreachable, What: "Fastly can't be reached", Asker: "Try again in a minute; if that doesn't help, tell the bot's operator.",
		Operator: "Check the network between me and the address in FASTLY_API_URL: DNS, firewall, and HTTPS_PROXY if you need one.",
	},
}

// FailureOf returns the row for an error that a question met, with the error's own details.
func FailureOf(err error) Failure {
	if unknown, ok := errors.AsType[*billing.UnknownBillError](err); ok {
		const next = "Ask Fastly which of its statements count."
		return Failure{Kind: unknown, What: "I can't tell what the month cost: " + billing.OneLine(unknown.Why), Asker: next, Operator: next}
	}
	f, _ := failureOf(err, true)
	api, ok := errors.AsType[*billing.APIError](err)
	switch {
	case !ok:
	case errors.Is(f.Kind, billing.ErrNoEstimate) && api.Status == parentPays:
		f.What = "Fastly gives no costs for this account: a parent account is billed"
	case errors.Is(f.Kind, billing.ErrBadRequest):
		f.Detail = api.Title
	case errors.Is(f.Kind, billing.ErrRateLimited) && api.RetryAfter > 0:
		f.Asker = "Try again in " + duration(api.RetryAfter, "seconds") + "."
	}
	return f
}

// failureOf returns the row for an error, and whether there is one.
func failureOf(err error, asked bool) (Failure, bool) {
	for _, f := range Failures {
		if errors.Is(err, f.Kind) && (asked || !f.asked) {
			return f, true
		}
	}
	return unknownFailure, false
}

// CauseOf returns in a few words for a person why a check failed; the whole chain is in the log.
func CauseOf(err error) string {
	f, known := failureOf(err, false)
	api, isAnswer := errors.AsType[*billing.APIError](err)
	switch {
	case !known && isAnswer:
		return fmt.Sprintf("Fastly answered with status %d", api.Status)
	case !known:
		return "the check failed"
	}
	what := f.What
	if isAnswer && api.RetryAfter > 0 {
		what += "; it asks us to wait " + duration(api.RetryAfter, "s")
	}
	if body, ok := errors.AsType[*billing.BodyError](err); ok && body.Reason != "" {
		what += ": " + body.Reason // the client has removed the token
	}
	return what
}

// HintOf returns what the operator can do about a check that fails.
func HintOf(err error) string {
	f, _ := failureOf(err, false)
	return f.Operator
}

// duration formats a wait for people.
func duration(d time.Duration, seconds string) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d %s", int(math.Ceil(d.Seconds())), seconds)
	}
	return fmt.Sprintf("%d minutes", int(math.Ceil(d.Minutes())))
}

// ErrNoUsage is returned when Fastly listed no usage at all for a month. That is never treated as zero.
var ErrNoUsage = errors.New("Fastly listed no usage")

// ErrOtherMonth is returned when Fastly's estimate is still for the previous month.
var ErrOtherMonth = errors.New("the estimate is of another month")
