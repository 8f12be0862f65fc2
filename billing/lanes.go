package billing

import (
	"context"
)

type checkKey struct{}

// ForCheck marks what is read under the context as a check's: a Client has slots for checks alone. A mark goes through everything
// that lies between a check and the client, a Cache, a Selector or an InvoiceUsage, which questions share with checks.
func ForCheck(ctx context.Context) context.Context { return context.WithValue(ctx, checkKey{}, true) }

// IsForCheck reports whether ForCheck marked the context.
func IsForCheck(ctx context.Context) bool { return ctx.Value(checkKey{}) != nil }

type laterKey struct{}

// ForLater marks what is read under the context as what nobody waits for, which has few slots, of its own.
func ForLater(ctx context.Context) context.Context { return context.WithValue(ctx, laterKey{}, true) }

// IsForLater reports whether ForLater marked the context.
func IsForLater(ctx context.Context) bool { return ctx.Value(laterKey{}) != nil }

// Likewise marks ctx as asker is marked.
func Likewise(ctx, asker context.Context) context.Context {
	switch {
	case IsForCheck(asker):
		return ForCheck(ctx)
	case IsForLater(asker):
		return ForLater(ctx)
	}
	return ctx
}
