package check

import (
	"context"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// missBook remembers how far the forecasts of closed months were off. They change when a month is closed or restated, so that
// a look a day is enough.
type missBook struct {
	misses map[alerts.BudgetName][]forecast.Miss
	day    time.Time
}

// read returns the misses that forecasts of the month may be measured by. Where they cannot be read, ranges have their fixed
// width.
func (b *missBook) read(ctx context.Context, ledger Ledger, m billing.Month, now time.Time, log *zap.Logger) map[alerts.BudgetName][]forecast.Miss {
	day := now.UTC().Truncate(24 * time.Hour)
	if b.day.Equal(day) {
		return b.misses
	}
	misses, err := ledger.Misses(ctx, m.Add(-forecast.MostMissMonths))
	if err != nil {
		log.Warn("forecasts are made without those of closed months", zap.Error(err))
		return b.misses
	}
	b.misses, b.day = misses, day
	return misses
}
