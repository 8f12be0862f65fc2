package store

import (
	"context"
	"encoding/json"
	"fmt"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/store/query"
)

// CheckStatus returns how the checks fare, in business time.
func (s *Store) CheckStatus(ctx context.Context) (alerts.CheckStatus, error) {
	return ask(ctx, "read how checks fare", func(ctx context.Context) (alerts.CheckStatus, error) {
		row, err := s.queries.ScheduleOf(ctx, alerts.TaskCheck)
		return alerts.CheckStatus{
			SucceededAt: instant(row.SucceededAt),
			FailedAt:    instant(row.FailedAt),
			Failure:     row.Failure,
			NextAt:      instant(row.DueAt),
		}, err
	})
}

// BudgetStates returns every budget's state in the month, by rule and instance.
func (s *Store) BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error) {
	return list(ctx, fmt.Sprintf("read budget states of %s", month), s.queries.BudgetStates, monthText(month), readBudgetState)
}

// KnownRules returns the rules that have a state in any stored month, mapped to the hash last recorded.
func (s *Store) KnownRules(ctx context.Context) (map[string]string, error) {
	return ask(ctx, "read known rules", func(ctx context.Context) (map[string]string, error) {
		rows, err := s.queries.KnownRules(ctx)
		known := make(map[string]string, len(rows))
		for _, row := range rows { // the last recorded comes last
			known[row.Rule] = row.RuleHash
		}
		return known, err
	})
}

// Alerts returns the alerts of a budget in its month that were sent or recorded without a message, in the order in which
// they were recorded.
func (s *Store) Alerts(ctx context.Context, id alerts.BudgetID) ([]alerts.Alert, error) {
	of := query.AlertsParams{Rule: id.Rule, Scope: id.Instance, Month: monthText(id.Month)}
	return list(ctx, fmt.Sprintf("read alerts of %s", id), s.queries.Alerts, of, readAlert)
}

// Waiting returns the month's thresholds in messages that have not been posted, in the order of the deliveries.
func (s *Store) Waiting(ctx context.Context, month billing.Month) ([]alerts.Waiting, error) {
	read := func(row query.WaitingAlertsRow) (alerts.Waiting, error) {
		return alerts.Waiting{
			BudgetID: alerts.BudgetID{Rule: row.Rule, Instance: row.Scope, Month: month}, Kind: alerts.AlertKind(row.Kind),
			Threshold: rules.Threshold(row.Level), Seen: rules.Threshold(row.Seen), DeliveryID: row.ID,
			Sort: alerts.DeliveryKind(row.Sort), Channel: row.Channel, ReachedAt: instant(row.RecordedAt), Reason: alerts.ReadReason(row.Reason),
			MayBePosted: row.Unsettled,
		}, nil
	}
	return list(ctx, fmt.Sprintf("read what waits of %s", month), s.queries.WaitingAlerts, monthText(month), read)
}

func readBudgetState(row query.Standing) (alerts.BudgetState, error) {
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	if err != nil {
		return alerts.BudgetState{}, err
	}
	falls, err := readList[alerts.Fall](row.Falls)
	if err != nil {
		return alerts.BudgetState{}, fmt.Errorf("%s: falls: %w", budget, err)
	}
	forms, err := readList[alerts.Form](row.Forms)
	if err != nil {
		return alerts.BudgetState{}, fmt.Errorf("%s: forms: %w", budget, err)
	}
	return alerts.BudgetState{
		BudgetID: budget, RuleHash: row.RuleHash, Threshold: rules.Threshold(row.Level), Used: row.Used, Limit: row.Limit,
		Version: row.Version, CountedTo: instant(row.CountedTo), Unknown: row.Unknown,
		Track:    forecast.Track{Likely: row.ForecastLikely, Against: int(row.ForecastAgainst), Version: row.ForecastVersion},
		ParentID: row.RootID, ParentChannel: row.RootChannel, PostedAt: instant(row.SaidAt), ForecastThreshold: rules.Threshold(row.Foretold),
		DeferredUntil: instant(row.HeldUntil), OverAt: instant(row.OverAt), Escalations: int(row.Calls),
		ClosedAt: instant(row.ClosedAt), Final: row.Final, RestatedAt: instant(row.RestatedAt), ServiceID: row.ServiceID, Falls: falls, Forms: forms, Revision: row.Revision,
		Answers: alerts.Answers{
			Ack:  alerts.Answer{By: row.AckBy, At: instant(row.AckAt), Reason: row.AckReason, Threshold: rules.Threshold(row.AckLevel)},
			Mute: alerts.Answer{By: row.MuteBy, At: instant(row.MuteAt), Threshold: rules.Threshold(row.MuteLevel), Until: instant(row.MuteUntil)},
		},
	}, nil
}

// listText is empty for an empty list, as in rows of before there was one.
func listText[V any](list []V) string {
	if len(list) == 0 {
		return ""
	}
	text, _ := json.Marshal(list) // numbers, texts and times, which can all be written
	return string(text)
}

func readList[V any](text string) (list []V, err error) {
	if text == "" {
		return nil, nil
	}
	return list, json.Unmarshal([]byte(text), &list)
}

func readAlert(found query.AlertsRow) (alerts.Alert, error) {
	row := found.Alert
	budget, err := readBudget(row.Rule, row.Scope, row.Month)
	return alerts.Alert{
		BudgetID: budget, Kind: alerts.AlertKind(row.Kind), Threshold: rules.Threshold(row.Level), Reason: alerts.ReadReason(row.Reason),
		Used: row.Used, Limit: row.Limit, At: instant(row.RecordedAt), DeliveryID: row.DeliveryID,
		Delivery: alerts.DeliveryState(found.State), Channel: found.Channel, Posted: found.State == string(alerts.DeliverySent) && found.Ts != "",
	}, err
}
