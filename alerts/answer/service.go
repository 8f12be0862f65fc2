package answer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/alerts"
)

// Ledger is a consumer contract of Desk. It models the store's memory of one budget in one month.
type Ledger interface {
	// Standing returns the budget's standing; its Revision is 0 where there is none yet.
	Standing(ctx context.Context, id alerts.BudgetID) (alerts.Standing, error)
	// OnRoot returns what the root message shows when everything on its way to it has arrived, or false where it is not kept.
	OnRoot(ctx context.Context, rootID string) (alerts.Delivery, bool, error)
	// RecordAnswer writes all of it in one transaction, deliveries included. It returns ErrConflict, and writes nothing,
	// where the standing has another revision by now.
	RecordAnswer(ctx context.Context, answered Answered) error
}

// Answered is everything that one press wants remembered.
type Answered struct {
	Standing   alerts.Standing // its answers are to be written where Revision still matches
	Entry      alerts.AuditEntry
	Deliveries []alerts.Delivery // each is stored and queued
}

// Desk takes what people answer to messages about budgets.
type Desk struct {
	Ledger Ledger
	NewID  func() string
}

// Take carries out a press and returns the standing after it. Where somebody else wrote at the same time the press is held
// against what they wrote: the error is then a *Refusal that tells of it, as it is wherever the press changes nothing.
func (d *Desk) Take(ctx context.Context, id alerts.BudgetID, p alerts.Press, now time.Time) (alerts.Standing, error) {
	for try := 1; ; try++ {
		after, err := d.take(ctx, id, p, now)
		if !errors.Is(err, alerts.ErrConflict) || try == alerts.RecordTries {
			return after, err
		}
	}
}

func (d *Desk) take(ctx context.Context, id alerts.BudgetID, p alerts.Press, now time.Time) (alerts.Standing, error) {
	before, err := d.Ledger.Standing(ctx, id)
	if err != nil {
		return alerts.Standing{}, fmt.Errorf("read the standing of %s: %w", id, err)
	}
	before.BudgetID = id
	after, entry, err := Respond(before, p, now)
	if err != nil {
		return before, err
	}
	entry.ID = d.NewID()
	answered := Answered{Standing: after, Entry: entry}
	if after.RootID != "" {
		root, found, err := d.Ledger.OnRoot(ctx, after.RootID)
		if err != nil {
			return before, fmt.Errorf("read the message about %s: %w", id, err)
		}
		if found && len(root.Message.Budgets) == 1 {
			answered.Deliveries = tell(root, after, entry, d.NewID)
		}
	}
	if err := d.Ledger.RecordAnswer(ctx, answered); err != nil {
		return before, fmt.Errorf("record the answer to %s: %w", id, err)
	}
	after.Revision++
	return after, nil
}

// tell is the edit of the root, which shows what it showed and the answers, and the reply in its thread.
func tell(root alerts.Delivery, after alerts.Standing, entry alerts.AuditEntry, newID func() string) []alerts.Delivery {
	edited := root.Message
	line := edited.Budgets[0]
	line.Level, line.Answers = after.Level, after.Answers
	edited.Budgets = []alerts.BudgetLine{line}
	said := alerts.Message{
		Reason: alerts.ReasonAnswered, Budgets: edited.Budgets,
		Act: &alerts.Acted{Act: entry.Act, By: entry.Actor, At: entry.At, Reason: entry.Detail},
	}
	about := alerts.Delivery{
		Channel: root.Channel, BudgetID: after.BudgetID, RootID: after.RootID, Revision: entry.Revision, State: alerts.DeliveryPending,
		CreatedAt: entry.At,
	}
	edit, reply := about, about
	edit.ID, edit.Kind, edit.Message = newID(), alerts.DeliverRefresh, edited
	reply.ID, reply.Kind, reply.Message = newID(), alerts.DeliverAnswer, said
	return []alerts.Delivery{edit, reply}
}
