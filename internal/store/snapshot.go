package store

import (
	"context"
	"fmt"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/report"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// Prior returns the month as it was recorded in the newest read of the day that ends at the instant, or that contains it. A running month
// is compared with that, since Fastly keeps only how a month ended. It has no rows if no read of that day is kept. Rows that Fastly had not
// updated by then are included; rows without a date from Fastly are not.
func (s *Store) Prior(ctx context.Context, month billing.Month, at time.Time) (report.Prior, error) {
	on := query.UsageOnParams{Month: monthText(month), Day: dayBefore(at)}
	rows, err := list(ctx, fmt.Sprintf("read usage of %s as of %s", month, on.Day), s.queries.UsageOn, on, readUsage)
	if err != nil {
		return report.Prior{}, err
	}
	first, err := ask(ctx, "read since when usage is kept", s.queries.FirstRead)
	prior := report.Prior{Rows: rows, WatchingSince: instant(first)}
	for _, row := range rows {
		if row.CountedTo.After(prior.CountedTo) {
			prior.CountedTo = row.CountedTo
		}
	}
	return prior, err
}

// LatestUsage returns the month's rows as they were read last, and when that was. It reports false where none are kept.
func (s *Store) LatestUsage(ctx context.Context, month billing.Month) (rows []billing.Usage, readAt time.Time, found bool, err error) {
	read := func(row query.Snapshot) (billing.Usage, error) {
		readAt = instant(row.ReadAt)
		return readUsage(row)
	}
	rows, err = list(ctx, fmt.Sprintf("read the latest usage of %s", month), s.queries.LatestUsage, monthText(month), read)
	return rows, readAt, len(rows) > 0, err
}

// RecordedSince returns the usage of every recorded day of the month and of those after it, in order. Rows that Fastly
// did not date belong to no day and are left out.
func (s *Store) RecordedSince(ctx context.Context, month billing.Month) ([]daily.Recorded, error) {
	return list(ctx, fmt.Sprintf("read the days recorded since %s", month), s.queries.RecordedSince, monthText(month), readRecorded)
}

func readRecorded(row query.Snapshot) (daily.Recorded, error) {
	usage, err := readUsage(row)
	if err != nil {
		return daily.Recorded{}, err
	}
	day, err := time.Parse(time.DateOnly, row.Day)
	return daily.Recorded{Usage: usage, Day: day}, err
}

// recordUsage keeps the rows as the day's snapshot of the day up to which each counts. The last read of a day wins.
func recordUsage(ctx context.Context, w *engine.Work, usage []billing.Usage, at time.Time) error {
	rows := make([]query.SaveSnapshotParams, len(usage))
	for i, u := range usage {
		counted := u.CountedTo
		if counted.IsZero() {
			counted = at
		}
		rows[i] = query.SaveSnapshotParams{
			Month: monthText(u.Month), Day: dayBefore(counted), Product: u.Product, UsageType: u.UsageType, Region: u.Region,
			Unit: u.Unit, Quantity: u.Quantity, Raw: u.Raw,
			CountedTo: millis(u.CountedTo), ReadAt: millis(at),
		}
	}
	return firstError(w.SaveSnapshot(ctx, rows).Exec)
}

// dayBefore returns the day of the last moment before t: the day that is complete when usage counts up to midnight.
func dayBefore(t time.Time) string { return t.Add(-1).UTC().Format(time.DateOnly) }

func readUsage(row query.Snapshot) (billing.Usage, error) {
	u := billing.Usage{
		Product: row.Product, UsageType: row.UsageType, Region: row.Region, Unit: row.Unit, CountedTo: instant(row.CountedTo),
		Quantity: row.Quantity, Raw: row.Raw,
	}
	return u, u.Month.UnmarshalText([]byte(row.Month))
}
