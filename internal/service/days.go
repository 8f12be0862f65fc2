package service

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/digest"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/billing/source"
	"budgetbot/internal/store"
)

const (
	// daysPoll is how often it is looked whether days are to be read. The first time is so long after the start, which has more urgent things to do.
	daysPoll = time.Minute
	// daysLease is how long one process may read days before another one may. What it has read by then is kept.
	daysLease = 10 * time.Minute
)

// newKeeper returns what keeps the days.
func (s *Service) newKeeper(owner string, months int) *daily.Keeper {
	return &daily.Keeper{
		Statistics: s.Sources.Fastly, Book: s.Store, Turns: dayTurns{s.Store, owner}, Names: namedServices{s.Sources.Usage}, Months: months,
	}
}

// keepDays reads the days that are over until ctx ends.
func (s *Service) keepDays(ctx context.Context) {
	poll := cmp.Or(s.daysPoll, daysPoll)
	select {
	case <-ctx.Done():
		return
	case <-time.After(poll):
	}
	loop := check.Loop{What: "reading of days", Poll: poll, Log: s.log.Named("days")}
	loop.Run(ctx, func(ctx context.Context) (worked bool, err error) {
		if trouble := s.skew.trouble(); trouble != "" { // a day that is not over might be taken for one
			return false, errors.New(trouble)
		}
		began := time.Now()
		for more := true; more && err == nil && ctx.Err() == nil; {
			var read bool
			read, more, err = s.keeper.RunOnce(ctx, s.now())
			worked = worked || read
		}
		if worked {
			s.log.Named("days").Debug("days read", zap.Duration("took", time.Since(began)))
			debug.FreeOSMemory() // a first reading leaves 40 MB behind that are not needed again
		}
		return worked, err
	})
}

// dayTurns is daily.Turns by the store's schedule.
type dayTurns struct {
	schedule digest.Schedule
	owner    string
}

// Take claims the reading of a kind; it is always due, since the keeper knows from the days what to read.
func (t dayTurns) Take(ctx context.Context, kind daily.Kind, now time.Time, read func(ctx context.Context) error) error {
	task := store.DayTask(kind)
	if _, err := t.schedule.DueAt(ctx, task, now); err != nil {
		return err
	}
	var failed error
	claim := check.Claim{Task: task, Owner: t.owner, Now: now, Next: now, Lease: daysLease}
	_, err := claim.Do(ctx, t.schedule, func(ctx context.Context) *alerts.Finished {
		if failed = read(ctx); failed != nil {
			return &alerts.Finished{Failure: whyNoDays(failed)}
		}
		return &alerts.Finished{}
	})
	return errors.Join(failed, err)
}

// whyNoDays returns in a few words for a person why days cannot be read.
func whyNoDays(err error) string {
	_, isAnswer := errors.AsType[*billing.APIError](err)
	switch {
	case errors.Is(err, billing.ErrForbidden):
		return "the Fastly token may not read statistics"
	case alerts.FailureOf(err).Kind == nil && !isAnswer:
		return "Fastly's statistics can't be read"
	}
	return alerts.CauseOf(err)
}

// namedServices is daily.Names by the usage that is read for questions.
type namedServices struct{ usage *source.Cache }

var errEnough = errors.New("every service has a name")

// NamedServices reads one usage type after another, those first that most services use.
func (n namedServices) NamedServices(ctx context.Context, month billing.Month, page func([]billing.ServiceUsage) (more bool)) error {
	reading, err := n.usage.Read(ctx, billing.One(month))
	if err != nil {
		return err
	}
	var metrics []billing.Metric
	for _, row := range reading.Rows {
		if row.Quantity.IsPositive() && !slices.Contains(metrics, row.Metric()) {
			metrics = append(metrics, row.Metric())
		}
	}
	slices.SortStableFunc(metrics, func(a, b billing.Metric) int { return cmp.Compare(rank(a), rank(b)) })
	for _, metric := range metrics {
		err := n.usage.ServiceUsage(ctx, metric.In(month), func(rows []billing.ServiceUsage) error {
			if !page(rows) {
				return errEnough
			}
			return nil
		})
		switch {
		case errors.Is(err, errEnough):
			return nil
		case err != nil:
			return err
		}
	}
	return nil
}

// rank is less for what more services use.
func rank(metric billing.Metric) int {
	switch {
	case strings.HasSuffix(metric.UsageType, "Requests"):
		return 0
	case strings.HasSuffix(metric.UsageType, "Bandwidth"):
		return 1
	}
	return 2
}
