package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
)

// ErrParentGone says that the root a delivery refers to is no longer in its channel.
var ErrParentGone = errors.New("the parent message is gone")

const (
	// parentWait is the pause before a delivery is tried again that was handed out before its root was posted, which the queue does not do.
	parentWait = 5 * time.Second
	// unknownFor is how long Slack may leave a message's outcome open before its channel counts as one that cannot be posted to, and
	// unknownWait the pause between attempts then.
	unknownFor  = 2 * time.Minute
	unknownWait = time.Minute
	// usualSettleWait is how long Slack has to show a message that it did not acknowledge, before the channel is looked
	// through, usualLookWait the pause before the second look, and blindFor how long a channel that cannot be read keeps it waiting.
	usualSettleWait = 30 * time.Second
	usualLookWait   = 5 * time.Second
	blindFor        = 5 * time.Minute
	// lookTimeout is how long one look may take, so that an attempt has time left to post: a busy channel has many pages.
	lookTimeout = 4 * time.Second
	// usualBrokenWait is the pause before a broken route is tried again.
	usualBrokenWait = 5 * time.Minute
)

// Attempt is one try at a delivery, as the queue hands it out.
type Attempt struct {
	alerts.Delivery
	// Parent is the receipt of the message that a rise or refresh refers to; empty while that is still on its way.
	Parent alerts.Receipt
	// ParentGone tells that no message stands for its root, nor ever will.
	ParentGone bool
	// Due is how long it could have been posted already.
	Due time.Duration
	// Unsettled tells that an earlier attempt ended without an outcome: its process died, or the answer was lost.
	Unsettled bool
	// LookFirst tells that it may have been posted although no attempt is open: the database may have been put back.
	LookFirst bool
	// UnsureFor is how long ago the last of those attempts began. Looked tells that the channel has been looked through since, LookedFor how
	// long ago.
	UnsureFor time.Duration
	Looked    bool
	LookedFor time.Duration
	// Superseded tells that a newer rise or edit of the same root has been recorded, which says more, or that the root itself
	// will never be said. Answers and notes are told in full.
	Superseded bool
}

// Verdict is what an attempt came to, for the queue to record.
type Verdict struct {
	State   alerts.DeliveryState // DeliveryPending is to be tried again
	Receipt alerts.Receipt       // where State is DeliverySent
	// Wait is how long to pause before the next attempt; 0 leaves it to the queue's own backoff.
	Wait time.Duration
	Err  error // why the attempt did not succeed; nil where it did
	// Unsettled tells that it is open whether this attempt has posted the message, Looked that the channel was looked through and does
	// not have it yet.
	Unsettled, Looked bool
	// ParentGone tells that the root it refers to is no longer in its channel. What was sent as a message of its own takes its place.
	ParentGone bool
}

// Deliverer carries out deliveries. The zero value of each field but Notifier is usable.
type Deliverer struct {
	Notifier Notifier
	// Operators is the channel that is told of broken routes; empty tells nobody but the log and readiness.
	Operators func() string
	// BrokenWait is the pause before a broken route is tried again; 5 minutes where 0.
	BrokenWait time.Duration
	// SettleWait and LookWait are the pauses before the first and the second look for a message that may have been posted; 30 s and 5 s
	// where 0.
	SettleWait, LookWait time.Duration
}

// Attempt makes one try. It never returns without a verdict that can be recorded.
func (d *Deliverer) Attempt(ctx context.Context, a Attempt) Verdict {
	if a.Superseded {
		return Verdict{State: alerts.DeliveryDropped}
	}
	if a.ParentID != "" && a.Parent.TS == "" && !a.ParentGone {
		return Verdict{State: alerts.DeliveryPending, Wait: parentWait, Err: errors.New("its parent message is not posted yet")}
	}
	if a.Unsettled && a.Kind != alerts.DeliverUpdate {
		if verdict, decided := d.settle(ctx, a); decided {
			return verdict
		}
		a.MayRepeat = true
	} else if a.LookFirst && a.Kind != alerts.DeliverUpdate {
		// A precaution: where the channel cannot be read, nothing waits for it.
		if receipt, found, parentGone, err := d.find(ctx, a); err == nil && found {
			return Verdict{State: alerts.DeliverySent, Receipt: receipt, ParentGone: parentGone}
		}
	}
	receipt, err := d.notify(ctx, a)
	_, refused := errors.AsType[*alerts.ThreadRefused](err)
	parentGone := errors.Is(err, ErrParentGone)
	if alone, ok := a.alone(); ok && (parentGone || refused) {
		// The news has to reach the channel without the message above it.
		receipt, err = d.Notifier.Notify(ctx, alone, alerts.Receipt{})
		parentGone = parentGone || a.Kind == alerts.DeliverBroadcast
	}
	verdict := d.judge(a, receipt, err)
	verdict.ParentGone = parentGone
	return verdict
}

// settle finds out what became of an attempt whose outcome is open. It reports false where the message is to be posted again: Slack has
// had the time to show it, and two looks did not find it, or the channel cannot be read.
func (d *Deliverer) settle(ctx context.Context, a Attempt) (Verdict, bool) {
	settleWait, lookWait := cmp.Or(d.SettleWait, usualSettleWait), cmp.Or(d.LookWait, usualLookWait)
	rest := settleWait - a.UnsureFor
	if a.Looked {
		rest = lookWait - a.LookedFor
	}
	if rest > 0 {
		return Verdict{State: alerts.DeliveryPending, Wait: min(rest, settleWait), Err: errUnsure}, true
	}
	receipt, found, parentGone, err := d.find(ctx, a)
	switch {
	case found:
		return Verdict{State: alerts.DeliverySent, Receipt: receipt, ParentGone: parentGone}, true
	case err != nil && !errors.Is(err, ErrParentGone):
		verdict := d.judge(a, alerts.Receipt{}, fmt.Errorf("look for an earlier attempt: %w", err))
		nameless := verdict.Unsettled
		verdict.Unsettled = false // it was only looked for
		return verdict, !nameless || a.UnsureFor < blindFor
	case !a.Looked:
		return Verdict{State: alerts.DeliveryPending, Wait: lookWait, Looked: true, Err: errUnsure}, true
	}
	return Verdict{}, false
}

// find looks for the message beside its root and, where it may have been posted on its own, in the channel. It tells whether the root is gone
// or what was found takes its place.
func (d *Deliverer) find(ctx context.Context, a Attempt) (receipt alerts.Receipt, found, parentGone bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	receipt, found, err = d.Notifier.Find(ctx, a.Delivery, a.Parent)
	parentGone = a.ParentGone || errors.Is(err, ErrParentGone)
	if _, news := a.alone(); news && !found && a.Parent.TS != "" && (err == nil || parentGone) {
		receipt, found, err = d.Notifier.Find(ctx, a.Delivery, alerts.Receipt{})
		parentGone = parentGone || found && a.Kind == alerts.DeliverBroadcast
	}
	return receipt, found, parentGone, err
}

// errUnsure says that a message waits because Slack did not say whether it took it.
var errUnsure = errors.New("an earlier attempt may have posted it; looking for that first")

func (d *Deliverer) notify(ctx context.Context, a Attempt) (alerts.Receipt, error) {
	if a.ParentGone {
		return alerts.Receipt{}, ErrParentGone
	}
	return d.Notifier.Notify(ctx, a.Delivery, a.Parent)
}

// alone is the delivery as a message of its own, where it says something that people have to see.
func (a Attempt) alone() (alerts.Delivery, bool) {
	d := a.Delivery
	switch {
	case d.Kind == alerts.DeliverBroadcast:
		d.Kind = alerts.DeliverParent
	case d.Kind == alerts.DeliverReply && d.Message.Reason == alerts.ReasonUnanswered:
		d.Kind = alerts.DeliverEscalation
	case d.Kind != alerts.DeliverInvoice:
		return d, false
	}
	return d, true
}

func (d *Deliverer) judge(a Attempt, receipt alerts.Receipt, err error) Verdict {
	if err == nil {
		return Verdict{State: alerts.DeliverySent, Receipt: receipt}
	}
	if later, ok := errors.AsType[*RetryLater](err); ok {
		return Verdict{State: alerts.DeliveryPending, Wait: max(later.After, time.Second), Err: err}
	}
	if _, ok := errors.AsType[*BrokenRoute](err); ok {
		return Verdict{State: alerts.DeliveryBroken, Wait: d.brokenWait(), Err: err}
	}
	if refused, ok := errors.AsType[*alerts.ThreadRefused](err); ok {
		if a.Parent.TS != "" {
			return Verdict{State: alerts.DeliveryDropped, Err: err} // a reply that only its thread would have seen
		}
		return Verdict{State: alerts.DeliveryBroken, Wait: d.brokenWait(), Err: &BrokenRoute{refused.Channel, refused.Reason}}
	}
	if errors.Is(err, ErrParentGone) && a.needsParent() {
		return Verdict{State: alerts.DeliveryDropped, Err: err}
	}
	return d.unknown(a, err)
}

// unknown is the verdict of an attempt whose outcome is not known. When that has gone on for a while, people have to hear that the message
// waits, whatever the reason.
func (d *Deliverer) unknown(a Attempt, err error) Verdict {
	if a.Due < unknownFor {
		return Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: err}
	}
	reason := "unreachable"
	if unknown, ok := errors.AsType[*alerts.UnknownOutcome](err); ok {
		reason = unknown.Reason
	}
	// It stays pending: what may be in the channel is not given back as what waits for a broken one is.
	return Verdict{State: alerts.DeliveryPending, Unsettled: true, Wait: unknownWait, Err: &BrokenRoute{a.Channel, reason}}
}

// needsParent reports whether the delivery is nothing without the message that it edits or replies to.
func (a Attempt) needsParent() bool {
	return a.Kind == alerts.DeliverUpdate || a.Kind == alerts.DeliverAnswer || a.Kind == alerts.DeliverReply || a.Kind == alerts.DeliverFile
}

func (d *Deliverer) brokenWait() time.Duration { return cmp.Or(d.BrokenWait, usualBrokenWait) }

// Notice returns the delivery that tells the operators of a route that has just broken. It reports false where there is
// nobody to tell, or where the broken route is the operators' own.
func (d *Deliverer) Notice(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool) {
	if d.Operators == nil || d.Operators() == "" || d.Operators() == trouble.Channel {
		return alerts.Delivery{}, false
	}
	return alerts.Delivery{
		ID: id, Kind: alerts.DeliverRoute, Channel: d.Operators(), State: alerts.DeliveryPending, CreatedAt: now,
		Message: alerts.Message{Reason: alerts.ReasonRoute, Route: &trouble},
	}, true
}
