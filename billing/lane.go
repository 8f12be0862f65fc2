package billing

import (
	"context"

	"golang.org/x/sync/semaphore"
)

type checkKey struct{}

// ForCheck marks what is read under the context as a check's: a Client has slots for checks alone. A mark goes through everything
// that lies between a check and the client, a Cache, a Chooser or an InvoiceUsage, which questions share with checks.
func ForCheck(ctx context.Context) context.Context { return context.WithValue(ctx, checkKey{}, true) }

func isForCheck(ctx context.Context) bool { return ctx.Value(checkKey{}) != nil }

// likewise marks ctx as asker is marked.
func likewise(ctx, asker context.Context) context.Context {
	if isForCheck(asker) {
		return ForCheck(ctx)
	}
	return ctx
}

// slotsFor returns the slots that a call under the context takes one of.
func (c *Client) slotsFor(ctx context.Context) *semaphore.Weighted {
	if isForCheck(ctx) {
		return c.checks
	}
	return c.questions
}
