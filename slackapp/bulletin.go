package slackapp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// shownMovers is how many usage types of one measure a digest names.
const shownMovers = 3

var _ alerts.Composer = (*App)(nil)

// Compose makes what a digest says of the same answers that people get. Where Fastly cannot be read the error says so, and the bulletin
// goes without that part; without the bot's own records there is none.
func (a *App) Compose(ctx context.Context, d alerts.Digest, due, now time.Time) (*alerts.Bulletin, error) {
	if d.AtClose() {
		return a.composeClose(ctx, d, billing.MonthOf(due).Add(-1), now)
	}
	b := &alerts.Bulletin{Digest: d.Name, Month: billing.MonthOf(now), MadeAt: now}
	var unread []error
	if d.Has(alerts.SectionBudgets) {
		status, err := a.composeBudgets(ctx, b)
		if err != nil {
			return nil, err
		}
		unread = append(unread, overdue(status, now))
	}
	if d.Has(alerts.SectionMovers) {
		unread = append(unread, a.composeMovers(ctx, b))
	}
	return b, errors.Join(unread...)
}

// overdueAfter is by how much a check may be late before a digest waits for it: a service that begins in the morning knows only of
// the evening.
const overdueAfter = 15 * time.Minute

func overdue(status alerts.CheckStatus, now time.Time) error {
	if late := now.Sub(status.NextAt); late > overdueAfter {
		return fmt.Errorf("the check of usage is late by %s", late.Round(time.Minute))
	}
	return nil
}

func (a *App) composeBudgets(ctx context.Context, b *alerts.Bulletin) (alerts.CheckStatus, error) {
	books, err := a.readBooks(ctx)
	if err != nil {
		return alerts.CheckStatus{}, err
	}
	rules := a.Rules()
	states, err := a.states(ctx, rules.Rules, books, rules.Operators.StaleAfter, b.MadeAt)
	if err != nil {
		return alerts.CheckStatus{}, err
	}
	for _, s := range states {
		b.Budgets = append(b.Budgets, s.Status())
	}
	b.Checked, b.CheckFailure = books.status.SucceededAt, books.failure()
	return books.status, nil
}

// composeMovers compares the month per day with the same days of the one before, or whole months where it is over.
func (a *App) composeMovers(ctx context.Context, b *alerts.Bulletin) error {
	table, err := a.ask(ctx, Asked{Question: billing.Question{Months: billing.One(b.Month), By: billing.ByUsageType}}, b.MadeAt)
	if err != nil {
		return a.missing(b, "What changed", err)
	}
	movers := table.Movers(shownMovers)
	b.Movers = &movers
	return nil
}
