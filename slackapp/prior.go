package slackapp

import (
	"context"
	"fmt"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Snapshots is a consumer contract of Record. It models the usage that checks have recorded day by day; the store keeps it.
type Snapshots interface {
	// UsageOn returns the month's usage as it stood when its newest row counted to the day of until, and up to when that one
	// counts; found is false where that day was not recorded.
	UsageOn(ctx context.Context, month billing.Month, until time.Time) (rows []billing.Usage, countedTo time.Time, found bool, err error)
	// WatchingSince returns when recording began; found is false where nothing is recorded yet.
	WatchingSince(ctx context.Context) (since time.Time, found bool, err error)
}

// Record is the bot's own record of months while they ran, with which a month that runs is compared: Fastly keeps only how
// a month ended.
type Record struct{ Snapshots Snapshots }

var _ report.PriorReader = Record{}

// Prior returns the month as it stood when it counted to the instant at, or since when there could be a record of it.
func (r Record) Prior(ctx context.Context, month billing.Month, at time.Time) (report.Prior, error) {
	rows, countedTo, found, err := r.Snapshots.UsageOn(ctx, month, at)
	if err != nil {
		return report.Prior{}, fmt.Errorf("read the record of %s: %w", month, err)
	}
	since, watching, err := r.Snapshots.WatchingSince(ctx)
	if err != nil {
		return report.Prior{}, fmt.Errorf("read since when there is a record: %w", err)
	}
	prior := report.Prior{}
	if watching {
		prior.WatchingSince = since
	}
	if found {
		prior.Rows, prior.CountedTo = rows, countedTo
	}
	return prior, nil
}
