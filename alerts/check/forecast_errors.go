package check

import (
	"context"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// errorHistory remembers how far the forecasts of closed months were off. They change only when a month is closed or restated, so that
// it reads them once a day.
type errorHistory struct {
	pastErrors map[alerts.BudgetName][]forecast.PastError
	day        time.Time
}

// read returns the forecast errors by which the month's forecasts are measured. If they cannot be read, ranges have their fixed
// width.
func (b *errorHistory) read(ctx context.Context, ledger Ledger, m billing.Month, now time.Time, log *zap.Logger) map[alerts.BudgetName][]forecast.PastError {
	day := billing.DayOf(now)
	if ledger == nil || b.day.Equal(day) {
		return b.pastErrors
	}
	pastErrors, err := ledger.ForecastErrors(ctx, m.Add(-forecast.MostErrorMonths))
	if err != nil {
		log.Warn("forecasting without past forecast errors", zap.Error(err))
		return b.pastErrors
	}
	b.pastErrors, b.day = pastErrors, day
	return pastErrors
}
