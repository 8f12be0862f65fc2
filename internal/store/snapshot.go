package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// usageOn returns the month's rows as they were in the newest read of the day that ends at until, or that contains it,
// and the latest instant up to which one of them counts. It reports false if no read of that day is kept. Rows that
// Fastly had not updated by then are included; rows without a date from Fastly are not.
func (s *Store) usageOn(ctx context.Context, month billing.Month, until time.Time) (rows []billing.Usage, countedTo time.Time, found bool, err error) {
	doing := fmt.Sprintf("read usage of %s as of %s", month, dayBefore(until))
	rows, err = ask(ctx, doing, func(ctx context.Context) ([]billing.Usage, error) {
		stored, err := s.queries.UsageOn(ctx, query.UsageOnParams{Month: monthText(month), Day: dayBefore(until)})
		return readAll(stored, readUsage, err)
	})
	for _, row := range rows {
		if row.CountedTo.After(countedTo) {
			countedTo = row.CountedTo
		}
	}
	return rows, countedTo, len(rows) > 0, err
}

// Prior returns the month as it was recorded when it counted to the instant, with which a running month is compared: Fastly keeps only how
// a month ended.
func (s *Store) Prior(ctx context.Context, month billing.Month, at time.Time) (report.Prior, error) {
	rows, countedTo, found, err := s.usageOn(ctx, month, at)
	if err != nil {
		return report.Prior{}, err
	}
	since, _, err := s.watchingSince(ctx)
	if err != nil || !found {
		return report.Prior{WatchingSince: since}, err
	}
	return report.Prior{Rows: rows, CountedTo: countedTo, WatchingSince: since}, nil
}

// LatestUsage returns the month's rows as they were read last, and when that was. It reports false where none are kept.
func (s *Store) LatestUsage(ctx context.Context, month billing.Month) (rows []billing.Usage, readAt time.Time, found bool, err error) {
	stored, err := ask(ctx, fmt.Sprintf("read the latest usage of %s", month), func(ctx context.Context) ([]query.Snapshot, error) {
		return s.queries.LatestUsage(ctx, monthText(month))
	})
	if err != nil || len(stored) == 0 {
		return nil, time.Time{}, false, err
	}
	rows, err = readAll(stored, readUsage, nil)
	return rows, instant(stored[0].ReadAt), err == nil, err
}

// RecordedSince returns the usage of every recorded day of the month and of those after it, in order. Rows that Fastly
// did not date belong to no day and are left out.
func (s *Store) RecordedSince(ctx context.Context, month billing.Month) ([]alerts.RecordedUsage, error) {
	return ask(ctx, fmt.Sprintf("read the days recorded since %s", month), func(ctx context.Context) ([]alerts.RecordedUsage, error) {
		stored, err := s.queries.RecordedSince(ctx, monthText(month))
		return readAll(stored, readRecorded, err)
	})
}

func readRecorded(row query.Snapshot) (alerts.RecordedUsage, error) {
	usage, err := readUsage(row)
	if err != nil {
		return alerts.RecordedUsage{}, err
	}
	day, err := time.Parse(time.DateOnly, row.Day)
	return alerts.RecordedUsage{Usage: usage, Day: day}, err
}

// watchingSince returns when the earliest usage that is kept was read. It reports false where none is.
func (s *Store) watchingSince(ctx context.Context) (time.Time, bool, error) {
	first, err := ask(ctx, "read since when usage is kept", s.queries.FirstRead)
	return instant(first), first != 0, err
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
			Unit: u.Unit, Quantity: u.Quantity.String(), Raw: pgtype.Text{String: u.Raw.Decimal.String(), Valid: u.Raw.Valid},
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
	}
	if err := u.Month.UnmarshalText([]byte(row.Month)); err != nil {
		return u, err
	}
	var err error
	if u.Quantity, err = decimal.NewFromString(row.Quantity); err != nil {
		return u, fmt.Errorf("%s %s: %w", row.Product, row.UsageType, err)
	}
	if !row.Raw.Valid {
		return u, nil
	}
	raw, err := decimal.NewFromString(row.Raw.String)
	if err != nil {
		return u, fmt.Errorf("%s %s: %w", row.Product, row.UsageType, err)
	}
	u.Raw = decimal.NewNullDecimal(raw)
	return u, nil
}
