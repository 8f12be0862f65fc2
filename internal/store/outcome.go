package store

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// record writes what an attempt came to in one transaction, and gives its lane back, unless that is another's by now. An attempt that
// another one has followed, or whose delivery was dropped meanwhile, decides nothing any more.
func (d *dispatcher) record(ctx context.Context, attempt taken, verdict deliver.Verdict) error {
	var news routeNews
	err := d.store.engine.Transact(ctx, "record the outcome of delivery "+attempt.ID, func(ctx context.Context, w *engine.Work) error {
		now, err := w.Clock(ctx)
		if err != nil {
			return err
		}
		news = routeSame
		changed, err := w.EndAttempt(ctx, outcome(attempt.Attempt, verdict, now))
		if err != nil {
			return err
		}
		if changed == 0 {
			err = d.stale(ctx, w, attempt, verdict)
		} else {
			news, err = d.settle(ctx, w, attempt.Attempt, verdict)
		}
		if err != nil {
			return err
		}
		w.Touched[attempt.Channel] = true
		postAt, editAt := laneAfter(attempt.lane, attempt.Attempt, verdict, now, d.pace)
		if news == routeMended {
			if err := w.MendLane(ctx, attempt.Channel); err != nil {
				return err
			}
		}
		return w.LeaveLane(ctx, query.LeaveLaneParams{
			Channel: attempt.Channel, Until: attempt.lane.BusyUntil, PostAt: postAt, EditAt: editAt,
		})
	})
	if err != nil {
		return err
	}
	d.report(attempt.Delivery, verdict, news)
	return nil
}

// stale keeps of an outcome that comes too late what cannot be wrong: that Slack has the message.
func (d *dispatcher) stale(ctx context.Context, w *engine.Work, attempt taken, verdict deliver.Verdict) error {
	d.store.log.Warn("outcome comes too late",
		zap.String("delivery_id", attempt.ID), zap.Int("attempts", attempt.Attempts), zap.String("state", string(verdict.State)))
	if verdict.State != alerts.DeliverySent {
		return nil
	}
	return w.AddReceipt(ctx, query.AddReceiptParams{
		ID: attempt.ID, ChannelID: verdict.Receipt.ChannelID, Ts: verdict.Receipt.TS, SentAt: millis(verdict.Receipt.SentAt),
	})
}

// settle writes what the outcome means for others: the channel, the budget, and what waits for this delivery.
func (d *dispatcher) settle(ctx context.Context, w *engine.Work, attempt deliver.Attempt, verdict deliver.Verdict) (news routeNews, err error) {
	_, refused := errors.AsType[*deliver.BrokenRoute](verdict.Err)
	switch {
	case verdict.State == alerts.DeliverySent && attempt.ParentID == "":
		var mended int64
		if mended, err = w.MendRoute(ctx, attempt.Channel); mended > 0 {
			news = routeMended
		}
	case verdict.State == alerts.DeliverySent: // a reply or an edit does not prove that its channel takes messages of their own
		if err = forgetRoutes(ctx, w); w.Opened[attempt.Channel] {
			news = routeMended
		}
	case verdict.State == alerts.DeliveryDropped:
		if err = giveBack(ctx, w, attempt.Delivery); err == nil {
			err = forgetRoutes(ctx, w)
		}
	case verdict.State == alerts.DeliveryBroken, refused && isOpen(verdict.State):
		news, err = d.breakRoute(ctx, w, attempt.Channel, verdict.Err)
	}
	if err == nil && verdict.ParentGone {
		err = replaceParent(ctx, w, attempt.Delivery, verdict.State)
	}
	if err != nil || isOpen(verdict.State) || attempt.ParentID != "" {
		return news, err
	}
	behind, err := w.ChannelsOfReplies(ctx, attempt.ID)
	for _, channel := range behind {
		w.Touched[channel] = true
	}
	return news, err
}

// replaceParent gives a budget whose parent message was deleted the message posted in its place. If there is none, the
// next alert becomes the parent.
func replaceParent(ctx context.Context, w *engine.Work, d alerts.Delivery, state alerts.DeliveryState) error {
	if d.Rule == "" || d.ParentID == "" {
		return nil
	}
	next := query.ReplaceParentParams{Rule: d.Rule, Scope: d.Instance, Month: monthText(d.Month), OldRoot: d.ParentID}
	if d.Kind == alerts.DeliverBroadcast && state == alerts.DeliverySent {
		next.NewRoot, next.RootChannel = d.ID, d.Channel
	}
	return w.ReplaceParent(ctx, next)
}

// outcome is the row's part of a verdict. A delivery stays unsettled where the other side may have taken the message and we do not
// know: since this attempt where that is so of it, else since the one before.
func outcome(attempt deliver.Attempt, verdict deliver.Verdict, now time.Time) query.EndAttemptParams {
	end := query.EndAttemptParams{
		ID:        attempt.ID,
		Attempts:  int64(attempt.Attempts),
		State:     string(verdict.State),
		Unsettled: isOpen(verdict.State) && (verdict.Unsettled || attempt.Unsettled),
		Unsure:    verdict.Unsettled,
		Error:     message(verdict.Err),
		ChannelID: verdict.Receipt.ChannelID,
		Ts:        verdict.Receipt.TS,
		SentAt:    millis(verdict.Receipt.SentAt),
		RetryAt:   retryAt(attempt, verdict, now),
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

// breakRoute records that a channel refuses us and, the first time, queues the notice to the operators.
func (d *dispatcher) breakRoute(ctx context.Context, w *engine.Work, channel string, cause error) (routeNews, error) {
	reason := message(cause)
	if refusal, ok := errors.AsType[*deliver.BrokenRoute](cause); ok {
		reason = refusal.Reason
	}
	now := d.store.now()
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
	notice, wanted := d.handler.Notice(trouble, rand.Text(), now)
	if !wanted {
		return routeBroke, nil
	}
	return routeBroke, post(ctx, w, []alerts.Delivery{notice})
}

// report logs what an operator may want to act on, once for as long as it stays the same.
func (d *dispatcher) report(of alerts.Delivery, verdict deliver.Verdict, news routeNews) {
	log := d.store.log.With(zap.String("delivery_id", of.ID), zap.String("channel", of.Channel))
	switch {
	case news == routeMended:
		log.Info("route mended")
	case news == routeBroke:
		log.Warn("route broken", zap.Error(verdict.Err))
	case verdict.Err != nil && message(verdict.Err) != of.Error:
		log.Warn("delivery waits", zap.Error(verdict.Err), zap.Int("attempts", of.Attempts))
	}
}
