package store

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// SeenServices returns which services were seen in the month and those after it, and when each was looked through to the end.
func (s *Store) SeenServices(ctx context.Context, since billing.Month) ([]alerts.SeenService, map[billing.Month]time.Time, error) {
	doing := fmt.Sprintf("read the services seen since %s", since)
	months, err := ask(ctx, doing, func(ctx context.Context) ([]query.ServiceMonth, error) {
		return s.queries.SeenMonths(ctx, monthText(since))
	})
	if err != nil {
		return nil, nil, err
	}
	whole := map[billing.Month]time.Time{}
	for _, row := range months {
		var month billing.Month
		if err := month.UnmarshalText([]byte(row.Month)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", doing, err)
		}
		whole[month] = instant(row.SeenAt)
	}
	seen, err := list(ctx, doing, s.queries.SeenServices, monthText(since), readSeen)
	return seen, whole, err
}

func readSeen(row query.ServiceSeen) (alerts.SeenService, error) {
	seen := alerts.SeenService{Product: row.Product, ID: row.ServiceID, Name: row.Name, Share: row.Share}
	return seen, seen.Month.UnmarshalText([]byte(row.Month))
}

// RecordServices keeps what was seen of a month in one transaction, in place of what was kept of it.
func (s *Store) RecordServices(ctx context.Context, month billing.Month, at time.Time, seen []alerts.SeenService) error {
	rows := make([]query.InsertSeenParams, len(seen))
	for i, service := range seen {
		rows[i] = query.InsertSeenParams{
			Month: monthText(month), Product: service.Product, ServiceID: service.ID, Name: service.Name, Share: service.Share,
		}
	}
	return s.engine.Transact(ctx, fmt.Sprintf("record the services of %s", month), func(ctx context.Context, w *engine.Work) error {
		if err := w.ForgetSeen(ctx, monthText(month)); err != nil {
			return err
		}
		if err := firstError(w.InsertSeen(ctx, rows).Exec); err != nil {
			return err
		}
		return w.SaveSeenMonth(ctx, query.SaveSeenMonthParams{Month: monthText(month), SeenAt: millis(at)})
	})
}
