package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"budgetbot/alerts"
	"budgetbot/internal/store/query"
)

// courier works the queue's jobs: it takes a delivery out of the database, has the handler try it, and writes down what
// became of it.
type courier struct {
	river.WorkerDefaults[deliverArgs]

	engine  engine
	handler Handler // set before the queue starts
	log     *slog.Logger
	now     func() time.Time
	// business is business time, by which deliveries are held back; nil where that is wall time.
	business func() time.Time
	started  time.Time
	tried    sync.Map // ids of deliveries that this process has tried to post
	lost     sync.Map // ids of deliveries whose attempt has ended here without being written down
}

// NextRetry returns when a job that returned an error is tried again.
func (c *courier) NextRetry(job *river.Job[deliverArgs]) time.Time {
	return time.Now().Add(backoff(job.Attempt))
}

// Work makes one attempt. Its outcome is written even where ctx ends meanwhile, since it cannot be asked for again.
func (c *courier) Work(ctx context.Context, job *river.Job[deliverArgs]) error {
	attempt, open, err := c.begin(ctx, job.Args.DeliveryID)
	if held, ok := errors.AsType[*heldBack](err); ok {
		return river.JobSnooze(held.wait)
	}
	if err != nil {
		return c.complain(ctx, fmt.Errorf("begin delivery %s: %w", job.Args.DeliveryID, err))
	}
	if !open {
		return nil
	}
	verdict := c.attempt(ctx, attempt)
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := c.record(recording, job, attempt, verdict); err != nil {
		c.lost.Store(attempt.ID, true)
		return c.complain(ctx, fmt.Errorf("record the outcome of delivery %s: %w", attempt.ID, err))
	}
	switch {
	case !isOpen(verdict.State):
		return nil
	case verdict.Wait > 0:
		return river.JobSnooze(verdict.Wait)
	default:
		return fmt.Errorf("deliver %s: %w", attempt.ID, verdict.Err)
	}
}

// complain logs an error that the queue would keep to itself, and returns it for the queue to try again.
func (c *courier) complain(ctx context.Context, err error) error {
	c.log.WarnContext(ctx, "delivery not recorded", "error", err)
	return err
}

func (c *courier) attempt(ctx context.Context, attempt alerts.Attempt) (verdict alerts.Verdict) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			c.log.ErrorContext(ctx, "delivery panicked", "delivery_id", attempt.ID, "panic", p, "stack", string(debug.Stack()))
			verdict = alerts.Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	return c.handler.Attempt(ctx, attempt)
}

// begin loads the delivery and marks it as unsettled until an outcome is recorded. It reports false where nothing is left
// to do.
func (c *courier) begin(ctx context.Context, id string) (attempt alerts.Attempt, open bool, err error) {
	err = c.engine.transact(ctx, func(ctx context.Context, w *work) error {
		row, err := w.Delivery(ctx, id)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && !isOpen(alerts.DeliveryState(row.State)) {
			return nil
		}
		if err != nil {
			return err
		}
		if wait := c.hold(instant(row.NotBefore)); wait > 0 {
			return &heldBack{wait}
		}
		open = true
		now := time.Now()
		row.LookFirst = row.LookFirst || c.mayBePosted(row)
		row.UnsureAt, row.LookedAt = doubt(row, now)
		if attempt, err = readAttempt(ctx, w, row, now); err != nil {
			return err
		}
		marked, err := w.BeginAttempt(ctx, query.BeginAttemptParams{
			ID: id, Attempts: row.Attempts, BegunAt: millis(now), Dead: c.over(id), UnsureAt: row.UnsureAt, LookedAt: row.LookedAt,
		})
		if err == nil && marked == 0 {
			return errors.New("another attempt is under way")
		}
		return err
	})
	return attempt, open, err
}

// heldBack says that a delivery may not be said yet.
type heldBack struct{ wait time.Duration }

func (e *heldBack) Error() string { return fmt.Sprintf("held back for %s", e.wait) }

// holdTick is how often a delivery that is held back is looked at where business time is not wall time, and may run faster.
const holdTick = time.Second

// hold returns how long a delivery waits that may be said from an instant of business time on.
func (c *courier) hold(notBefore time.Time) time.Duration {
	if c.business == nil {
		return time.Until(notBefore)
	}
	if c.business().Before(notBefore) {
		return holdTick
	}
	return 0
}

// dead is when an attempt that is still under way has begun, if its process is no more.
func (c *courier) dead() int64 { return millis(time.Now().Add(-rescueAfter)) }

// over is when an attempt that the database has as under way has begun, if it is not. Of those whose outcome this process
// could not write down it knows at once.
func (c *courier) over(id string) int64 {
	if _, lost := c.lost.LoadAndDelete(id); lost {
		return millis(time.Now())
	}
	return c.dead()
}

func isOpen(state alerts.DeliveryState) bool {
	return state == alerts.DeliveryPending || state == alerts.DeliveryBroken
}

// mayBePosted reports whether the database may have forgotten an attempt: the delivery is older than this process, so that an earlier one
// may have posted it before the database was put back, or this process has tried it and the row knows nothing of that.
func (c *courier) mayBePosted(row query.Delivery) bool {
	_, tried := c.tried.LoadOrStore(row.ID, true)
	return row.QueuedAt < millis(c.started) || tried && row.Attempts == 0
}

// doubt is since when it is open whether the message was posted, and when it was first looked for: 0 and 0 where nothing is open. An
// attempt that nobody has ended may have posted it whenever it began, be it that it was only to look.
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

func readAttempt(ctx context.Context, w *work, row query.Delivery, now time.Time) (alerts.Attempt, error) {
	delivery, err := readDelivery(row)
	if err != nil {
		return alerts.Attempt{}, err
	}
	delivery.Attempts++
	attempt := alerts.Attempt{Delivery: delivery, LookFirst: row.LookFirst, Due: now.Sub(instant(dueAt(row))), Unsettled: row.Unsettled, Looked: row.LookedAt > 0}
	if row.Unsettled {
		attempt.UnsureFor = now.Sub(instant(row.UnsureAt))
	}
	if attempt.Looked {
		attempt.LookedFor = now.Sub(instant(row.LookedAt))
	}
	if row.RootID == "" {
		return attempt, nil
	}
	root, err := w.Delivery(ctx, row.RootID)
	missing := errors.Is(err, pgx.ErrNoRows)
	if err != nil && !missing {
		return alerts.Attempt{}, fmt.Errorf("read its root: %w", err)
	}
	attempt.Root = receipt(root)
	// What was posted without a receipt, as earlier versions took it, cannot be replied to either.
	attempt.RootGone = missing || root.State == string(alerts.DeliverySent) && root.Ts == ""
	if attempt.Superseded = root.State == string(alerts.DeliveryDropped); attempt.Superseded {
		return attempt, nil // there is nothing to reply to or to edit, and never will be
	}
	if delivery.Kind == alerts.DeliverRise {
		above, err := riseAbove(ctx, w, row.ID, row.RootID, row.Revision, row.CreatedAt)
		attempt.Superseded = above != ""
		return attempt, err
	}
	if delivery.Kind == alerts.DeliverRefresh {
		newer, err := w.NewerOnRoot(ctx, query.NewerOnRootParams{
			RootID: row.RootID, Kind: row.Kind, Revision: row.Revision, CreatedAt: row.CreatedAt, ID: row.ID,
		})
		if err != nil {
			return alerts.Attempt{}, fmt.Errorf("look for what is newer: %w", err)
		}
		attempt.Superseded = newer > 0
	}
	return attempt, nil
}

// dueAt is since when a delivery could have been posted. Rows of earlier versions do not say when they were queued.
func dueAt(row query.Delivery) int64 {
	return max(row.NotBefore, cmp.Or(row.QueuedAt, row.CreatedAt))
}

// record writes what an attempt came to in one transaction, the end of its job included.
func (c *courier) record(ctx context.Context, job *river.Job[deliverArgs], attempt alerts.Attempt, verdict alerts.Verdict) error {
	var news routeNews
	err := c.engine.transact(ctx, func(ctx context.Context, w *work) error {
		changed, err := w.EndAttempt(ctx, outcome(attempt, verdict, time.Now()))
		if err != nil || changed == 0 { // 0: another attempt has sent it meanwhile, which stands
			return err
		}
		switch verdict.State {
		case alerts.DeliverySent:
			if attempt.RootID == "" { // only a message of its own proves that its channel takes messages
				news, err = mendRoute(ctx, w, attempt.Channel)
			}
		case alerts.DeliveryDropped:
			err = giveBack(ctx, w, attempt.Delivery)
		case alerts.DeliveryBroken:
			news, err = c.breakRoute(ctx, w, attempt.Channel, verdict.Err)
		}
		if err == nil && verdict.RootGone {
			err = replaceRoot(ctx, w, attempt.Delivery, verdict.State)
		}
		if err != nil || isOpen(verdict.State) {
			return err
		}
		return w.complete(ctx, job)
	})
	if err != nil {
		return err
	}
	c.report(ctx, attempt.Delivery, verdict, news)
	return nil
}

// replaceRoot gives the budget whose root is gone the message that was said in its stead, or none: the next news is then a root.
func replaceRoot(ctx context.Context, w *work, d alerts.Delivery, state alerts.DeliveryState) error {
	if d.Rule == "" || d.RootID == "" {
		return nil
	}
	next := query.ReplaceRootParams{Rule: d.Rule, Scope: d.Scope, Month: monthText(d.Month), OldRoot: d.RootID}
	if d.Kind == alerts.DeliverRise && state == alerts.DeliverySent {
		next.NewRoot, next.RootChannel = d.ID, d.Channel
	}
	return w.ReplaceRoot(ctx, next)
}

// outcome is the row's part of a verdict. A delivery stays unsettled where the other side may have taken the message and we do not
// know: since this attempt where that is so of it, else since the one before.
func outcome(attempt alerts.Attempt, verdict alerts.Verdict, now time.Time) query.EndAttemptParams {
	end := query.EndAttemptParams{
		ID:        attempt.ID,
		State:     string(verdict.State),
		Unsettled: isOpen(verdict.State) && (verdict.Unsettled || attempt.Unsettled),
		Unsure:    verdict.Unsettled,
		Error:     message(verdict.Err),
		ChannelID: verdict.Receipt.ChannelID,
		Ts:        verdict.Receipt.TS,
		SentAt:    millis(verdict.Receipt.SentAt),
	}
	if verdict.Looked {
		end.LookedAt = millis(now)
	}
	return end
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// routeNews is what an attempt has changed for its channel.
type routeNews int

const (
	routeSame routeNews = iota
	routeBroke
	routeMended
)

func mendRoute(ctx context.Context, w *work, channel string) (routeNews, error) {
	mended, err := w.MendRoute(ctx, channel)
	if err != nil || mended == 0 {
		return routeSame, err
	}
	return routeMended, nil
}

// breakRoute notes that a channel refuses us and, the first time, queues the notice that tells the operators.
func (c *courier) breakRoute(ctx context.Context, w *work, channel string, cause error) (routeNews, error) {
	reason := message(cause)
	if refusal, ok := errors.AsType[*alerts.BrokenRoute](cause); ok {
		reason = refusal.Reason
	}
	now := c.now()
	broken, err := w.BreakRoute(ctx, query.BreakRouteParams{Channel: channel, Reason: reason, Since: millis(now)})
	if err != nil {
		return routeSame, err
	}
	if broken == 0 {
		return routeSame, w.ChangeRoute(ctx, query.ChangeRouteParams{Channel: channel, Reason: reason})
	}
	waiting, err := w.Waiting(ctx, channel)
	if err != nil {
		return routeSame, err
	}
	trouble := alerts.RouteTrouble{Channel: channel, Reason: reason, Since: now, Waiting: int(waiting)}
	return routeBroke, c.notify(ctx, w, trouble)
}

func (c *courier) notify(ctx context.Context, w *work, trouble alerts.RouteTrouble) error {
	notice, wanted := c.handler.Notice(trouble, rand.Text(), trouble.Since)
	if !wanted {
		return nil
	}
	return post(ctx, w, []alerts.Delivery{notice})
}

// report logs what an operator may want to act on, once for as long as it stays the same.
func (c *courier) report(ctx context.Context, d alerts.Delivery, verdict alerts.Verdict, news routeNews) {
	log := c.log.With("delivery_id", d.ID, "channel", d.Channel)
	switch {
	case news == routeMended:
		log.InfoContext(ctx, "route mended")
	case news == routeBroke:
		log.WarnContext(ctx, "route broken", "error", verdict.Err)
	case verdict.Err != nil && message(verdict.Err) != d.Error:
		log.WarnContext(ctx, "delivery waits", "error", verdict.Err, "attempts", d.Attempts)
	}
}
