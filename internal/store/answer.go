package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/rules"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

var _ answer.Ledger = (*Store)(nil)

// Standing returns a budget's standing in its month. Its Revision is 0 where there is none yet.
func (s *Store) Standing(ctx context.Context, id alerts.BudgetID) (alerts.Standing, error) {
	row, err := ask(ctx, fmt.Sprintf("read the standing of %s", id), func(ctx context.Context) (query.Standing, error) {
		return s.queries.StandingOf(ctx, query.StandingOfParams{Month: monthText(id.Month), Rule: id.Rule, Scope: id.Scope})
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return alerts.Standing{BudgetID: id}, nil
	}
	if err != nil {
		return alerts.Standing{}, err
	}
	return readStanding(row)
}

// RecordAnswer writes what somebody decided about a budget, as answer.Ledger says. It leaves alone when the standing
// was recorded: that dates what a check found.
func (s *Store) RecordAnswer(ctx context.Context, answered answer.Answered) error {
	err := s.engine.Transact(ctx, func(ctx context.Context, w *engine.Work) error {
		written, err := w.Answer(ctx, answerRow(answered.Standing))
		switch {
		case err != nil:
			return fmt.Errorf("standing: %w", err)
		case written == 0:
			return alerts.ErrConflict
		}
		if err := w.InsertAudit(ctx, auditRow(answered.Entry)); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		return post(ctx, w, answered.Deliveries)
	})
	if err != nil {
		return fmt.Errorf("record the answer: %w", err)
	}
	return nil
}

func answerRow(standing alerts.Standing) query.AnswerParams {
	row := standingRow(standing, standing.SaidAt)
	return query.AnswerParams{
		Rule: row.Rule, Scope: row.Scope, Month: row.Month, Revision: standing.Revision,
		AckBy: row.AckBy, AckAt: row.AckAt, AckReason: row.AckReason, AckLevel: row.AckLevel,
		MuteBy: row.MuteBy, MuteAt: row.MuteAt, MuteLevel: row.MuteLevel, Forms: row.Forms,
	}
}

func auditRow(entry alerts.AuditEntry) query.InsertAuditParams {
	return query.InsertAuditParams{
		ID: entry.ID, RecordedAt: millis(entry.At), Actor: entry.Actor, Action: string(entry.Act),
		Rule: entry.Rule, Scope: entry.Scope, Month: monthText(entry.Month), Level: int64(entry.Level), Detail: entry.Detail,
		Revision: entry.Revision,
	}
}

// Audit returns what people did about a budget in its month, the newest first, at most so many entries; all where most is 0.
func (s *Store) Audit(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.AuditEntry, error) {
	return ask(ctx, fmt.Sprintf("read the audit of %s", id), func(ctx context.Context) ([]alerts.AuditEntry, error) {
		rows, err := s.queries.Audit(ctx, query.AuditParams{
			Rule: id.Rule, Scope: id.Scope, Month: monthText(id.Month), Most: rowLimit(most),
		})
		return readAll(rows, readAudit, err)
	})
}

func readAudit(row query.Audit) (alerts.AuditEntry, error) {
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	return alerts.AuditEntry{
		ID: row.ID, At: instant(row.RecordedAt), Actor: row.Actor, Act: alerts.Act(row.Action), BudgetID: budget,
		Level: rules.Level(row.Level), Detail: row.Detail, Revision: row.Revision,
	}, err
}

// OnRoot returns what the root message of a budget shows when everything that is on its way to it has arrived. It reports
// false where no such root is kept.
func (s *Store) OnRoot(ctx context.Context, rootID string) (alerts.Delivery, bool, error) {
	row, err := ask(ctx, "read what the root shows", func(ctx context.Context) (query.Delivery, error) {
		return s.queries.LatestOnRoot(ctx, rootID)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return alerts.Delivery{}, false, nil
	}
	if err != nil {
		return alerts.Delivery{}, false, err
	}
	d, err := readDelivery(row)
	return d, err == nil, err
}
