package slackapp

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/digest"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/command"
	"budgetbot/slackapp/view"
)

// shownTopChanges is how many usage types of one measure a digest names.
const shownTopChanges = 3

var _ digest.Composer = (*App)(nil)

// Compose makes what a digest says of the same answers that people get. Where Fastly cannot be read the error says so, and the bulletin
// goes without that part; without the bot's own records there is none.
func (a *App) Compose(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error) {
	if d.AtClose() {
		return a.composeClose(ctx, d, billing.MonthOf(due).Add(-1), now)
	}
	b := &alerts.Bulletin{Digest: d.Name, Month: billing.MonthOf(now), MadeAt: now}
	if d.Has(rules.SectionBudgets) {
		status, err := a.composeBudgets(ctx, b)
		if err != nil {
			return nil, err
		}
		b.IsLate = isLate(status, now)
	}
	if d.Has(rules.SectionTopChanges) {
		return b, a.composeTopChanges(ctx, b)
	}
	return b, nil
}

func digestNames(rules *rules.Rules) []string {
	names := make([]string, len(rules.Digests))
	for i, d := range rules.Digests {
		names[i] = d.Name
	}
	return names
}

// preview shows one person what a digest would say if it were due now.
func (a *App) preview(ctx context.Context, q *request, rules *rules.Rules, name string) result {
	now := a.Now()
	for _, d := range rules.Digests {
		if d.Name != name {
			continue
		}
		b, err := a.Compose(ctx, d, now, now)
		if b == nil {
			return a.trouble(q, err)
		}
		said := alerts.Delivery{Kind: alerts.DeliverDigest, Channel: d.Channel, Message: alerts.Message{Bulletin: b}}
		return told(view.Preview(said, d.Next(now, rules.Zone), now), outcomeAnswered)
	}
	return a.trouble(q, fmt.Errorf("digest %s was there a moment ago", name))
}

// lateAfter is by how much a check may be late before a digest waits for it: a service that begins in the morning knows only of the
// evening.
const lateAfter = 15 * time.Minute

// isLate reports whether a digest had better wait for a check: the last one failed, or one is due and has not ended.
func isLate(status alerts.CheckStatus, now time.Time) bool {
	if status.FailedAt.After(status.SucceededAt) {
		return true
	}
	return !status.NextAt.IsZero() && now.Sub(status.NextAt) > max(lateAfter, status.NextAt.Sub(status.SucceededAt))
}

func (a *App) composeBudgets(ctx context.Context, b *alerts.Bulletin) (alerts.CheckStatus, error) {
	snapshot, err := status.Read(ctx, a.Budgets, a.Rules(), b.MadeAt)
	if err != nil {
		return alerts.CheckStatus{}, err
	}
	if b.Budgets, err = snapshot.Budgets(ctx, a.Rules().Rules); err != nil {
		return alerts.CheckStatus{}, err
	}
	b.Checked, b.CheckFailure = snapshot.Checks.SucceededAt, snapshot.Checks.Trouble()
	return snapshot.Checks, nil
}

// composeTopChanges compares the month per day with the same days of the one before, or whole months where it is over.
func (a *App) composeTopChanges(ctx context.Context, b *alerts.Bulletin) error {
	table, err := a.ask(ctx, command.Asked{Question: report.Question{Months: billing.One(b.Month), By: report.ByUsageType}}, b.MadeAt)
	if err != nil {
		return a.missing(b, "What changed", err)
	}
	topChanges := table.TopChanges(shownTopChanges)
	b.TopChanges = &topChanges
	return nil
}
