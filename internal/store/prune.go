package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/billing"
)

// monthsKept is how long alerts, standings, deliveries and usage are kept: a year and the month to compare it with.
const monthsKept = 13

// Prune deletes what is older than 13 months at now, in business time, and claims of envelopes that have long ended. It
// returns how many rows that were.
func (s *Store) Prune(ctx context.Context, now time.Time) (int64, error) {
	oldest := billing.MonthOf(now).Add(-monthsKept)
	var pruned int64
	err := s.engine.transact(ctx, func(ctx context.Context, w *work) error {
		standings, err1 := w.PruneStandings(ctx, oldest.String())
		said, err2 := w.PruneAlerts(ctx, oldest.String())
		acts, err3 := w.PruneAudit(ctx, oldest.String())
		outlooks, err7 := w.PruneOutlooks(ctx, oldest.String())
		episodes, err8 := w.PruneEpisodes(ctx, oldest.String())
		err11 := pruneSeen(ctx, w, billing.MonthOf(now).Add(-servicesKept))
		days, err4 := w.PruneSnapshots(ctx, oldest.String())
		deliveries, err5 := w.PruneDeliveries(ctx, millis(oldest.Start()))
		estimates, err10 := w.PruneEstimates(ctx, oldest.String())
		tasks, err9 := w.PruneSchedules(ctx, millis(oldest.Start()))
		envelopes, err6 := w.PruneEnvelopes(ctx, millis(s.now().Add(-envelopeLife)))
		pruned = standings + said + acts + outlooks + episodes + days + deliveries + estimates + tasks + envelopes
		return errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10, err11)
	})
	if err != nil {
		return 0, fmt.Errorf("delete what is older than %s: %w", oldest, err)
	}
	return pruned, nil
}

// servicesKept is for how many months before the one that runs it is kept which services were seen: what is new is held against six.
const servicesKept = 7

func pruneSeen(ctx context.Context, w *work, oldest billing.Month) error {
	_, err1 := w.PruneSeen(ctx, oldest.String())
	_, err2 := w.PruneSeenMonths(ctx, oldest.String())
	return errors.Join(err1, err2)
}
