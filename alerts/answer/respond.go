package answer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// Respond applies a press to a budget state and returns the new state and its audit entry. The state keeps its Revision, by which the
// ledger notices that another writer was first. The error is a *Refusal.
func Respond(before alerts.BudgetState, p alerts.Press, now time.Time) (alerts.BudgetState, alerts.AuditEntry, error) {
	before.Answers = before.At(now)
	if obstacle := obstacleTo(p, before, now); obstacle != "" {
		return before, alerts.AuditEntry{}, &alerts.Refusal{Press: p, Obstacle: obstacle, BudgetState: before}
	}
	now = now.UTC().Truncate(time.Millisecond)
	next := before
	switch p.Act {
	case alerts.ActAcknowledge:
		next.Ack = alerts.Answer{By: p.By, At: now, Reason: p.Reason, Threshold: before.Threshold}
	case alerts.ActExplain:
		next.Ack.Reason = p.Reason
	case alerts.ActUnacknowledge:
		next.Ack, next.Forms = alerts.Answer{}, slices.Clone(before.Forms)
		for i := range next.Forms {
			next.Forms[i].Ack = alerts.Answer{}
		}
	case alerts.ActMute:
		next.Mute = alerts.Answer{By: p.By, At: now, Threshold: before.Threshold, Until: p.Until.UTC()}
	case alerts.ActUnmute:
		next.Mute = alerts.Answer{}
	}
	return next, alerts.AuditEntry{
		At: now, Actor: p.By, Act: p.Act, BudgetID: before.BudgetID, Threshold: before.Threshold, Detail: p.Reason, MuteUntil: p.Until.UTC(),
		Revision: before.Revision + 1,
	}, nil
}

// obstacleTo checks the most specific obstacles first, so that the second of two people reads that the first has answered rather than that
// the message is outdated.
func obstacleTo(p alerts.Press, s alerts.BudgetState, now time.Time) alerts.Obstacle {
	acknowledged := s.Acknowledged(s.Threshold)
	switch {
	case s.Revision == 0:
		return alerts.ObstacleUnwatched
	case isLate(p.Act, s.Month, now), !s.ClosedAt.IsZero():
		return alerts.ObstacleMonthOver
	case p.Act == alerts.ActAcknowledge && acknowledged:
		return alerts.ObstacleAcknowledged
	case p.Act == alerts.ActAcknowledge && s.Threshold == 0 && s.ForecastThreshold == 0:
		return alerts.ObstacleNoAlert
	case p.Act == alerts.ActMute && s.Muted() && s.Mute.Until.Equal(p.Until):
		return alerts.ObstacleMuted
	case p.Act == alerts.ActUnmute && !s.Muted():
		return alerts.ObstacleUnmuted
	case (p.Act == alerts.ActUnacknowledge || p.Act == alerts.ActExplain) && !acknowledged:
		return alerts.ObstacleUnacknowledged
	case p.Act == alerts.ActExplain && s.Ack.By != p.By:
		return alerts.ObstacleOthers
	case p.Shown != nil && !p.Shown.Equal(alerts.ShownOf(s.Threshold, s.Answers)):
		return alerts.ObstacleChanged
	}
	return ""
}

// isLate reports whether the action comes too late for the month. A message about a month's last day is posted in the next month and can
// still be acknowledged then, but muting it would have no effect.
func isLate(act alerts.Act, month billing.Month, now time.Time) bool {
	if act == alerts.ActMute {
		return month.IsOver(now)
	}
	return !now.Before(month.End().Add(alerts.LateFor))
}

// Ledger is a consumer contract of Service. It models the store's memory of one budget in one month.
type Ledger interface {
	// BudgetState returns the budget's state; its Revision is 0 if there is none yet.
	BudgetState(ctx context.Context, id alerts.BudgetID) (alerts.BudgetState, error)
	// ByParent returns the parent message with all pending updates applied, or false if it is not kept.
	ByParent(ctx context.Context, parentID string) (alerts.Delivery, bool, error)
	// RecordAnswer writes everything in one transaction, deliveries included. It returns ErrConflict, and writes nothing, if the budget state
	// has a newer revision.
	RecordAnswer(ctx context.Context, answered Answered) error
}

// Answered is everything that one press records.
type Answered struct {
	BudgetState alerts.BudgetState // its answers are written if Revision still matches
	Entry       alerts.AuditEntry
	Deliveries  []alerts.Delivery // each is stored and queued
}

// Service applies people's answers to budgets.
type Service struct {
	Ledger Ledger
	NewID  func() string
}

// Apply carries out a press and returns the budget state after it. If another person wrote first, the press is applied to their result. If
// the press changes nothing, the error is a *Refusal.
func (d *Service) Apply(ctx context.Context, id alerts.BudgetID, p alerts.Press, now time.Time) (after alerts.BudgetState, err error) {
	err = alerts.Retrying(func() error {
		after, err = d.apply(ctx, id, p, now)
		return err
	})
	return after, err
}

func (d *Service) apply(ctx context.Context, id alerts.BudgetID, p alerts.Press, now time.Time) (alerts.BudgetState, error) {
	before, err := d.Ledger.BudgetState(ctx, id)
	if err != nil {
		return alerts.BudgetState{}, fmt.Errorf("read the state of %s: %w", id, err)
	}
	before.BudgetID = id
	after, entry, err := Respond(before, p, now)
	if err != nil {
		return before, err
	}
	entry.ID = d.NewID()
	answered := Answered{BudgetState: after, Entry: entry}
	if after.ParentID != "" {
		parent, found, err := d.Ledger.ByParent(ctx, after.ParentID)
		if err != nil {
			return before, fmt.Errorf("read the message about %s: %w", id, err)
		}
		if found && len(parent.Message.Budgets) == 1 {
			answered.Deliveries = report(parent, after, entry, d.NewID)
		}
	}
	if err := d.Ledger.RecordAnswer(ctx, answered); err != nil {
		return before, fmt.Errorf("record the answer to %s: %w", id, err)
	}
	after.Revision++
	return after, nil
}

// report returns the update of the parent, which adds the answers to what it showed, and the reply in its thread.
func report(parent alerts.Delivery, after alerts.BudgetState, entry alerts.AuditEntry, newID func() string) []alerts.Delivery {
	edited := parent.Message
	line := edited.Budgets[0]
	line.Threshold, line.Answers = after.Threshold, after.Answers
	edited.Budgets = []alerts.BudgetLine{line}
	answer := alerts.Message{
		Reason: alerts.ReasonAnswered, Budgets: edited.Budgets,
		Act: &alerts.Acted{Act: entry.Act, By: entry.Actor, At: entry.At, Reason: entry.Detail},
	}
	about := alerts.Delivery{
		Channel: parent.Channel, BudgetID: after.BudgetID, ParentID: after.ParentID, Revision: entry.Revision, State: alerts.DeliveryPending,
		CreatedAt: entry.At,
	}
	edit, reply := about, about
	edit.ID, edit.Kind, edit.Message = newID(), alerts.DeliverUpdate, edited
	reply.ID, reply.Kind, reply.Message = newID(), alerts.DeliverAnswer, answer
	return []alerts.Delivery{edit, reply}
}
