package store

import (
	"context"
	"encoding/json"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/store/query"
)

// KeepEstimate keeps an estimate in place of older ones of its month.
func (s *Store) KeepEstimate(ctx context.Context, estimate billing.Bill) error {
	body, err := json.Marshal(estimate)
	if err != nil {
		return fmt.Errorf("write the estimate of %s: %w", estimate.Month, err)
	}
	row := query.KeepEstimateParams{Month: monthText(estimate.Month), AsOf: millis(estimate.AsOf), Body: string(body)}
	return run(ctx, fmt.Sprintf("keep the estimate of %s", estimate.Month), s.queries.KeepEstimate, row)
}

// LastEstimate returns the newest stored estimate of the month, or nil if there is none.
func (s *Store) LastEstimate(ctx context.Context, month billing.Month) (*billing.Bill, error) {
	return ask(ctx, fmt.Sprintf("read the estimate of %s", month), func(ctx context.Context) (*billing.Bill, error) {
		body, err := s.queries.EstimateOf(ctx, monthText(month))
		if err != nil || body == "" {
			return nil, err
		}
		var bill billing.Bill
		return &bill, json.Unmarshal([]byte(body), &bill)
	})
}

// Closes returns the deliveries about the ends of the months since one, and about their invoices, oldest first.
func (s *Store) Closes(ctx context.Context, since billing.Month) ([]alerts.Delivery, error) {
	return list(ctx, fmt.Sprintf("read the closes since %s", since), s.queries.Closes, monthText(since), readKept)
}
