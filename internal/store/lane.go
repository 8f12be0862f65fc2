package store

import (
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store/query"
)

const (
	// burst is how many messages a channel takes at once before it keeps to its pace.
	burst = 3
	// doubtPause is how long a channel rests after an attempt without an outcome, so that one message and not a thousand
	// find out that Slack hangs.
	doubtPause = 5 * time.Second
	// probeTurns is after how many refusals of one message another one tries whether its channel takes messages again.
	probeTurns = 4
	never      = math.MaxInt64 / 2
	maxBackoff = 5 * time.Minute
	// deferTick is how often a deferred delivery is looked at if business time is not wall time and may run faster.
	deferTick = time.Second
)

// laneAfter returns when what is posted to a channel and what edits a message there may go next, once an attempt has ended at now. pace is how
// long a channel takes for a message.
func laneAfter(l query.Lane, a deliver.Attempt, v deliver.Verdict, now time.Time, pace time.Duration) (postAt, editAt int64) {
	postAt, editAt = l.PostAt, l.EditAt
	edits := a.Kind == alerts.DeliverUpdate
	if !a.Superseded && !edits {
		postAt = max(postAt, millis(now.Add(-pace*(burst-1)))) + pace.Milliseconds()
	}
	pause, everything := pauseOf(v)
	if pause == 0 {
		return postAt, editAt
	}
	until := millis(now.Add(pause))
	if everything || !edits {
		postAt = max(postAt, until)
	}
	if everything || edits {
		editAt = max(editAt, until)
	}
	return postAt, editAt
}

// pauseOf returns for how long a verdict stops the channel and not only the one delivery, and whether it stops both posts and edits.
func pauseOf(v deliver.Verdict) (pause time.Duration, everything bool) {
	switch {
	case v.State == alerts.DeliveryBroken:
		return v.Wait, true
	case isLater(v.Err):
		return v.Wait, false
	case isNameless(v):
		return doubtPause, true
	}
	return 0, false
}

// retryAt is when the delivery itself may be tried again; 0 leaves it to its lane.
func retryAt(a deliver.Attempt, v deliver.Verdict, now time.Time) int64 {
	switch {
	case !isOpen(v.State) || isLater(v.Err):
		return 0
	case v.State == alerts.DeliveryBroken && a.Attempts%probeTurns == 0:
		return millis(now.Add(2 * v.Wait))
	case v.State == alerts.DeliveryBroken:
		return 0
	case v.Wait > 0:
		return millis(now.Add(v.Wait))
	}
	return millis(now.Add(backoff(a.Attempts)))
}

// headOf asks for what of the lane may be tried at now, and nextOf for when to look again.
func headOf(l query.Lane, now, business time.Time) query.HeadOfLaneParams {
	return query.HeadOfLaneParams{Channel: l.Channel, Now: millis(now), Business: millis(business), PostAt: l.PostAt, EditAt: l.EditAt}
}

func nextOf(l query.Lane, now time.Time, business func() time.Time) query.NextInLaneParams {
	p := query.NextInLaneParams{Never: never, Channel: l.Channel, PostAt: l.PostAt, EditAt: l.EditAt, Business: millis(now)}
	if business != nil {
		p.Business, p.Held = millis(business()), millis(now.Add(deferTick))
	}
	return p
}

// isNameless reports whether it is unknown what became of the message.
func isNameless(v deliver.Verdict) bool {
	return v.Unsettled || v.State == alerts.DeliveryPending && v.Wait == 0
}

// isLater reports whether Slack asks to wait, which is about the channel.
func isLater(err error) bool {
	_, later := errors.AsType[*deliver.RetryLater](err)
	return later
}

func isOpen(state alerts.DeliveryState) bool {
	return state == alerts.DeliveryPending || state == alerts.DeliveryBroken
}

// backoff returns how long to wait after the nth failure, give or take a tenth: 1 s, 2 s, 4 s, … 5 min.
func backoff(n int) time.Duration {
	wait := min(time.Second<<min(max(n-1, 0), 10), maxBackoff)
	return wait*9/10 + rand.N(wait/5) //nolint:gosec // spreads retries, guards nothing
}
