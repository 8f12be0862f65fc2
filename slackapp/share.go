package slackapp

import (
	"context"

	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/usage"
)

// serveShare asks a question anew and shows the answer to the channel.
func (a *usageAnswers) serveShare(ctx context.Context, c *conversation, text string) {
	c.question(ctx, c.mayAsk, func(ctx context.Context) result {
		if no := c.denied(c.access().MayPublish(ctx)); no != nil {
			return *no
		}
		return a.typed(ctx, c, text, a.share)
	})
}

// share shows the answer to the channel, and leaves the person with theirs, which cannot be shared again.
func (a *usageAnswers) share(ctx context.Context, c *conversation, q inquiry) result {
	if q.Help {
		return reply(unknownPress(a.UsageCommand), outcomeUnknown)
	}
	drawing, err := a.drawn(ctx, q)
	if err != nil {
		return c.trouble(err)
	}
	names := q.Names()
	text := q.TextWith(names)
	shown := usageview.Context{Now: q.now, Command: a.UsageCommand, Asked: text, AskedBy: c.User}
	public := blocks.Fit(drawing.message(shown))
	shown.AskedBy, shown.Actions = "", a.nextActions(ctx, q, names, text)
	return result{message: blocks.Fit(drawing.message(shown)), outcome: outcomeShared, public: &public}
}
