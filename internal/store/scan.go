package store

import (
	"cmp"
	"database/sql"
	"errors"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

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
