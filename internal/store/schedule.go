package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// clockSkew is by how much the clocks of two replicas may differ. A due time further ahead than the next one and this was
// set when the interval was longer, and does not count.
const clockSkew = time.Minute

// DueAt returns when a task is due, in business time. One that is not known yet is noted to be due at next. That is also what one
// is whose time lies further ahead, since it was set by a clock that has been put back since.
func (s *Store) DueAt(ctx context.Context, task string, next time.Time) (time.Time, error) {
	s.FileTrouble() // for the log, also where no request asks /readyz
	return ask(ctx, "look when "+task+" is due", func(ctx context.Context) (time.Time, error) {
		row, err := s.queries.ScheduleOf(ctx, task)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			err = s.queries.InsertSchedule(ctx, query.InsertScheduleParams{Name: task, DueAt: millis(next)})
			return next, err
		case err == nil && row.DueAt > millis(next.Add(clockSkew)):
			err = s.queries.Advance(ctx, query.AdvanceParams{Name: task, DueAt: millis(next)})
			return next, err
		}
		return instant(row.DueAt), err
	})
}

// Claim takes a task that is due at now for owner, as check.Tasks requires. now and next are business time, lease is wall time.
func (s *Store) Claim(ctx context.Context, task, owner string, now, next time.Time, lease time.Duration) (bool, error) {
	return ask(ctx, "claim "+task, func(ctx context.Context) (bool, error) {
		wall, err := s.leaseClock(ctx)
		if err != nil {
			return false, err
		}
		claimed, err := s.queries.Claim(ctx, query.ClaimParams{
			Name:       task,
			Holder:     owner,
			LeaseUntil: millis(wall.Add(lease)),
			NextAt:     millis(next),
			Now:        millis(now),
			TooLate:    millis(next.Add(clockSkew)),
			Wall:       millis(wall),
			Rules:      s.joined(),
		})
		if err == nil && claimed == 0 {
			var isOld bool
			if _, isOld, err = s.CurrentRules(ctx); isOld {
				err = alerts.ErrOldRules
			}
		}
		return claimed > 0, err
	})
}

// Release gives a claim back without an outcome: the task is still due.
func (s *Store) Release(ctx context.Context, task, owner string) error {
	return run(ctx, "release "+task, s.queries.Release, query.ReleaseParams{Name: task, Holder: owner})
}

// Finish records how a claimed task ended, and stores and queues its deliveries, in one transaction, as check.Tasks
// requires. If the claim had expired and another process took it, it writes nothing and returns alerts.ErrConflict.
func (s *Store) Finish(ctx context.Context, end alerts.Finished) error {
	return s.engine.Transact(ctx, "finish "+end.Task, func(ctx context.Context, w *engine.Work) error {
		if len(end.Deliveries) > 0 {
			if err := s.holdRules(ctx, w); err != nil {
				return err
			}
		}
		ended, err := w.EndTask(ctx, query.EndTaskParams{Name: end.Task, Holder: end.Owner, EndedAt: millis(end.At), Failure: end.Failure})
		switch {
		case err != nil:
			return err
		case ended == 0:
			return alerts.ErrConflict
		}
		var unposted []alerts.Delivery
		for _, d := range end.Deliveries {
			_, err := w.Delivery(ctx, d.ID)
			switch {
			case errors.Is(err, sql.ErrNoRows):
				unposted = append(unposted, d)
			case err != nil:
				return fmt.Errorf("look for delivery %s: %w", d.ID, err)
			}
		}
		return post(ctx, w, unposted)
	})
}
