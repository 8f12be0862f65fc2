package store

import (
	"context"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// broadcastAbove returns the id of the newer broadcast reply to the same parent message that covers this one; empty if there is none.
func broadcastAbove(ctx context.Context, w *engine.Work, d alerts.Delivery) (string, error) {
	above, err := w.BroadcastAbove(ctx, query.BroadcastAboveParams{
		RootID: d.ParentID, Revision: d.Revision, CreatedAt: millis(d.CreatedAt), ID: d.ID,
	})
	if err != nil {
		return "", fmt.Errorf("look for what is newer: %w", err)
	}
	return above, nil
}

// giveBack finds another delivery that covers what a dropped one was to report. If there is none, it deletes the alert,
// which no one has read, so that the next check decides again.
func giveBack(ctx context.Context, w *engine.Work, d alerts.Delivery) error {
	if d.Kind == alerts.DeliverBroadcast {
		above, err := broadcastAbove(ctx, w, d)
		if err != nil {
			return err
		}
		if above != "" {
			return w.RepointAlerts(ctx, query.RepointAlertsParams{Other: above, ID: d.ID})
		}
	}
	budgets, err := w.BudgetsPostedBy(ctx, d.ID)
	if err != nil || len(budgets) == 0 {
		return err
	}
	if err := w.ForgetAlerts(ctx, d.ID); err != nil {
		return fmt.Errorf("forget what was not posted: %w", err)
	}
	for _, b := range budgets {
		if err := w.LowerBudgetState(ctx, query.LowerBudgetStateParams{Rule: b.Rule, Scope: b.Scope, Month: b.Month, ID: d.ID}); err != nil {
			return fmt.Errorf("lower the state of %s: %w", b.Rule, err)
		}
	}
	return nil
}
