package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// Backlog counts what waits to be posted.
type Backlog struct {
	Pending int       // waiting for their turn, or for Slack
	Broken  int       // deferred because the channel refuses us, or because the parent message is
	Oldest  time.Time // when the oldest of them was created; zero if there are none
}

// rowLimit converts a row count to a LIMIT; 0 means unlimited.
func rowLimit(most int) int32 {
	return int32(cmp.Or(min(most, math.MaxInt32), math.MaxInt32)) //nolint:gosec // bounded here
}

// lateAfter is how long a due delivery may wait before it is reported as late.
const lateAfter = 2 * time.Minute

// Routes returns the channels that refuse us, the longest broken first, and then the channels with a delivery that has
// waited for two minutes without a known error.
func (s *Store) Routes(ctx context.Context) ([]alerts.RouteTrouble, error) {
	read := func(row query.RoutesRow) (alerts.RouteTrouble, error) {
		return alerts.RouteTrouble{
			Channel: row.Channel, Reason: row.Reason, Late: row.Late, Since: instant(row.Since), Waiting: int(row.Waiting),
		}, nil
	}
	return list(ctx, "read troubled routes", s.queries.Routes, millis(time.Now().Add(-lateAfter)), read)
}

// QueueDepth returns how much waits to be posted.
func (s *Store) QueueDepth(ctx context.Context) (Backlog, error) {
	row, err := ask(ctx, "count open deliveries", s.queries.Backlog)
	return Backlog{Pending: int(row.Waiting - row.Broken), Broken: int(row.Broken), Oldest: instant(row.Oldest)}, err
}

// Unreadable returns how many deliveries are set aside, since they cannot be read.
func (s *Store) Unreadable(ctx context.Context) (int, error) {
	n, err := ask(ctx, "count unreadable deliveries", s.queries.CountUnreadable)
	return int(n), err
}

// post stores deliveries as pending, whichever state they have, and queues them, in the transaction of w.
func post(ctx context.Context, w *engine.Work, deliveries []alerts.Delivery) error {
	rows := make([]query.InsertDeliveryParams, len(deliveries))
	now, posted := millis(time.Now()), map[string]int64{}
	for i, d := range deliveries {
		text, err := json.Marshal(d.Message)
		if err != nil {
			return fmt.Errorf("write the message of delivery %s: %w", d.ID, err)
		}
		w.Touched[d.Channel] = true
		rows[i] = query.InsertDeliveryParams{
			ID: d.ID, Kind: string(d.Kind), Channel: d.Channel,
			Rule: d.Rule, Scope: d.Instance, Month: monthText(d.Month),
			RootID: d.ParentID, Revision: d.Revision, Message: string(text), CreatedAt: millis(d.CreatedAt), NotBefore: millis(d.NotBefore),
			QueuedAt: now, LookFirst: d.LookFirst,
			Urgency: urgency(d.Kind),
		}
		if rows[i].Key = d.Key(); rows[i].Key == "" {
			continue
		}
		before, err := w.CountKey(ctx, rows[i].Key)
		if err != nil {
			return fmt.Errorf("count earlier messages of the same key: %w", err)
		}
		rows[i].Mark = alerts.MarkOf(rows[i].Key, before+posted[rows[i].Key])
		posted[rows[i].Key]++
	}
	if err := firstError(w.InsertDelivery(ctx, rows).Exec); err != nil {
		return fmt.Errorf("write deliveries: %w", err)
	}
	return nil
}

// urgency is the order in which a channel's deliveries go: a digest can wait for an alert.
func urgency(kind alerts.DeliveryKind) int64 {
	if kind.CanWait() {
		return 1
	}
	return 0
}

// unreadableError reports that a delivery's row cannot be read, because a newer version or a person editing the database
// wrote it.
type unreadableError struct{ cause error }

func (e *unreadableError) Error() string { return e.cause.Error() }
func (e *unreadableError) Unwrap() error { return e.cause }

// readKept reads a delivery for people: one that cannot be read is shown as such, and does not hide the others.
func readKept(row query.Delivery) (alerts.Delivery, error) {
	d, err := readDelivery(row)
	if err != nil {
		d = alerts.Delivery{
			ID: row.ID, Kind: alerts.DeliveryKind(row.Kind), Channel: row.Channel, BudgetID: alerts.BudgetID{Rule: row.Rule, Instance: row.Scope},
			ParentID: row.RootID, State: alerts.DeliveryUnreadable, Attempts: int(row.Attempts), Error: err.Error(), CreatedAt: instant(row.CreatedAt),
		}
	}
	return d, nil
}

func readDelivery(row query.Delivery) (alerts.Delivery, error) {
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	if err != nil {
		return alerts.Delivery{}, &unreadableError{fmt.Errorf("delivery %s: %w", row.ID, err)}
	}
	d := alerts.Delivery{
		ID: row.ID, Kind: alerts.DeliveryKind(row.Kind), Channel: row.Channel, BudgetID: budget, ParentID: row.RootID, Revision: row.Revision,
		State: alerts.DeliveryState(row.State), Attempts: int(row.Attempts), Error: row.Error,
		Mark: row.Mark, LookFirst: row.LookFirst, CreatedAt: instant(row.CreatedAt), NotBefore: instant(row.NotBefore), Receipt: receipt(row),
	}
	if err := json.Unmarshal([]byte(row.Message), &d.Message); err != nil {
		return alerts.Delivery{}, &unreadableError{fmt.Errorf("delivery %s: read its message: %w", row.ID, err)}
	}
	return d, nil
}

func receipt(row query.Delivery) alerts.Receipt {
	return alerts.Receipt{ChannelID: row.ChannelID, TS: row.Ts, SentAt: instant(row.SentAt)}
}

// DeliveriesAbout returns the deliveries about a budget alone, the newest first, at most so many; all where most is 0.
func (s *Store) DeliveriesAbout(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.Delivery, error) {
	about := query.DeliveriesAboutParams{Rule: id.Rule, Scope: id.Instance, Month: monthText(id.Month), Most: rowLimit(most)}
	return list(ctx, fmt.Sprintf("read deliveries about %s", id), s.queries.DeliveriesAbout, about, readKept)
}
