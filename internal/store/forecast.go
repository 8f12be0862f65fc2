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

func recordForecasts(ctx context.Context, w *engine.Work, days []alerts.ForecastDay) error {
	rows := make([]query.SaveForecastParams, len(days))
	for i, d := range days {
		rows[i] = query.SaveForecastParams{
			Rule: d.Rule, Scope: d.Instance, Month: monthText(d.Month), Day: d.Day.UTC().Format(time.DateOnly),
			Used: d.Used.String(), Limit: d.Limit.String(), Low: d.Low.String(), Expected: d.Expected.String(), High: d.High.String(),
			Deviation: d.Deviation, Method: string(d.Method), Version: d.Version,
		}
	}
	return firstError(w.SaveForecast(ctx, rows).Exec)
}

// Forecasts returns the forecast of the budget on each day of its month, in order.
func (s *Store) Forecasts(ctx context.Context, id alerts.BudgetID) ([]alerts.ForecastDay, error) {
	return ask(ctx, fmt.Sprintf("read forecasts of %s", id), func(ctx context.Context) ([]alerts.ForecastDay, error) {
		rows, err := s.queries.Forecasts(ctx, query.ForecastsParams{Month: monthText(id.Month), Rule: id.Rule, Scope: id.Instance})
		return readAll(rows, readForecast, err)
	})
}

// LatestForecasts returns the last forecast of every budget of the month, by rule and instance.
func (s *Store) LatestForecasts(ctx context.Context, month billing.Month) ([]alerts.ForecastDay, error) {
	return ask(ctx, fmt.Sprintf("read the latest forecasts of %s", month), func(ctx context.Context) ([]alerts.ForecastDay, error) {
		rows, err := s.queries.LatestForecasts(ctx, monthText(month))
		return readAll(rows, readForecast, err)
	})
}

// ForecastErrors returns how far the forecasts of closed months were off, as check.Ledger defines it.
func (s *Store) ForecastErrors(ctx context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error) {
	return ask(ctx, "read how far forecasts were off", func(ctx context.Context) (map[alerts.BudgetName][]forecast.PastError, error) {
		rows, err := s.queries.ClosedForecasts(ctx, monthText(since))
		pastErrors := map[alerts.BudgetName][]forecast.PastError{}
		for _, row := range rows {
			id, err := readBudget(row.Rule, row.Scope, row.Month)
			if err != nil {
				return nil, err
			}
			expected, final, err := readDecimals(row.Expected, row.Final)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", id, err)
			}
			day := alerts.ForecastDay{BudgetID: id, Expected: expected, Deviation: row.Deviation, Method: forecast.Method(row.Method)}
			if miss, ok := day.ForecastError(final); ok {
				pastErrors[id.BudgetName()] = append(pastErrors[id.BudgetName()], miss)
			}
		}
		return pastErrors, err
	})
}

func readForecast(row query.Outlook) (alerts.ForecastDay, error) {
	id, err := readBudget(row.Rule, row.Scope, row.Month)
	if err != nil {
		return alerts.ForecastDay{}, err
	}
	day := alerts.ForecastDay{BudgetID: id, Deviation: row.Deviation, Method: forecast.Method(row.Method), Version: row.Version}
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
