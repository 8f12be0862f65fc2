package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/store/engine"
)

// ask runs a statement outside any transaction; doing describes it in errors.
func ask[V any](ctx context.Context, doing string, do func(context.Context) (V, error)) (V, error) {
	ctx, cancel := context.WithTimeout(ctx, engine.StatementTimeout)
	defer cancel()
	v, err := do(ctx)
	if err != nil {
		return v, fmt.Errorf("%s: %w", doing, err)
	}
	return v, nil
}

// run runs a statement without a result outside any transaction.
func run[P any](ctx context.Context, doing string, do func(context.Context, P) error, params P) error {
	_, err := ask(ctx, doing, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx, params) })
	return err
}

// list runs a query outside any transaction and reads its rows.
func list[P, R, V any](
	ctx context.Context, doing string, do func(context.Context, P) ([]R, error), params P, read func(R) (V, error),
) ([]V, error) {
	return ask(ctx, doing, func(ctx context.Context) ([]V, error) {
		rows, err := do(ctx, params)
		if err != nil {
			return nil, err
		}
		values := make([]V, len(rows))
		for i, row := range rows {
			if values[i], err = read(row); err != nil {
				return nil, err
			}
		}
		return values, nil
	})
}

// millis is an instant as a column holds it: unix milliseconds, 0 for the zero Time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func instant(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// monthText is a month as a column holds it: empty for the zero Month.
func monthText(m billing.Month) string {
	text, _ := m.MarshalText() // which never fails
	return string(text)
}

func readBudget(rule, instance, month string) (alerts.BudgetID, error) {
	id := alerts.BudgetID{Rule: rule, Instance: instance}
	err := id.Month.UnmarshalText([]byte(month))
	return id, err
}

// firstError runs a generated batch to its end and returns the error of its first failed statement.
func firstError(run func(func(int, error))) error {
	var first error
	run(func(_ int, err error) { first = cmp.Or(first, err) })
	return first
}

// firstConflict runs a generated batch. A statement that writes no row has met a concurrent change.
func firstConflict[V any](run func(func(int, V, error))) error {
	var first error
	run(func(_ int, _ V, err error) { first = cmp.Or(first, err) })
	if errors.Is(first, sql.ErrNoRows) {
		return alerts.ErrConflict
	}
	return first
}
