package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// RenameRules gives what was recorded under a rule's former name to the one that it has now; names are the new ones by the old. What
// was recorded under the new one meanwhile stays, so that a second time changes nothing. It returns alerts.ErrOldRules where others are
// current by now.
func (s *Store) RenameRules(ctx context.Context, names map[string]string) error {
	if len(names) == 0 {
		return nil
	}
	var states []query.RenameBudgetStatesParams
	for _, was := range slices.Sorted(maps.Keys(names)) {
		states = append(states, query.RenameBudgetStatesParams{Rule: names[was], Was: was})
	}
	said := make([]query.RenameAlertsParams, len(states))
	acts := make([]query.RenameAuditParams, len(states))
	deliveries := make([]query.RenameDeliveriesParams, len(states))
	incidents := make([]query.RenameIncidentsParams, len(states))
	forecast := make([]query.RenameForecastsParams, len(states))
	for i, row := range states {
		forecast[i], incidents[i] = query.RenameForecastsParams(row), query.RenameIncidentsParams(row)
		said[i], acts[i], deliveries[i] = query.RenameAlertsParams(row), query.RenameAuditParams(row), query.RenameDeliveriesParams(row)
	}
	err := s.engine.Transact(ctx, func(ctx context.Context, w *engine.Work) error {
		if err := s.holdRules(ctx, w); err != nil {
			return err
		}
		return errors.Join(
			firstError(w.RenameBudgetStates(ctx, states).Exec), firstError(w.RenameAlerts(ctx, said).Exec),
			firstError(w.RenameAudit(ctx, acts).Exec), firstError(w.RenameDeliveries(ctx, deliveries).Exec),
			firstError(w.RenameForecasts(ctx, forecast).Exec), firstError(w.RenameIncidents(ctx, incidents).Exec),
		)
	})
	if err != nil {
		return fmt.Errorf("rename rules: %w", err)
	}
	return nil
}
