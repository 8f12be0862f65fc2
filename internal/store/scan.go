package store

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

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
	if m.IsZero() {
		return ""
	}
	return m.String()
}

func readBudget(rule, instance, month string) (alerts.BudgetID, error) {
	id := alerts.BudgetID{Rule: rule, Instance: instance}
	err := id.Month.UnmarshalText([]byte(month))
	return id, err
}

func readDecimals(used, limit string) (decimal.Decimal, decimal.Decimal, error) {
	u, err := decimal.NewFromString(used)
	if err != nil {
		return u, u, fmt.Errorf("used: %w", err)
	}
	l, err := decimal.NewFromString(limit)
	if err != nil {
		return u, l, fmt.Errorf("limit: %w", err)
	}
	return u, l, nil
}

// readAll turns rows into values, unless err says that there are none.
func readAll[R, V any](rows []R, read func(R) (V, error), err error) ([]V, error) {
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
}

// firstError runs a generated batch to its end and returns what its first failed statement said.
func firstError(run func(func(int, error))) error {
	var first error
	run(func(_ int, err error) {
		if first == nil {
			first = err
		}
	})
	return first
}
