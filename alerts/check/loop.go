package check

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
)

// Tasks is a consumer contract of Claim. It knows which tasks are due and lets one process at a time take each; the store implements it.
type Tasks interface {
	// Claim takes a task that is due at now for owner, and makes it due again at next. It reports false if the task is not due, or another
	// process has it. A claim that is not finished within lease is free again. Its own owner may claim again at once: it has one claim at a
	// time and knows that it has ended. It returns ErrOldRules if the rules of this process are no longer the current ones.
	Claim(ctx context.Context, task, owner string, now, next time.Time, lease time.Duration) (bool, error)
	// Finish records how the claimed task ended, deliveries included, in one transaction. It returns ErrConflict if another process has
	// the claim by now, and ErrOldRules if there are deliveries and the rules of this process are no longer the current ones.
	Finish(ctx context.Context, end alerts.Finished) error
	// Release gives a claim back: the task is still due.
	Release(ctx context.Context, task, owner string) error
}

// Claim is one try at a task.
type Claim struct {
	Task, Owner string
	Now, Next   time.Time // business time
	Lease       time.Duration
}

// releaseTimeout bounds giving a claim back while the process ends.
const releaseTimeout = 2 * time.Second

// Do claims the task if it is due and free, runs do within the lease, and reports whether it claimed. do returns nil if the task stays
// due. Do also gives the claim back when the lease is over, or other rules are in use by then.
func (c Claim) Do(ctx context.Context, tasks Tasks, do func(ctx context.Context) *alerts.Finished) (claimed bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Lease)
	defer cancel()
	claimed, err = tasks.Claim(ctx, c.Task, c.Owner, c.Now, c.Next, c.Lease)
	if err != nil {
		return false, fmt.Errorf("claim the %s: %w", c.Task, err)
	}
	if !claimed {
		return false, nil
	}
	end := do(ctx)
	if end == nil || ctx.Err() != nil {
		return true, c.release(ctx, tasks)
	}
	end.Task, end.Owner, end.At = c.Task, c.Owner, c.Now
	if err = tasks.Finish(ctx, *end); err != nil {
		err = fmt.Errorf("finish the %s: %w", c.Task, err)
	}
	if errors.Is(err, alerts.ErrOldRules) {
		err = errors.Join(err, c.release(ctx, tasks))
	}
	return true, err
}

func (c Claim) release(ctx context.Context, tasks Tasks) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	if err := tasks.Release(ctx, c.Task, c.Owner); err != nil {
		return fmt.Errorf("release the %s: %w", c.Task, err)
	}
	return nil
}

// Loop runs a task again and again, and logs a failure that lasts once.
type Loop struct {
	What string // what a turn makes, such as "check"
	Poll time.Duration
	Log  *zap.Logger

	failure string // as it was last logged
	idle    bool   // the failed turn found nothing due, so that an idle turn without a failure ends the failure
}

// Run takes a turn at once and at every tick, until ctx ends. A turn under way then finishes, or fails at its deadlines. turn reports
// whether there was anything to do.
func (l *Loop) Run(ctx context.Context, turn func(ctx context.Context) (worked bool, err error)) {
	ticker := time.NewTicker(l.Poll)
	defer ticker.Stop()
	for {
		l.note(turn(ctx))
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// note logs a failure when it is a new one.
func (l *Loop) note(worked bool, err error) {
	switch {
	case errors.Is(err, context.Canceled):
		l.Log.Debug(l.What + " interrupted")
	case errors.Is(err, alerts.ErrOldRules):
		l.Log.Debug("no " + l.What + " is made by older rules") // the checker warns of it
	case err != nil:
		text := digits.ReplaceAllString(err.Error(), "0")
		if text = text[:min(len(text), 80)]; text != l.failure {
			l.failure, l.idle = text, !worked
			l.Log.Error(l.What+" failed", zap.Error(err))
		}
	case worked || l.idle:
		l.failure, l.idle = "", false
	}
}

// digits are left out where two errors of one cause are compared: ports and times differ at every attempt, and often in number.
var digits = regexp.MustCompile(`\d+`)
