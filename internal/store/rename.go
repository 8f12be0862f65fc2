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
	var standings []query.RenameStandingsParams
	for _, was := range slices.Sorted(maps.Keys(names)) {
		standings = append(standings, query.RenameStandingsParams{Rule: names[was], Was: was})
	}
	said := make([]query.RenameAlertsParams, len(standings))
	acts := make([]query.RenameAuditParams, len(standings))
	deliveries := make([]query.RenameDeliveriesParams, len(standings))
	episodes := make([]query.RenameEpisodesParams, len(standings))
	foreseen := make([]query.RenameOutlooksParams, len(standings))
	for i, row := range standings {
		foreseen[i], episodes[i] = query.RenameOutlooksParams(row), query.RenameEpisodesParams(row)
		said[i], acts[i], deliveries[i] = query.RenameAlertsParams(row), query.RenameAuditParams(row), query.RenameDeliveriesParams(row)
	}
	err := s.engine.Transact(ctx, func(ctx context.Context, w *engine.Work) error {
		if err := s.holdRules(ctx, w); err != nil {
			return err
		}
		return errors.Join(
			firstError(w.RenameStandings(ctx, standings).Exec), firstError(w.RenameAlerts(ctx, said).Exec),
			firstError(w.RenameAudit(ctx, acts).Exec), firstError(w.RenameDeliveries(ctx, deliveries).Exec),
			firstError(w.RenameOutlooks(ctx, foreseen).Exec), firstError(w.RenameEpisodes(ctx, episodes).Exec),
		)
	})
	if err != nil {
		return fmt.Errorf("rename rules: %w", err)
	}
	return nil
}
