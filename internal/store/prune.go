package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/store/engine"
)

const (
	// monthsKept is how long alerts, budget states, deliveries and usage are kept: a year and the month to compare it with.
	monthsKept = 13
	// usageByServiceKept is the same for what services used: two years, so that a year can be compared with the one before.
	usageByServiceKept = 25
	// readWithin is for how long a read by service that is being kept may be under way.
	readWithin = time.Hour
)

// Prune deletes what is older than 13 months, days that are older than daily.MonthsKept, usage by service that is older than 25, and claims of envelopes that have long ended. It returns how many rows that were. The
// month it counts from is that of now, in business time, or of the newest figures that Fastly dated, whichever is earlier, and at most one
// month after the one of the last time: a clock that is wrong for a while deletes nothing that a right one would keep.
func (s *Store) Prune(ctx context.Context, now time.Time) (int64, error) {
	var pruned int64
	err := s.engine.Transact(ctx, fmt.Sprintf("delete what is older than %d months", monthsKept), func(ctx context.Context, w *engine.Work) error {
		envelopes, err := w.PruneEnvelopes(ctx, millis(s.now().Add(-envelopeLife)))
		if err != nil {
			return err
		}
		parts, err := w.PruneServiceParts(ctx, millis(s.now().Add(-readWithin)))
		if err != nil {
			return err
		}
		pruned = envelopes + parts
		month, err := pruneFrom(ctx, w, billing.MonthOf(now))
		if err != nil || month.IsZero() {
			return err
		}
		rows, err := pruneMonths(ctx, w, month)
		pruned += rows
		return errors.Join(err, w.SavePrunedTo(ctx, month.String()))
	})
	if err != nil {
		return 0, err
	}
	return pruned, nil
}

// pruneFrom returns the oldest of the 13 months to keep. It returns none if Fastly has dated no figures yet, because
// then no month is known to be old.
func pruneFrom(ctx context.Context, w *engine.Work, month billing.Month) (billing.Month, error) {
	countedTo, err := w.NewestFigures(ctx)
	if err != nil || countedTo == 0 {
		return billing.Month{}, err
	}
	month = earlier(month, billing.MonthOf(instant(countedTo)))
	text, err := w.PrunedTo(ctx)
	var last billing.Month
	if err := errors.Join(err, last.UnmarshalText([]byte(text))); err != nil {
		return billing.Month{}, fmt.Errorf("read the month of the last time: %w", err)
	}
	if last.IsZero() {
		return month, nil
	}
	return earlier(month, last.Add(1)), nil
}

func earlier(a, b billing.Month) billing.Month {
	return slices.MinFunc([]billing.Month{a, b}, billing.Month.Compare)
}

// pruneMonths deletes what is too old in the month.
func pruneMonths(ctx context.Context, w *engine.Work, month billing.Month) (int64, error) {
	oldest, oldestSeen := month.Add(-monthsKept), month.Add(-servicesKept)
	var pruned int64
	var errs []error
	note := func(rows int64, err error) { pruned, errs = pruned+rows, append(errs, err) }
	for _, prune := range []func(context.Context, string) (int64, error){
		w.PruneBudgetStates, w.PruneAlerts, w.PruneAudit, w.PruneForecasts, w.PruneIncidents, w.PruneSnapshots, w.PruneEstimates,
	} {
		note(prune(ctx, oldest.String()))
	}
	note(w.PruneDeliveries(ctx, millis(oldest.Start())))
	note(w.PruneSchedules(ctx, millis(oldest.Start())))
	note(w.PruneEdits(ctx, month.Add(-1).String()))
	note(w.PruneSeen(ctx, oldestSeen.String()))
	note(w.PruneSeenMonths(ctx, oldestSeen.String()))
	oldestDays := month.Add(1 - daily.MonthsKept)
	note(w.PruneTraffic(ctx, oldestDays.String()))
	note(w.PruneTrafficMonths(ctx, oldestDays.String()))
	note(w.PruneServiceNames(ctx, millis(oldestDays.Start())))
	note(w.PruneServiceReads(ctx, month.Add(-usageByServiceKept).String()))
	return pruned, errors.Join(errs...)
}

// servicesKept is how many months before the current one the service inventory is kept: a new service is compared with
// six.
const servicesKept = 7
