package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// Record writes what a check found in one transaction, as check.Ledger requires.
func (s *Store) Record(ctx context.Context, outcome alerts.Outcome) error {
	return s.engine.Transact(ctx, "record the check", func(ctx context.Context, w *engine.Work) error {
		if err := s.holdRules(ctx, w); err != nil {
			return err
		}
		if err := recordBudgetStates(ctx, w, outcome.BudgetStates, outcome.At); err != nil {
			return fmt.Errorf("budget states: %w", err)
		}
		if err := recordLifts(ctx, w, outcome.Lifts); err != nil {
			return fmt.Errorf("lifts: %w", err)
		}
		if err := recordAlerts(ctx, w, outcome.Alerts); err != nil {
			return fmt.Errorf("alerts: %w", err)
		}
		if err := recordForecasts(ctx, w, outcome.Forecasts); err != nil {
			return fmt.Errorf("forecasts: %w", err)
		}
		if err := recordIncidents(ctx, w, outcome.Incidents, outcome.At); err != nil {
			return fmt.Errorf("incidents: %w", err)
		}
		if err := recordUsage(ctx, w, outcome.Usage, outcome.At); err != nil {
			return fmt.Errorf("usage: %w", err)
		}
		if err := dropDeliveries(ctx, w, outcome.Withdrawn, outcome.Drops); err != nil {
			return err
		}
		if err := post(ctx, w, outcome.Deliveries); err != nil || len(outcome.Withdrawn) == 0 && len(outcome.Drops) == 0 {
			return err
		}
		return forgetRoutes(ctx, w) // now that what replaces a withdrawn alert waits in its place
	})
}

func recordBudgetStates(ctx context.Context, w *engine.Work, states []alerts.BudgetState, at time.Time) error {
	rows := make([]query.SaveBudgetStateParams, len(states))
	for i, state := range inOrder(states) {
		rows[i] = budgetStateRow(state, at)
	}
	return firstConflict(w.SaveBudgetState(ctx, rows).QueryRow)
}

// dropDeliveries drops the deliveries that a check withdraws, and everything that waits to be posted about the budgets.
func dropDeliveries(ctx context.Context, w *engine.Work, withdrawn []string, budgets []alerts.BudgetID) error {
	for _, id := range withdrawn {
		n, err := w.WithdrawDelivery(ctx, id)
		if err == nil && n == 0 {
			err = alerts.ErrConflict
		}
		if err == nil {
			err = w.WithdrawReplies(ctx, id)
		}
		if err != nil {
			return fmt.Errorf("withdraw delivery %s: %w", id, err)
		}
	}
	for _, id := range budgets {
		err := w.DropDeliveries(ctx, query.DropDeliveriesParams{Rule: id.Rule, Scope: id.Instance, Month: monthText(id.Month)})
		if err != nil {
			return fmt.Errorf("deliveries of %s: %w", id, err)
		}
	}
	return nil
}

// forgetRoutes ends the trouble of channels that nothing waits for any more.
func forgetRoutes(ctx context.Context, w *engine.Work) error {
	forgotten, err := w.ForgetRoutes(ctx)
	for _, channel := range forgotten {
		w.Opened[channel] = true
	}
	return err
}

// inOrder sorts what is written by its key, so that two replicas that write at once wait for one another and never both.
func inOrder(states []alerts.BudgetState) []alerts.BudgetState {
	return slices.SortedFunc(slices.Values(states), func(a, b alerts.BudgetState) int {
		return cmp.Or(a.Month.Compare(b.Month), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Instance, b.Instance))
	})
}

func budgetStateRow(state alerts.BudgetState, at time.Time) query.SaveBudgetStateParams {
	return query.SaveBudgetStateParams{
		Rule: state.Rule, Scope: state.Instance, Month: monthText(state.Month),
		RuleHash: state.RuleHash, Level: int64(state.Threshold),
		Used: state.Used, Limit: state.Limit,
		Version: state.Version, CountedTo: millis(state.CountedTo), Unknown: state.Unknown,
		RootID: state.ParentID, SaidAt: millis(state.PostedAt), RecordedAt: millis(at),
		AckBy: state.Ack.By, AckAt: millis(state.Ack.At), AckReason: state.Ack.Reason, AckLevel: int64(state.Ack.Threshold),
		MuteBy: state.Mute.By, MuteAt: millis(state.Mute.At), MuteLevel: int64(state.Mute.Threshold), MuteUntil: millis(state.Mute.Until),
		ForecastLikely: state.Track.Likely, ForecastAgainst: int64(state.Track.Against), ForecastVersion: state.Track.Version,
		Foretold: int64(state.ForecastThreshold), RootChannel: state.ParentChannel, HeldUntil: millis(state.DeferredUntil),
		OverAt: millis(state.OverAt), Calls: int64(state.Escalations),
		ClosedAt: millis(state.ClosedAt), Final: state.Final, RestatedAt: millis(state.RestatedAt),
		ServiceID: state.ServiceID, Falls: listText(state.Falls), Forms: listText(state.Forms),
		Revision: state.Revision,
	}
}

func recordLifts(ctx context.Context, w *engine.Work, lifts []alerts.Rearm) error {
	rows := make([]query.RearmAlertsParams, len(lifts))
	for i, rearm := range lifts {
		rows[i] = query.RearmAlertsParams{Rule: rearm.Rule, Scope: rearm.Instance, Month: monthText(rearm.Month), Kind: string(rearm.Kind), Above: int64(rearm.Above)}
	}
	return firstError(w.RearmAlerts(ctx, rows).Exec)
}

func recordAlerts(ctx context.Context, w *engine.Work, recorded []alerts.Alert) error {
	rows := make([]query.InsertAlertParams, len(recorded))
	for i, alert := range recorded {
		rows[i] = query.InsertAlertParams{
			Rule: alert.Rule, Scope: alert.Instance, Month: monthText(alert.Month),
			Kind: string(alert.Kind), Level: int64(alert.Threshold), Reason: string(alert.Reason),
			Used: alert.Used, Limit: alert.Limit,
			RecordedAt: millis(alert.At), DeliveryID: alert.DeliveryID,
		}
	}
	return firstConflict(w.InsertAlert(ctx, rows).QueryRow)
}
