package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// taskCheck is the check of usage, whose row is always there. Other tasks get theirs when they are first asked for.
const taskCheck = "check"

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
		case errors.Is(err, pgx.ErrNoRows):
			err = s.queries.InsertSchedule(ctx, query.InsertScheduleParams{Name: task, DueAt: millis(next)})
			return next, err
		case err == nil && row.DueAt > millis(next.Add(clockSkew)):
			err = s.queries.Advance(ctx, query.AdvanceParams{Name: task, DueAt: millis(next)})
			return next, err
		}
		return instant(row.DueAt), err
	})
}

// Claim takes a task that is due at now for owner, as digest.Schedule says. now and next are business time, lease is wall time.
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

// leaseClock is the clock by which claims expire: the database's, which all replicas share.
func (s *Store) leaseClock(ctx context.Context) (time.Time, error) {
	if s.now != nil {
		return s.now(), nil
	}
	return s.engine.Clock(ctx, s.engine)
}

func (s *Store) finish(ctx context.Context, task, owner string, now time.Time, failure string) error {
	_, err := ask(ctx, "finish "+task, func(ctx context.Context) (int64, error) {
		var finished int64
		var err error
		if failure == "" {
			finished, err = s.queries.Succeed(ctx, query.SucceedParams{Name: task, Holder: owner, EndedAt: millis(now)})
		} else {
			finished, err = s.queries.Fail(ctx, query.FailParams{Name: task, Holder: owner, EndedAt: millis(now), Failure: failure})
		}
		return finished, conflictOnNone(finished, err)
	})
	return err
}

// conflictOnNone is alerts.ErrConflict for a claim that had expired and was taken by somebody else.
func conflictOnNone(rows int64, err error) error {
	if err == nil && rows == 0 {
		return alerts.ErrConflict
	}
	return err
}

// Release gives a claim back without an outcome: the task is still due.
func (s *Store) Release(ctx context.Context, task, owner string) error {
	if err := s.queries.Release(ctx, query.ReleaseParams{Name: task, Holder: owner}); err != nil {
		return fmt.Errorf("release %s: %w", task, err)
	}
	return nil
}

// Publish stores and queues what owner's claimed task has to say, and that the task is done, in one transaction. A delivery whose id
// is there already has been said. It returns alerts.ErrConflict, and writes nothing, where the claim had expired and somebody else
// took it.
func (s *Store) Publish(ctx context.Context, task, owner string, now time.Time, deliveries []alerts.Delivery) error {
	err := s.engine.Transact(ctx, func(ctx context.Context, w *engine.Work) error {
		if err := s.holdRules(ctx, w); err != nil {
			return err
		}
		finished, err := w.Succeed(ctx, query.SucceedParams{Name: task, Holder: owner, EndedAt: millis(now)})
		if err := conflictOnNone(finished, err); err != nil {
			return err
		}
		var unsaid []alerts.Delivery
		for _, d := range deliveries {
			_, err := w.Delivery(ctx, d.ID)
			switch {
			case errors.Is(err, pgx.ErrNoRows):
				unsaid = append(unsaid, d)
			case err != nil:
				return fmt.Errorf("look for delivery %s: %w", d.ID, err)
			}
		}
		return post(ctx, w, unsaid)
	})
	if err != nil {
		return fmt.Errorf("publish %s: %w", task, err)
	}
	return nil
}
