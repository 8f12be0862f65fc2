package slackapp

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"go.uber.org/zap"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/command"
)

// trouble tells the person in one sentence what went wrong and what to do, and the log all of it. The reference stands in
// both.
func (c *conversation) trouble(err error) result {
	if errors.Is(err, report.ErrNoTeams) || errors.Is(err, billing.ErrNoEstimate) {
		return told(blocks.Refusal(explain(err)), outcomeRefused) // nothing is broken: there is no such thing here
	}
	sentence, next := explain(err)
	return told(blocks.Trouble(sentence, next, c.refer(c.log.Error, "request failed", err)), outcomeTrouble)
}

// errBooks is that the bot's own records could not be read, for whatever reason.
var errBooks = errors.New("read the books")

// What is said where nothing better is known.
const (
	brokenSentence = "Something went wrong on my side."
	brokenNext     = "Try again. If it keeps failing, give the bot's operator the reference."
)

// kinds are the errors that people can be told about: what happened, and what to do.
var kinds = []struct {
	kind           error
	sentence, next string
}{
	{context.Canceled, "I'm shutting down and couldn't finish this.", "Ask again in a minute."},
	{errBooks, brokenSentence, brokenNext}, // be it a timeout: Fastly has no part in it
	{billing.ErrNoEstimate, "Fastly gives no costs for this account: it gets no invoices, or a parent account is billed.", "For usage, leave out the word cost."},
	{billing.ErrNoServices, "Fastly lists this account's services by product id only, and its invoices have no product ids.", "Ask by type, region or product."},
	{report.ErrNoTeams, "The bot's rules file has no teams.", "Ask by service, or ask the bot's operator to add teams to the file."},
	{billing.ErrTooWide, "That would take more requests to Fastly than one answer may make.", "Name a product or a usage type, or fewer months."},
	{billing.ErrUnauthorised, "Fastly no longer accepts my token.", "The bot's operator has to replace it; asking again won't help."},
	{billing.ErrForbidden, "Fastly doesn't let my token read usage.", "The bot's operator has to give it the scope global:read and a role that may see billing."},
	{billing.ErrNotUnderstood, "Fastly sent an answer I can't read, so I have no figures.", "The bot's operator can look it up by the reference."},
	{billing.ErrNotFound, "Fastly answered \"not found\".", "The bot's operator should check the address of Fastly's API."},
	{billing.ErrRedirected, "Fastly redirected me to another address, and I don't send my token there.", "The bot's operator should check the address of Fastly's API."},
	{context.DeadlineExceeded, "Fastly is taking too long to answer this.", "Ask for fewer months or for one product, or try again in a minute."},
	{billing.ErrTimeout, "Fastly didn't answer in time.", "Trying again in a minute usually helps."},
	{billing.ErrUnavailable, "Fastly's API is failing right now.", "Trying again in a minute usually helps."},
	{billing.ErrReset, "The connection to Fastly broke.", "Trying again usually helps."},
	{billing.ErrUnreachable, "I can't reach Fastly.", "Try again in a minute; if that doesn't help, tell the bot's operator."},
}

// Explain returns a sentence for people about why something could not be read.
func Explain(err error) string {
	sentence, _ := explain(err)
	return sentence
}

// explain returns the sentences for an error.
func explain(err error) (sentence, next string) {
	if api, ok := errors.AsType[*billing.APIError](err); ok {
		switch {
		case errors.Is(err, billing.ErrRateLimited):
			return "Fastly asked me to slow down.", "Try again in " + aWhile(api.RetryAfter) + "."
		case errors.Is(err, billing.ErrBadRequest) && api.Title != "":
			return "Fastly refused this question: " + blocks.Quote(api.Title) + ".", "Other months or names may work."
		case errors.Is(err, billing.ErrNoEstimate) && api.Status == http.StatusUnprocessableEntity:
			return "Fastly gives no costs for this account: a parent account is billed.", "For usage, leave out the word cost."
		}
	}
	if unknown, ok := errors.AsType[*billing.UnknownBillError](err); ok {
		return "I can't tell what the month cost: " + blocks.Clean(unknown.Why) + ".", "Fastly can tell you which of its statements count."
	}
	for _, k := range kinds {
		if errors.Is(err, k.kind) {
			return k.sentence, k.next
		}
	}
	return brokenSentence, brokenNext
}

// aWhile returns a wait as people say it.
func aWhile(d time.Duration) string {
	switch minutes := int(math.Ceil(d.Minutes())); {
	case d <= 0:
		return "a minute"
	case d <= 90*time.Second:
		return fmt.Sprintf("%d seconds", int(math.Ceil(d.Seconds())))
	default:
		return fmt.Sprintf("%d minutes", minutes)
	}
}

// unread is for records that could not be read.
func (c *conversation) unread(err error) result {
	return c.trouble(fmt.Errorf("%w: %w", errBooks, err))
}

// cannotCheck is for a name that is not known while Fastly cannot be asked.
func (c *conversation) cannotCheck(unchecked *command.Unchecked, names *lastNames) result {
	reference := c.refer(c.log.Warn, "names cannot be checked", unchecked.Err)
	why, _ := explain(unchecked.Err)
	sentence := fmt.Sprintf("I can't check the name %s now. %s", blocks.Quote(unchecked.Name), why)
	next := "Trying again in a minute may help."
	if products := names.catalog().ProductIDs(); len(products) > 0 {
		next += fmt.Sprintf(" The products I last saw, on %s: %s.", names.seenAt().UTC().Format("Jan 2"), command.List(products))
	}
	return told(blocks.Trouble(sentence, next, reference), outcomeTrouble)
}

// cannotTell is for a person of whom Slack does not say now who they are.
func (c *conversation) cannotTell(err error) result {
	reference := c.refer(c.log.Error, "access cannot be decided", err)
	return told(blocks.Trouble("Slack isn't telling me right now whether you may see usage.", "Try again in a minute.", reference), outcomeTrouble)
}

// refer writes an error to the log under a reference, which it returns for the person.
func (c *conversation) refer(log func(string, ...zap.Field), what string, err error) string {
	reference := rand.Text()[:6]
	log(what, append(c.fields(outcomeTrouble), zap.String("reference", reference), zap.Error(err))...)
	return reference
}

// broken is said where the program itself failed.
func broken(reference string) blocks.Message {
	return blocks.Trouble(brokenSentence, brokenNext, reference)
}
