package digest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// shownTopChanges is how many usage types of one measure a digest names.
const shownTopChanges = 3

// Composer makes the values of digests: the budget states, what changed, and what a month came to.
type Composer struct {
	Rules func() *rules.Rules
	// Records are what is remembered of budgets.
	Records status.Records
	// Asker answers the questions of a digest as it answers people.
	Asker report.Asker
	// Fresh is what the close of a month is read from, and Past what was kept of it.
	Fresh check.Sources
	Past  Past
	// Uploads tells that the bot may upload files, so that the final figures come as CSV too.
	Uploads bool
	// Explain returns a sentence for people about why something could not be read.
	Explain func(error) string
}

// Compose makes a digest from the same answers that people get. If Fastly cannot be read it returns the bulletin without that part beside
// the error; without the bot's own records it returns none.
func (c *Composer) Compose(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error) {
	if d.AtClose() {
		return c.composeClose(ctx, d, billing.MonthOf(due).Add(-1), now)
	}
	b := &alerts.Bulletin{Digest: d.Name, Month: billing.MonthOf(now), MadeAt: now}
	if d.Has(rules.SectionBudgets) {
		status, err := c.composeBudgets(ctx, b)
		if err != nil {
			return nil, err
		}
		b.IsLate = isLate(status, now)
	}
	if d.Has(rules.SectionTopChanges) {
		return b, c.composeTopChanges(ctx, b)
	}
	return b, nil
}

// lateAfter is how late a check may be before a digest waits for it: a service that starts in the morning knows only the
// evening's figures.
const lateAfter = 15 * time.Minute

// isLate reports whether a digest should wait for a check: the last one failed, or one is due and has not ended.
func isLate(status alerts.CheckStatus, now time.Time) bool {
	if status.FailedAt.After(status.SucceededAt) {
		return true
	}
	return !status.NextAt.IsZero() && now.Sub(status.NextAt) > max(lateAfter, status.NextAt.Sub(status.SucceededAt))
}

func (c *Composer) composeBudgets(ctx context.Context, b *alerts.Bulletin) (alerts.CheckStatus, error) {
	snapshot, err := status.Read(ctx, c.Records, c.Rules(), b.MadeAt)
	if err != nil {
		return alerts.CheckStatus{}, err
	}
	if b.Budgets, err = snapshot.Budgets(ctx, c.Rules().Rules); err != nil {
		return alerts.CheckStatus{}, err
	}
	b.Checked, b.CheckFailure = snapshot.Checks.SucceededAt, snapshot.Checks.Trouble()
	return snapshot.Checks, nil
}

// composeTopChanges compares the month per day with the same days of the one before, or whole months where it is over.
func (c *Composer) composeTopChanges(ctx context.Context, b *alerts.Bulletin) error {
	table, err := c.ask(ctx, report.Question{Months: billing.One(b.Month), By: report.ByUsageType}, b.MadeAt)
	if err != nil {
		return c.missing(b, "What changed", err)
	}
	topChanges := table.TopChanges(shownTopChanges)
	b.TopChanges = &topChanges
	return nil
}

func (c *Composer) ask(ctx context.Context, q report.Question, now time.Time) (report.Table, error) {
	asker := c.Asker
	if rules := c.Rules(); len(rules.Teams) > 0 {
		asker.TeamOf = rules.TeamOf
	}
	return asker.Ask(ctx, q, now)
}

// missing notes for people what could not be read, and returns the error for the log.
func (c *Composer) missing(b *alerts.Bulletin, what string, err error) error {
	if err == nil {
		return nil
	}
	b.Missing = append(b.Missing, what+" is missing. "+c.Explain(err))
	return fmt.Errorf("%s: %w", strings.ToLower(what), err)
}
