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
func (a *App) trouble(q *request, err error) result {
	if errors.Is(err, report.ErrNoTeams) || errors.Is(err, billing.ErrNoEstimate) {
		return told(blocks.Refusal(explain(err)), outcomeRefused) // nothing is broken: there is no such thing here
	}
	reference := rand.Text()[:6]
	a.Log.Error("request failed", append(q.fields(outcomeTrouble), zap.String("reference", reference), zap.Error(err))...)
	sentence, next := explain(err)
	return told(blocks.Trouble(sentence, next, reference), outcomeTrouble)
}

// errBooks is that the bot's own records could not be read, for whatever reason.
var errBooks = errors.New("read the books")

// What is said where nothing better is known.
const (
	brokenSentence = "Something went wrong on my side."
	brokenNext     = "Try again; if it stays so, tell whoever runs the bot the reference."
)

// kinds are the errors that people can be told about: what happened, and what to do.
var kinds = []struct {
	kind           error
	sentence, next string
}{
	{context.Canceled, "I am being stopped and could not finish this.", "Ask again in a minute."},
	{errBooks, brokenSentence, brokenNext}, // be it a timeout: Fastly has no part in it
	{billing.ErrNoEstimate, "Fastly tells no costs of this account: it gets no invoices, or a parent account pays them.", "Usage can be asked for all the same: leave out the word cost."},
	{billing.ErrNoServices, "Fastly tells the services of this account by product id only, and its invoices have none.", "Ask by type, region or product."},
	{report.ErrNoTeams, "The bot's rules file names no teams.", "Ask by service, or have whoever runs the bot add teams to the file."},
	{billing.ErrTooWide, "That would take more reads of Fastly than one answer may.", "Name a product or a usage type, or fewer months."},
	{billing.ErrUnauthorised, "Fastly does not accept my token any more.", "Whoever runs the bot has to replace it; asking again does not help."},
	{billing.ErrForbidden, "Fastly does not let my token read usage.", "Whoever runs the bot has to give it the scope global:read and a role that may see billing."},
	{billing.ErrNotUnderstood, "Fastly sent an answer that I do not understand, so I show no figures.", "Whoever runs the bot can look it up by the reference."},
	{billing.ErrNotFound, "Fastly has nothing at the address that I was given.", "Whoever runs the bot should look at the address of Fastly's API."},
	{billing.ErrRedirected, "Fastly's answer pointed elsewhere, where I do not send my token.", "Whoever runs the bot should look at the address of Fastly's API."},
	{context.DeadlineExceeded, "Fastly takes too long to answer this.", "Ask for fewer months or for one product, or try again in a minute."},
	{billing.ErrTimeout, "Fastly did not answer in time.", "Trying again in a minute usually helps."},
	{billing.ErrUnavailable, "Fastly's API fails just now.", "Trying again in a minute usually helps."},
	{billing.ErrReset, "The connection to Fastly broke.", "Trying again usually helps."},
	{billing.ErrUnreachable, "I cannot reach Fastly.", "Trying again in a minute may help; if not, tell whoever runs the bot."},
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
			return "Fastly asks me to slow down.", "Try again in " + aWhile(api.RetryAfter) + "."
		case errors.Is(err, billing.ErrBadRequest) && api.Title != "":
			return "Fastly refuses this question: " + blocks.Quote(api.Title) + ".", "Other months or names may work."
		case errors.Is(err, billing.ErrNoEstimate) && api.Status == http.StatusUnprocessableEntity:
			return "Fastly tells no costs of this account: a parent account pays its bill.", "Usage can be asked for all the same: leave out the word cost."
		}
	}
	if unknown, ok := errors.AsType[*billing.UnknownBillError](err); ok {
		return "It cannot be told what the month comes to: " + blocks.Clean(unknown.Why) + ".", "Fastly can say which of its statements count."
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

// cannotCheck is for names that are not known while Fastly cannot be asked.
func (a *App) cannotCheck(q *request, name string, catalog billing.Catalog, err error) result {
	reference := rand.Text()[:6]
	a.Log.Warn("names cannot be checked", append(q.fields(outcomeTrouble), zap.String("reference", reference), zap.Error(err))...)
	why, _ := explain(err)
	sentence := fmt.Sprintf("I cannot check the name %s now. %s", blocks.Quote(name), why)
	next := "Trying again in a minute may help."
	if len(catalog.Products) > 0 {
		next += fmt.Sprintf(" The products I saw last, on %s: %s.", a.names.seenAt().UTC().Format("Jan 2"), command.List(catalog.ProductIDs()))
	}
	return told(blocks.Trouble(sentence, next, reference), outcomeTrouble)
}

// cannotTell is for a person of whom Slack does not say now who they are.
func (a *App) cannotTell(q *request, err error) result {
	reference := rand.Text()[:6]
	a.Log.Error("access cannot be decided", append(q.fields(outcomeTrouble), zap.String("reference", reference), zap.Error(err))...)
	sentence := "Slack does not tell me just now whether you may see usage."
	return told(blocks.Trouble(sentence, "Try again in a minute.", reference), outcomeTrouble)
}

// broken is said where the program itself failed.
func broken(reference string) blocks.Message {
	return blocks.Trouble(brokenSentence, brokenNext, reference)
}

func (a *App) unknownCommand() blocks.Message {
	return blocks.Refusal("I do not know that command.", fmt.Sprintf("I know `%s` and `%s`.", a.UsageCommand, a.BudgetCommand))
}

func unknownPress(command string) blocks.Message {
	return blocks.Refusal("I do not know that button any more.", fmt.Sprintf("Ask anew with `%s`.", command))
}
