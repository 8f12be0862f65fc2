package daily

import (
	"context"
	"time"

	"budgetbot/billing"
)

// Recorded is a row of usage as it was recorded on a day: what its month had used up to the end of that day.
type Recorded struct {
	billing.Usage
	Day time.Time // the UTC day up to whose end the row counts, as its first instant
}

// Record is a consumer contract. It models the usage that is recorded every day.
type Record interface {
	// RecordedSince returns the usage of every recorded day of the month and of those after it, in order.
	RecordedSince(ctx context.Context, month billing.Month) ([]Recorded, error)
}
