package alerts

import (
	"time"

	"budgetbot/billing"
)

// RecordedUsage is a row of usage that the ledger recorded on one day of its month.
type RecordedUsage struct {
	billing.Usage
	Day time.Time // the UTC day up to whose end the row counts, as its first instant
}
