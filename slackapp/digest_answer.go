package slackapp

import (
	"context"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
)

// Digests is a consumer contract of the budget command. It makes the values of a digest; digest.Composer implements it.
type Digests interface {
	// Compose returns the digest that is due at an instant as it is at now. It may return along with an error what could be read.
	Compose(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error)
}

// digests lists the digests of the rules file.
func (a *budgetAnswers) digests(set *rules.Rules) blocks.Message {
	now := a.Now()
	due := make([]budgetview.DigestDue, len(set.Digests))
	for i, d := range set.Digests {
		due[i] = budgetview.DigestDue{Name: d.Name, Channel: d.Channel, AtClose: d.AtClose(), Due: d.Next(now, set.Zone)}
	}
	return budgetview.Digests(due, a.BudgetCommand, now)
}

// preview shows one person what a digest would say if it were due now.
func (a *budgetAnswers) preview(ctx context.Context, c *conversation, set *rules.Rules, name string) result {
	now := a.Now()
	d := set.Digests[slices.IndexFunc(set.Digests, func(d rules.Digest) bool { return d.Name == name })]
	b, err := a.Digests.Compose(ctx, d, now, now)
	if b == nil {
		return c.trouble(err)
	}
	posted := alerts.Delivery{Kind: alerts.DeliverDigest, Channel: d.Channel, Message: alerts.Message{Bulletin: b}}
	return reply(view.Preview(posted, d.Next(now, set.Zone), now), outcomeAnswered)
}
