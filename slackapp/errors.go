package slackapp

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// trouble gives the person one sentence about what went wrong and what to do, and logs the whole error. The reference is
// in both.
func (c *conversation) trouble(err error) result {
	if isRefusal(err) {
		return reply(blocks.Refusal(explain(err)), outcomeRefused)
	}
	sentence, next := explain(err)
	return reply(blocks.Trouble(sentence, next, c.refer(c.Log.Error, "request failed", err)), outcomeTrouble)
}

// isRefusal reports whether nothing is broken, but the account does not have what was asked for, or has too much of it.
func isRefusal(err error) bool {
	refusals := []error{
		report.ErrNoTeams, report.ErrNoDays, billing.ErrNoEstimate, billing.ErrNoServices, billing.ErrTooWide, report.ErrStillReading,
	}
	return slices.ContainsFunc(refusals, func(kind error) bool { return errors.Is(err, kind) })
}

// Explain returns a sentence for people about why something could not be read.
func Explain(err error) string {
	sentence, _ := explain(err)
	return sentence
}

// explain returns the sentences for an error: what happened, and what the person who asked can do.
func explain(err error) (sentence, next string) {
	f := alerts.FailureOf(err)
	sentence = blocks.Capital(blocks.Clean(f.What))
	if f.Detail != "" {
		sentence += ": " + blocks.Quote(f.Detail)
	}
	return sentence + ".", f.Asker
}

// unread is for records that could not be read.
func (c *conversation) unread(err error) result {
	return c.trouble(fmt.Errorf("%w: %w", alerts.ErrRecords, err))
}

// cannotTell is for a person whom Slack does not identify now.
func (c *conversation) cannotTell(err error) result {
	reference := c.refer(c.Log.Error, "access cannot be decided", err)
	return reply(blocks.Trouble("Slack isn't telling me right now whether you may see usage.", "Try again in a minute.", reference), outcomeTrouble)
}

// refer writes an error to the log under a reference, which it returns for the person.
func (c *conversation) refer(log func(string, ...zap.Field), what string, err error) string {
	reference := rand.Text()[:6]
	log(what, append(c.fields(outcomeTrouble), zap.String("reference", reference), zap.Error(err))...)
	return reference
}
