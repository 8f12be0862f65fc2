package store

import (
	"context"
	"fmt"
	"time"

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
			Used: d.Used, Limit: d.Limit, Low: d.Low, Expected: d.Expected, High: d.High,
			Deviation: d.Deviation, Method: string(d.Method), Version: d.Version,
		}
	}
	return firstError(w.SaveForecast(ctx, rows).Exec)
}

// ForecastsOn returns the last forecast of every budget of the month made by the end of a day, by rule and instance.
func (s *Store) ForecastsOn(ctx context.Context, month billing.Month, day time.Time) ([]alerts.ForecastDay, error) {
	on := query.ForecastsOnParams{Month: monthText(month), Day: day.UTC().Format(time.DateOnly)}
	return list(ctx, fmt.Sprintf("read the forecasts of %s", on.Day), s.queries.ForecastsOn, on, readForecast)
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
			day := alerts.ForecastDay{BudgetID: id, Expected: row.Expected, Deviation: row.Deviation, Method: forecast.Method(row.Method)}
			if past, ok := day.ForecastError(row.Final); ok {
				pastErrors[id.BudgetName()] = append(pastErrors[id.BudgetName()], past)
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
	day, err := time.Parse(time.DateOnly, row.Day)
	if err != nil {
		return alerts.ForecastDay{}, fmt.Errorf("%s: %w", id, err)
	}
	return alerts.ForecastDay{
		BudgetID: id, Day: day, Used: row.Used, Limit: row.Limit, Low: row.Low, Expected: row.Expected, High: row.High,
		Deviation: row.Deviation, Method: forecast.Method(row.Method), Version: row.Version,
	}, nil
}
