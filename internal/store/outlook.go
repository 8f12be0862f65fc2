package store

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

func recordOutlooks(ctx context.Context, w *engine.Work, days []alerts.OutlookDay) error {
	rows := make([]query.SaveOutlookParams, len(days))
	for i, d := range days {
		rows[i] = query.SaveOutlookParams{
			Rule: d.Rule, Scope: d.Scope, Month: monthText(d.Month), Day: d.Day.UTC().Format(time.DateOnly),
			Used: d.Used.String(), Limit: d.Limit.String(), Low: d.Low.String(), Expected: d.Expected.String(), High: d.High.String(),
			Deviation: d.Deviation, Method: string(d.Method), Version: d.Version,
		}
	}
	return firstError(w.SaveOutlook(ctx, rows).Exec)
}

// Outlooks returns what was foreseen of the budget on the days of its month, in order.
func (s *Store) Outlooks(ctx context.Context, id alerts.BudgetID) ([]alerts.OutlookDay, error) {
	return ask(ctx, fmt.Sprintf("read outlooks of %s", id), func(ctx context.Context) ([]alerts.OutlookDay, error) {
		rows, err := s.queries.Outlooks(ctx, query.OutlooksParams{Month: monthText(id.Month), Rule: id.Rule, Scope: id.Scope})
		return readAll(rows, readOutlook, err)
	})
}

// LatestOutlooks returns what was foreseen last of every budget of the month, by rule and scope.
func (s *Store) LatestOutlooks(ctx context.Context, month billing.Month) ([]alerts.OutlookDay, error) {
	return ask(ctx, fmt.Sprintf("read the latest outlooks of %s", month), func(ctx context.Context) ([]alerts.OutlookDay, error) {
		rows, err := s.queries.LatestOutlooks(ctx, monthText(month))
		return readAll(rows, readOutlook, err)
	})
}

// Misses returns how far the outlooks of closed months were off, as check.Ledger says.
func (s *Store) Misses(ctx context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.Miss, error) {
	return ask(ctx, "read how far forecasts were off", func(ctx context.Context) (map[alerts.BudgetName][]forecast.Miss, error) {
		rows, err := s.queries.ClosedOutlooks(ctx, monthText(since))
		misses := map[alerts.BudgetName][]forecast.Miss{}
		for _, row := range rows {
			id, err := readBudget(row.Rule, row.Scope, row.Month)
			if err != nil {
				return nil, err
			}
			expected, final, err := readDecimals(row.Expected, row.Final)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			day := alerts.OutlookDay{BudgetID: id, Expected: expected, Deviation: row.Deviation, Method: forecast.Method(row.Method)}
			if miss, ok := day.Miss(final); ok {
				misses[id.BudgetName()] = append(misses[id.BudgetName()], miss)
			}
		}
		return misses, err
	})
}

func readOutlook(row query.Outlook) (alerts.OutlookDay, error) {
	id, err := readBudget(row.Rule, row.Scope, row.Month)
	if err != nil {
		return alerts.OutlookDay{}, err
	}
	day := alerts.OutlookDay{BudgetID: id, Deviation: row.Deviation, Method: forecast.Method(row.Method), Version: row.Version}
	if day.Day, err = time.Parse(time.DateOnly, row.Day); err != nil {
		return day, fmt.Errorf("%s: %w", id, err)
	}
	for _, figure := range []struct {
		into *decimal.Decimal
		text string
	}{
		{&day.Used, row.Used}, {&day.Limit, row.Limit}, {&day.Low, row.Low}, {&day.Expected, row.Expected}, {&day.High, row.High},
	} {
		if *figure.into, err = decimal.NewFromString(figure.text); err != nil {
			return day, fmt.Errorf("%s: %w", id, err)
		}
	}
	return day, nil
}
