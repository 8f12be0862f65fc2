package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/alerts/answer"
	"budgetbot/alerts/rules"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

var _ answer.Ledger = (*Store)(nil)

// BudgetState returns a budget's state in its month. Its Revision is 0 if none is stored yet.
func (s *Store) BudgetState(ctx context.Context, id alerts.BudgetID) (alerts.BudgetState, error) {
	of := query.BudgetStateOfParams{Month: monthText(id.Month), Rule: id.Rule, Scope: id.Instance}
	row, err := ask(ctx, fmt.Sprintf("read the state of %s", id), func(ctx context.Context) (query.Standing, error) {
		return s.queries.BudgetStateOf(ctx, of)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return alerts.BudgetState{BudgetID: id}, nil
	}
	if err != nil {
		return alerts.BudgetState{}, err
	}
	return readBudgetState(row)
}

// RecordAnswer stores what a person decided about a budget, as answer.Ledger requires. It does not change the time at
// which the state was recorded, because that time dates what a check found.
func (s *Store) RecordAnswer(ctx context.Context, answered answer.Answered) error {
	return s.engine.Transact(ctx, "record the answer", func(ctx context.Context, w *engine.Work) error {
		written, err := w.Answer(ctx, answerRow(answered.BudgetState))
		switch {
		case err != nil:
			return fmt.Errorf("budget state: %w", err)
		case written == 0:
			return alerts.ErrConflict
		}
		if err := w.InsertAudit(ctx, auditRow(answered.Entry)); err != nil {
			return fmt.Errorf("audit: %w", err)
		}
		return post(ctx, w, answered.Deliveries)
	})
}

func answerRow(state alerts.BudgetState) query.AnswerParams {
	row := budgetStateRow(state, state.PostedAt)
	return query.AnswerParams{
		Rule: row.Rule, Scope: row.Scope, Month: row.Month, Revision: state.Revision,
		AckBy: row.AckBy, AckAt: row.AckAt, AckReason: row.AckReason, AckLevel: row.AckLevel,
		MuteBy: row.MuteBy, MuteAt: row.MuteAt, MuteLevel: row.MuteLevel, MuteUntil: row.MuteUntil, Forms: row.Forms,
	}
}

func auditRow(entry alerts.AuditEntry) query.InsertAuditParams {
	return query.InsertAuditParams{
		ID: entry.ID, RecordedAt: millis(entry.At), Actor: entry.Actor, Action: string(entry.Act),
		Rule: entry.Rule, Scope: entry.Instance, Month: monthText(entry.Month), Level: int64(entry.Threshold), Detail: entry.Detail,
		Revision: entry.Revision, MuteUntil: millis(entry.MuteUntil),
	}
}

// Audit returns what people did about a budget in its month, the newest first, at most so many entries; all where most is 0.
func (s *Store) Audit(ctx context.Context, id alerts.BudgetID, most int) ([]alerts.AuditEntry, error) {
	of := query.AuditParams{Rule: id.Rule, Scope: id.Instance, Month: monthText(id.Month), Most: rowLimit(most)}
	return list(ctx, fmt.Sprintf("read the audit of %s", id), s.queries.Audit, of, readAudit)
}

func readAudit(row query.Audit) (alerts.AuditEntry, error) {
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	return alerts.AuditEntry{
		ID: row.ID, At: instant(row.RecordedAt), Actor: row.Actor, Act: alerts.Act(row.Action), BudgetID: budget,
		Threshold: rules.Threshold(row.Level), Detail: row.Detail, Revision: row.Revision, MuteUntil: instant(row.MuteUntil),
	}, err
}

// ByParent returns what a budget's parent message shows once every queued edit of it has arrived. It reports false if
// that parent is not stored.
func (s *Store) ByParent(ctx context.Context, parentID string) (alerts.Delivery, bool, error) {
	row, err := ask(ctx, "read what the parent message shows", func(ctx context.Context) (query.Delivery, error) {
		return s.queries.LatestOfParent(ctx, parentID)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return alerts.Delivery{}, false, nil
	}
	if err != nil {
		return alerts.Delivery{}, false, err
	}
	d, err := readDelivery(row)
	return d, err == nil, err
}
