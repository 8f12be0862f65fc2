package deliver

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
)

// Notifier is a consumer contract of Deliverer. It models saying a Delivery in a channel; webapi.Notifier is one.
type Notifier interface {
	// Notify carries out one delivery. root is the receipt of the message that a rise or refresh refers to, else empty.
	// The error is a *RetryLater, a *BrokenRoute, a *ThreadRefused, a *UnknownOutcome or ErrParentGone; anything else counts as an unknown outcome.
	Notify(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error)
	// Find looks in the channel for a message that carries the delivery's mark, or its id where it has none, to settle an attempt
	// whose outcome is not known. It reports false where there is none, and an error where it cannot tell.
	Find(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error)
}

// RetryLater says that the other side asked for a pause.
type RetryLater struct {
	After time.Duration
	Err   error
}

func (e *RetryLater) Error() string { return fmt.Sprintf("asked to wait %s: %v", e.After, e.Err) }

func (e *RetryLater) Unwrap() error { return e.Err }

// BrokenRoute says that a channel refuses us until a person mends it. Reason is Slack's error code.
type BrokenRoute struct {
	Channel string
	Reason  string
}

func (e *BrokenRoute) Error() string { return fmt.Sprintf("channel %s: %s", e.Channel, e.Reason) }
