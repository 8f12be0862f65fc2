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
	return s.engine.Transact(ctx, "rename rules", func(ctx context.Context, w *engine.Work) error {
		if err := s.holdRules(ctx, w); err != nil {
			return err
		}
		for _, was := range slices.Sorted(maps.Keys(names)) { // in one order, so that two replicas never wait for each other
			if err := renameRule(ctx, w, query.RenameBudgetStatesParams{Rule: names[was], Was: was}); err != nil {
				return fmt.Errorf("%s to %s: %w", was, names[was], err)
			}
		}
		return nil
	})
}

func renameRule(ctx context.Context, w *engine.Work, names query.RenameBudgetStatesParams) error {
	return errors.Join(
		w.RenameBudgetStates(ctx, names),
		w.RenameAlerts(ctx, query.RenameAlertsParams(names)),
		w.RenameAudit(ctx, query.RenameAuditParams(names)),
		w.RenameDeliveries(ctx, query.RenameDeliveriesParams(names)),
		w.RenameForecasts(ctx, query.RenameForecastsParams(names)),
		w.RenameIncidents(ctx, query.RenameIncidentsParams(names)),
	)
}
