package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
)

// ErrParentGone is returned when the parent that a delivery refers to is no longer in its channel.
var ErrParentGone = errors.New("the parent message is gone")

const (
	// parentWait is the pause before a retry if the parent is not posted yet. The queue does not normally hand out such a delivery.
	parentWait = 5 * time.Second
	// unknownFor is how long a message's outcome may stay unknown before its channel counts as broken, and unknownWait the pause between
	// attempts after that.
	unknownFor  = 2 * time.Minute
	unknownWait = time.Minute
	// usualSettleWait is how long Slack has to show a message that it did not acknowledge, before we search the channel for it. usualLookWait
	// is the pause before the second search, and blindFor how long the message waits for a channel that cannot be read.
	usualSettleWait = 30 * time.Second
	usualLookWait   = 5 * time.Second
	blindFor        = 5 * time.Minute
	// lookTimeout bounds one search, so that an attempt has time left to post: a busy channel has many pages.
	lookTimeout = 4 * time.Second
	// usualBrokenWait is the pause before a broken route is tried again.
	usualBrokenWait = 5 * time.Minute
)

// Attempt is one try at a delivery, as the queue hands it out.
type Attempt struct {
	alerts.Delivery
	// Parent is the receipt of the message that a broadcast or update refers to; empty until that is posted.
	Parent alerts.Receipt
	// ParentGone means that the parent does not exist and never will.
	ParentGone bool
	// Due is how long ago the message could first have been posted.
	Due time.Duration
	// Unsettled means that an earlier attempt ended without an outcome: its process died, or the answer was lost.
	Unsettled bool
	// LookFirst means that the message may be posted although no attempt is open, because the database may have been restored.
	LookFirst bool
	// UnsureFor is how long ago the last of those attempts began. Looked means that the channel has been searched since then, LookedFor how
	// long ago.
	UnsureFor time.Duration
	Looked    bool
	LookedFor time.Duration
	// Superseded means that a newer broadcast or update of the same parent is recorded and replaces this one, or that the parent will never be
	// posted. Answers and thread replies are never superseded.
	Superseded bool
}

// Verdict is the result of an attempt, for the queue to record.
type Verdict struct {
	State   alerts.DeliveryState // DeliveryPending asks for another attempt
	Receipt alerts.Receipt       // if State is DeliverySent
	// Wait is how long to pause before the next attempt; 0 leaves it to the queue's own backoff.
	Wait time.Duration
	Err  error // why the attempt failed; nil if it succeeded
	// Unsettled means that this attempt may or may not have posted the message, Looked that the channel was searched and does not have it yet.
	Unsettled, Looked bool
	// ParentGone means that the parent is no longer in its channel. A message that was posted on its own becomes the new parent.
	ParentGone bool
}

// Deliverer carries out deliveries. The zero value of each field but Notifier is usable.
type Deliverer struct {
	Notifier Notifier
	// Operators returns the channel for notices of broken routes; if it is empty, only the log and readiness report them.
	Operators func() string
	// BrokenWait is the pause before a broken route is tried again; 5 minutes if 0.
	BrokenWait time.Duration
	// SettleWait and LookWait are the pauses before the first and the second search for a message that may be posted; 30 s and 5 s if 0.
	SettleWait, LookWait time.Duration
}

// Attempt makes one attempt. It always returns a verdict that can be recorded.
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
		// This search is a precaution, so a channel that cannot be read does not delay the message.
		if receipt, found, parentGone, err := d.find(ctx, a); err == nil && found {
			return Verdict{State: alerts.DeliverySent, Receipt: receipt, ParentGone: parentGone}
		}
	}
	a.MayRepeat = a.MayRepeat || a.Message.MayRepeat && a.Kind != alerts.DeliverUpdate
	receipt, err := alerts.Receipt{}, ErrParentGone
	if !a.ParentGone {
		receipt, err = d.Notifier.Notify(ctx, a.Delivery, a.Parent)
	}
	refused, isRefused := errors.AsType[*BrokenRoute](err)
	parentGone := errors.Is(err, ErrParentGone)
	if alone, ok := a.alone(); ok && (parentGone || isRefused && refused.Thread) {
		// The alert has to reach the channel, so it is posted without its parent.
		receipt, err = d.Notifier.Notify(ctx, alone, alerts.Receipt{})
		parentGone = parentGone || a.Kind == alerts.DeliverBroadcast
	}
	verdict := d.judge(a, receipt, err)
	verdict.ParentGone = parentGone
	return verdict
}

// settle finds out what became of an attempt whose outcome is open. It reports false if the message is to be posted again: Slack has
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
		verdict.Unsettled = false // this attempt only searched and posted nothing
		return verdict, !nameless || a.UnsureFor < blindFor
	case !a.Looked:
		return Verdict{State: alerts.DeliveryPending, Wait: lookWait, Looked: true, Err: errUnsure}, true
	}
	return Verdict{}, false
}

// find searches the parent's thread and, if the message may have been posted on its own, the channel. parentGone reports that the parent is
// gone or that the message found takes its place.
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

// errUnsure is why a message waits if Slack did not confirm it.
var errUnsure = errors.New("an earlier attempt may have posted it; looking for that first")

// alone returns the delivery as a message of its own, if people must see it even without the parent.
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
	if refused, ok := errors.AsType[*BrokenRoute](err); ok {
		if refused.Thread && a.Parent.TS != "" {
			return Verdict{State: alerts.DeliveryDropped, Err: err} // a reply that only its thread would have seen
		}
		return Verdict{State: alerts.DeliveryBroken, Wait: cmp.Or(d.BrokenWait, usualBrokenWait), Err: err}
	}
	if _, news := a.alone(); errors.Is(err, ErrParentGone) && a.ParentID != "" && !news { // it says nothing without its parent
		return Verdict{State: alerts.DeliveryDropped, Err: err}
	}
	return d.unknown(a, err)
}

// unknown is the verdict of an attempt with an unknown outcome. After a while the channel is reported as broken, whatever the reason, so
// that people learn that the message waits.
func (d *Deliverer) unknown(a Attempt, err error) Verdict {
	if a.Due < unknownFor {
		return Verdict{State: alerts.DeliveryPending, Unsettled: true, Err: err}
	}
	reason := "unreachable"
	if unknown, ok := errors.AsType[*UnknownOutcome](err); ok {
		reason = unknown.Reason
	}
	// It stays pending: a message that may be in the channel must not be withdrawn like one that waits for a broken channel.
	return Verdict{State: alerts.DeliveryPending, Unsettled: true, Wait: unknownWait, Err: &BrokenRoute{Channel: a.Channel, Reason: reason}}
}

// Notice returns the delivery that reports a newly broken route to the operators. It reports false if there is no operators' channel, or if
// that is the broken route.
func (d *Deliverer) Notice(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool) {
	if d.Operators == nil || d.Operators() == "" || d.Operators() == trouble.Channel {
		return alerts.Delivery{}, false
	}
	return alerts.Delivery{
		ID: id, Kind: alerts.DeliverRoute, Channel: d.Operators(), State: alerts.DeliveryPending, CreatedAt: now,
		Message: alerts.Message{Reason: alerts.ReasonRoute, Route: &trouble},
	}, true
}

// Notifier is a consumer contract of Deliverer. It posts a Delivery to a channel; webapi.Notifier implements it.
type Notifier interface {
	// Notify carries out one delivery. parent is the receipt of the message that a broadcast or update refers to, else empty. The error is a
	// *RetryLater, a *BrokenRoute, an *UnknownOutcome or ErrParentGone; anything else counts as an unknown outcome.
	Notify(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, error)
	// Find searches the channel for a message that carries the delivery's mark, or its id if it has no mark, to settle an attempt whose
	// outcome is unknown. It returns false if there is none, and an error if it cannot tell.
	Find(ctx context.Context, d alerts.Delivery, parent alerts.Receipt) (alerts.Receipt, bool, error)
}

// RetryLater is returned when Slack asks us to wait.
type RetryLater struct {
	After time.Duration
	Err   error
}

func (e *RetryLater) Error() string { return fmt.Sprintf("asked to wait %s: %v", e.After, e.Err) }

func (e *RetryLater) Unwrap() error { return e.Err }

// BrokenRoute is returned when a channel refuses us until a person fixes it. Reason is Slack's error code. If only the parent takes no
// replies, Thread is set: the channel may still take other messages.
type BrokenRoute struct {
	Channel string
	Reason  string
	Thread  bool
}

func (e *BrokenRoute) Error() string { return fmt.Sprintf("channel %s: %s", e.Channel, e.Reason) }

// UnknownOutcome is returned when Slack may have taken the message without confirming it. Reason is Slack's error code, or the notifier's
// own word if Slack gave none.
type UnknownOutcome struct {
	Reason string
	Err    error
}

func (e *UnknownOutcome) Error() string { return fmt.Sprintf("outcome unknown: %v", e.Err) }

func (e *UnknownOutcome) Unwrap() error { return e.Err }
