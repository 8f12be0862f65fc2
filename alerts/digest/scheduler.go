package digest

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/check"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Schedule is a consumer contract of Digester. It knows which tasks are due by the calendar; the store implements it.
type Schedule interface {
	check.Tasks
	// DueAt returns when a task is due. It records a new task as due at next.
	DueAt(ctx context.Context, task string, next time.Time) (time.Time, error)
}

// composer is a consumer contract of Digester. It makes the values of a digest; Composer implements it.
type composer interface {
	// Compose returns what the digest that was due at an instant shows at now. Along with an error it may return the parts that
	// could be read.
	Compose(ctx context.Context, d rules.Digest, due, now time.Time) (*alerts.Bulletin, error)
	// Statement returns what Fastly billed for a month that is over, as far as it is known at now; nil if the account has no bills.
	Statement(ctx context.Context, month billing.Month, now time.Time) (*alerts.Statement, error)
}

// Digester posts digests when they are due.
type Digester struct {
	Schedule Schedule
	Composer composer
	// Books and Bills are for invoices that come after a month's end; nil if nobody looks for them.
	Books Books
	Bills billing.BillSource
	Rules func() *rules.Rules
	// Owner names this process among replicas.
	Owner string
	// Now is business time.
	Now func() time.Time
	// Poll is how often the schedule is read, in wall time.
	Poll time.Duration
	Log  *zap.Logger

	tried map[string]time.Time // when each waiting task was first tried
}

// How long the parts of a digest may take.
const (
	digestLease    = 60 * time.Second // wall time; another replica takes over after that
	composeTimeout = 40 * time.Second // wall time, for everything that is read
	// incompleteAfter is how long a digest waits for what cannot be read, in business time. After that it lists what is missing.
	incompleteAfter = time.Hour
)

// Run posts what is due until ctx ends.
func (g *Digester) Run(ctx context.Context) {
	loop := check.Loop{What: "digest", Poll: g.Poll, Log: g.Log}
	loop.Run(ctx, func(ctx context.Context) (worked bool, err error) {
		posted, err := g.RunOnce(ctx, g.Now())
		if posted > 0 {
			g.Log.Info("digests posted", zap.Int("digests", posted))
		}
		return true, err
	})
}

// RunOnce posts every digest that is due at now and that no other process has claimed, and returns how many it posted. One that fails
// does not stop the others.
func (g *Digester) RunOnce(ctx context.Context, now time.Time) (posted int, err error) {
	rules := g.Rules()
	var errs []error
	for _, d := range rules.Appointments() {
		done, err := g.turn(ctx, d, rules.Zone, now)
		if err != nil {
			errs = append(errs, fmt.Errorf("digest %s: %w", d.Name, err))
		}
		if done {
			posted++
		}
	}
	replies, err := g.watch(ctx, now)
	return posted + replies, errors.Join(append(errs, err)...)
}

// turn posts one digest, if it is due.
func (g *Digester) turn(ctx context.Context, d rules.Digest, zone *time.Location, now time.Time) (posted bool, err error) {
	var failed error
	err = g.take(ctx, d.Task(zone), d.Next(now, zone), now, func(ctx context.Context, due time.Time) *alerts.Finished {
		due = d.Latest(due, now, zone)
		var bulletin *alerts.Bulletin
		bulletin, failed = g.compose(ctx, d, due, now)
		if bulletin == nil || (failed != nil || bulletin.IsLate) && g.waits(d.Task(zone), now) {
			return nil
		}
		delete(g.tried, d.Task(zone))
		posted = true
		return &alerts.Finished{Deliveries: digestDeliveries(d, bulletin, due, now)}
	})
	return posted, errors.Join(failed, err)
}

// take claims a task if it is due and free, and does it.
func (g *Digester) take(ctx context.Context, task string, next, now time.Time, do func(ctx context.Context, due time.Time) *alerts.Finished) error {
	due, err := g.Schedule.DueAt(ctx, task, next)
	if err != nil || due.After(now) {
		return err
	}
	claim := check.Claim{Task: task, Owner: g.Owner, Now: now, Next: next, Lease: digestLease}
	_, err = claim.Do(ctx, g.Schedule, func(ctx context.Context) *alerts.Finished { return do(ctx, due) })
	return err
}

// waits reports whether an incomplete bulletin may still become complete.
func (g *Digester) waits(task string, now time.Time) bool {
	if g.tried == nil {
		g.tried = map[string]time.Time{}
	}
	if _, before := g.tried[task]; !before {
		g.tried[task] = now
	}
	return now.Before(g.tried[task].Add(incompleteAfter))
}

// compose makes the values, with a panic on the way turned into a failure.
func (g *Digester) compose(ctx context.Context, d rules.Digest, due, now time.Time) (bulletin *alerts.Bulletin, err error) {
	ctx, cancel := context.WithTimeout(ctx, composeTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			bulletin, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return g.Composer.Compose(ctx, d, due, now)
}

// digestDeliveries are the messages of the bulletin. Their ids are unique to one time of one digest.
func digestDeliveries(d rules.Digest, bulletin *alerts.Bulletin, due, now time.Time) []alerts.Delivery {
	posted := alerts.Delivery{
		ID:   fmt.Sprintf("digest %s %s", d.Name, due.UTC().Format("2006-01-02T15:04Z")),
		Kind: alerts.DeliverDigest, Channel: d.Channel, BudgetID: alerts.BudgetID{Month: bulletin.Month},
		Message: alerts.Message{Reason: alerts.ReasonSchedule, Bulletin: bulletin}, State: alerts.DeliveryPending, CreatedAt: now,
	}
	if bulletin.Close != nil {
		posted.ID, posted.Kind = fmt.Sprintf("close %s %s", d.Channel, bulletin.Month), alerts.DeliverClose
	}
	if bulletin.File == nil {
		return []alerts.Delivery{posted}
	}
	file := posted
	file.ID, file.Kind, file.ParentID = posted.ID+" file", alerts.DeliverFile, posted.ID
	file.Message = alerts.Message{Reason: alerts.ReasonSchedule, File: bulletin.File}
	return []alerts.Delivery{posted, file}
}

// watch keeps Fastly's newest estimate, and queues a reply in the thread of a close for each later invoice. It returns the number of
// replies.
func (g *Digester) watch(ctx context.Context, now time.Time) (replies int, err error) {
	if g.Bills == nil || g.Books == nil {
		return 0, nil
	}
	var failed error
	err = g.take(ctx, taskInvoices, now.Add(invoicesEvery), now, func(ctx context.Context, _ time.Time) *alerts.Finished {
		errEstimate := g.keepEstimate(ctx)
		late, errInvoices := g.lateInvoices(ctx, now)
		replies, failed = len(late), errors.Join(errEstimate, errInvoices)
		return &alerts.Finished{Deliveries: late}
	})
	return replies, errors.Join(failed, err)
}
