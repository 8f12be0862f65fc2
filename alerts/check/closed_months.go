package check

import (
	"context"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// past reads the closed months that rules with new or vanished look back at, once a day: they hardly change.
type past struct {
	rows   []billing.Usage
	months billing.Range
	readAt time.Time // in business time
}

const (
	// pastEvery is how often the closed months are read anew.
	pastEvery = 24 * time.Hour
	// pastTimeout bounds reading them, which takes two requests.
	pastTimeout = 10 * time.Second
)

// before returns the rows of the six months before the month, or why they cannot be read.
func (p *past) before(ctx context.Context, source billing.Source, month billing.Month, now time.Time, log *zap.Logger) (rows []billing.Usage, why string) {
	months := billing.Range{First: month.Add(-evaluate.NewMonths), Last: month.Add(-1)}
	if p.months == months && now.Sub(p.readAt).Abs() < pastEvery {
		return p.rows, ""
	}
	ctx, cancel := context.WithTimeout(ctx, pastTimeout)
	defer cancel()
	rows, err := source.Usage(ctx, months)
	if err != nil {
		log.Warn("the months before can't be read", zap.Stringer("months", months), zap.Error(err))
		return nil, "the months before can't be read: " + alerts.CauseOf(err)
	}
	p.rows, p.months, p.readAt = rows, months, now
	return rows, ""
}
