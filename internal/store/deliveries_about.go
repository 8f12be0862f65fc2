package store

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/internal/store/query"
)

// DeliveriesAbout returns what was or is to be said of a budget alone, the newest first, at most so many; all where most is 0.
func (s *Store) DeliveriesAbout(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.Delivery, error) {
	return ask(ctx, fmt.Sprintf("read deliveries about %s", id), func(ctx context.Context) ([]alerts.Delivery, error) {
		rows, err := s.queries.DeliveriesAbout(ctx, query.DeliveriesAboutParams{
			Rule: id.Rule, Scope: id.Instance, Month: monthText(id.Month), Most: rowLimit(most),
		})
		return readAll(rows, readKept, err)
	})
}
