package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// How long the parts of an attempt may take. An attempt is taken for a dead replica's when all of them are over; until then a
// busy machine or a slow disk has time to write an outcome down, since one that is not written has to be looked for.
const (
	attemptTimeout = 8 * time.Second  // for the handler
	recordTimeout  = 12 * time.Second // writing down its outcome
	rescueAfter    = 25 * time.Second
)

// taken is a delivery that is to be tried, and the lane that is kept for it until BusyUntil.
type taken struct {
	deliver.Attempt

	lane query.Lane
}

// try makes one attempt in the channel's lane, where one is due. Its outcome is written even where ctx ends meanwhile, since it
// cannot be asked for again. It reports false where it could not, which takes the lane away from everybody until the attempt is
// over for certain.
func (d *dispatcher) try(ctx context.Context, channel string) bool {
	attempt, err := d.begin(ctx, channel)
	if err != nil {
		d.complain(ctx, err)
		return false
	}
	if attempt == nil {
		return true
	}
	verdict := d.attempt(ctx, attempt.Attempt)
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := d.record(recording, *attempt, verdict); err != nil {
		d.complain(ctx, err)
		return false
	}
	return true
}

func (d *dispatcher) complain(ctx context.Context, err error) {
	if ctx.Err() == nil {
		d.store.log.Warn("delivery not recorded", zap.Error(err))
	}
}

func (d *dispatcher) attempt(ctx context.Context, attempt deliver.Attempt) (verdict deliver.Verdict) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			d.store.log.Error("delivery panicked", zap.String("delivery_id", attempt.ID), zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
			verdict = deliver.Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	return d.handler.Attempt(ctx, attempt)
}

// begin takes the channel's lane and marks the first delivery that is due there as unsettled until an outcome is recorded. It returns
// nil where the lane is taken, or nothing in it is due.
func (d *dispatcher) begin(ctx context.Context, channel string) (attempt *taken, err error) {
	err = d.store.engine.Transact(ctx, "begin a delivery to "+channel, func(ctx context.Context, w *engine.Work) error {
		attempt = nil
		now, err := w.Clock(ctx)
		if err != nil {
			return err
		}
		until := millis(now.Add(rescueAfter))
		mine, err := w.TakeLane(ctx, query.TakeLaneParams{Channel: channel, Now: millis(now), Until: until})
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("take its lane: %w", err)
		}
		row, err := w.HeadOfLane(ctx, headOf(mine, now, d.businessAt(now)))
		if errors.Is(err, sql.ErrNoRows) {
			return d.rest(ctx, w, mine, now)
		}
		if err != nil {
			return fmt.Errorf("look for its first delivery: %w", err)
		}
		row.UnsureAt, row.LookedAt = doubt(row, now)
		tried, err := readAttempt(ctx, w, row, now)
		if unreadable, ok := errors.AsType[*unreadableError](err); ok {
			return d.setAside(ctx, w, row, unreadable)
		}
		if err != nil {
			return err
		}
		tried.LookFirst = row.LookFirst || d.mayBePosted(row)
		marked, err := w.BeginAttempt(ctx, query.BeginAttemptParams{
			ID: row.ID, Attempts: row.Attempts, Now: millis(now), Until: until, Dead: millis(now.Add(-rescueAfter)),
			UnsureAt: row.UnsureAt, LookedAt: row.LookedAt,
		})
		if err != nil {
			return fmt.Errorf("mark delivery %s: %w", row.ID, err)
		}
		if marked == 0 { // a replica of the version before has it in hand
			return w.RestLane(ctx, query.RestLaneParams{Channel: channel, DueAt: millis(now.Add(time.Second))})
		}
		attempt = &taken{tried, mine}
		return nil
	})
	return attempt, err
}

func (d *dispatcher) businessAt(now time.Time) time.Time {
	if d.business == nil {
		return now
	}
	return d.business()
}

// rest gives the lane back until something in it is due.
func (d *dispatcher) rest(ctx context.Context, w *engine.Work, mine query.Lane, now time.Time) error {
	due, err := w.NextInLane(ctx, nextOf(mine, now, d.business))
	if err != nil {
		return fmt.Errorf("look when its next delivery is due: %w", err)
	}
	return w.RestLane(ctx, query.RestLaneParams{Channel: mine.Channel, DueAt: due})
}

// setAside removes a delivery that this version cannot read from the queue, so that the ones behind it proceed. Its
// message was not posted, so its alert is given back and the next check decides again.
func (d *dispatcher) setAside(ctx context.Context, w *engine.Work, row query.Delivery, cause *unreadableError) error {
	if err := w.SetAside(ctx, query.SetAsideParams{ID: row.ID, Error: cause.Error()}); err != nil {
		return fmt.Errorf("set delivery %s aside: %w", row.ID, err)
	}
	if err := giveBack(ctx, w, alerts.Delivery{ID: row.ID}); err != nil {
		return fmt.Errorf("give back the alerts of delivery %s: %w", row.ID, err)
	}
	d.store.log.Error("delivery skipped: it cannot be read",
		zap.String("delivery_id", row.ID), zap.String("channel", row.Channel), zap.String("rule", row.Rule), zap.Error(cause))
	w.Touched[row.Channel] = true
	return w.RestLane(ctx, query.RestLaneParams{Channel: row.Channel, DueAt: 0})
}

// mayBePosted reports whether the database may have forgotten an attempt: the delivery is older than this process, so that an earlier one
// may have posted it before the database was put back, or this process has tried it and the row knows nothing of that.
func (d *dispatcher) mayBePosted(row query.Delivery) bool {
	_, tried := d.tried.LoadOrStore(row.ID, true)
	return row.QueuedAt < millis(d.started) || tried && row.Attempts == 0
}

// doubt returns since when it is unknown whether the message was posted, and when it was first looked for; 0 and 0 if
// that is known. An attempt without a recorded end may have posted the message at any time since it began, even if it
// only meant to look.
func doubt(row query.Delivery, now time.Time) (unsureAt, lookedAt int64) {
	switch {
	case !row.Unsettled:
		return 0, 0
	case row.BegunAt > 0:
		return row.BegunAt, 0
	case row.UnsureAt == 0: // a version that did not note it
		return millis(now), 0
	}
	return row.UnsureAt, row.LookedAt
}

func readAttempt(ctx context.Context, w *engine.Work, row query.Delivery, now time.Time) (deliver.Attempt, error) {
	delivery, err := readDelivery(row)
	if err != nil {
		return deliver.Attempt{}, err
	}
	delivery.Attempts++
	attempt := deliver.Attempt{Delivery: delivery, Due: now.Sub(instant(dueAt(row))), Unsettled: row.Unsettled, Looked: row.LookedAt > 0}
	if row.Unsettled {
		attempt.UnsureFor = now.Sub(instant(row.UnsureAt))
	}
	if attempt.Looked {
		attempt.LookedFor = now.Sub(instant(row.LookedAt))
	}
	if row.RootID == "" {
		attempt.Superseded, err = isOver(ctx, w, delivery)
		return attempt, err
	}
	parent, err := w.Delivery(ctx, row.RootID)
	missing := errors.Is(err, sql.ErrNoRows)
	if err != nil && !missing {
		return deliver.Attempt{}, fmt.Errorf("read its parent message: %w", err)
	}
	attempt.Parent = receipt(parent)
	// What was posted without a receipt, as earlier versions took it, cannot be replied to either.
	attempt.ParentGone = missing || parent.State == string(alerts.DeliveryUnreadable) || parent.State == string(alerts.DeliverySent) && parent.Ts == ""
	if attempt.Superseded = parent.State == string(alerts.DeliveryDropped); attempt.Superseded {
		return attempt, nil // there is nothing to reply to or to edit, and never will be
	}
	if delivery.Kind == alerts.DeliverBroadcast {
		above, err := broadcastAbove(ctx, w, delivery)
		attempt.Superseded = above != ""
		return attempt, err
	}
	if delivery.Kind == alerts.DeliverUpdate {
		newer, err := w.NewerOfParent(ctx, query.NewerOfParentParams{
			RootID: row.RootID, Kind: row.Kind, Revision: row.Revision, CreatedAt: row.CreatedAt, ID: row.ID,
		})
		if err != nil {
			return deliver.Attempt{}, fmt.Errorf("look for what is newer: %w", err)
		}
		attempt.Superseded = newer > 0
	}
	return attempt, nil
}

// isOver reports whether a delivery is about a broken route that has been repaired since, even if it broke again: that
// failure has its own delivery.
func isOver(ctx context.Context, w *engine.Work, d alerts.Delivery) (bool, error) {
	trouble := d.Message.Route
	if d.Kind != alerts.DeliverRoute || trouble == nil {
		return false, nil
	}
	n, err := w.CountRoute(ctx, query.CountRouteParams{Channel: trouble.Channel, Since: millis(trouble.Since)})
	if err != nil {
		return false, fmt.Errorf("look whether route %s is still broken: %w", trouble.Channel, err)
	}
	return n == 0, nil
}

// dueAt is since when a delivery could have been posted. Rows of earlier versions have no time at which they were queued.
func dueAt(row query.Delivery) int64 {
	return max(row.NotBefore, cmp.Or(row.QueuedAt, row.CreatedAt))
}
