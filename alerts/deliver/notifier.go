package deliver

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
)

// Notifier is a consumer contract of Deliverer. It posts a Delivery to a channel; webapi.Notifier implements it.
type Notifier interface {
	// Notify carries out one delivery. parent is the receipt of the message that a broadcast or update refers to, else empty. The error is a
	// *RetryLater, a *BrokenRoute, a *ThreadRefused, a *UnknownOutcome or ErrParentGone; anything else counts as an unknown outcome.
	Notify(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error)
	// Find searches the channel for a message that carries the delivery's mark, or its id if it has no mark, to settle an attempt whose
	// outcome is unknown. It returns false if there is none, and an error if it cannot tell.
	Find(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error)
}

// RetryLater is returned when Slack asks us to wait.
type RetryLater struct {
	After time.Duration
	Err   error
}

func (e *RetryLater) Error() string { return fmt.Sprintf("asked to wait %s: %v", e.After, e.Err) }

func (e *RetryLater) Unwrap() error { return e.Err }

// BrokenRoute is returned when a channel refuses us until a person fixes it. Reason is Slack's error code.
type BrokenRoute struct {
	Channel string
	Reason  string
}

func (e *BrokenRoute) Error() string { return fmt.Sprintf("channel %s: %s", e.Channel, e.Reason) }
