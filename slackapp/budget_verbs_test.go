package slackapp

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/internal/alertstest"
)

// TestAHistoryTellsOfAMomentOnce: messages that were made anew before anybody saw them are about the moment of the first.
func TestAHistoryTellsOfAMomentOnce(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return alertstest.November.Start().AddDate(0, 0, n-1) }
	message := func(id string, made, reached int, threshold rules.Threshold, state alerts.DeliveryState) alerts.Delivery {
		m := alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{{Threshold: threshold}}}
		if reached > 0 {
			m.ReachedAt = day(reached)
		}
		return alerts.Delivery{ID: id, Kind: alerts.DeliverParent, Channel: "cdn", CreatedAt: day(made), State: state, Message: m}
	}
	reached := func(id string, at int, threshold rules.Threshold) alerts.Alert {
		return alerts.Alert{
			Kind: alerts.KindBudget, Threshold: threshold, Reason: alerts.ReasonMuted, At: day(at), DeliveryID: id, Channel: "cdn", Delivery: alerts.DeliveryBroken,
		}
	}
	const dropped, waits = alerts.DeliveryDropped, alerts.DeliveryBroken
	for _, tt := range []struct {
		name     string
		messages []alerts.Delivery
		reached  []alerts.Alert
		want     []string
	}{
		{
			"the last message in a channel that refuses stands for those before it",
			[]alerts.Delivery{message("d3", 29, 27, 100, waits), message("d2", 28, 27, 100, dropped), message("d1", 27, 0, 100, dropped)},
			[]alerts.Alert{reached("d3", 27, 100)},
			[]string{"27 100% broken"},
		},
		{
			"what was about a lower threshold is another moment",
			[]alerts.Delivery{message("d3", 28, 0, 100, waits), message("d2", 27, 26, 80, dropped), message("d1", 26, 0, 80, dropped)},
			[]alerts.Alert{reached("d3", 26, 80), reached("d3", 28, 100)},
			[]string{"28 100% broken", "26 80% dropped"},
		},
		{
			"and so is the same threshold once usage has come down and reached it again",
			[]alerts.Delivery{message("d2", 28, 0, 100, waits), message("d1", 26, 0, 100, dropped)},
			[]alerts.Alert{reached("d2", 28, 100)},
			[]string{"28 100% broken", "26 100% dropped"},
		},
		{
			"a list stands for the message before it",
			[]alerts.Delivery{message("d1", 26, 0, 100, dropped)},
			[]alerts.Alert{reached("of all", 26, 100)},
			[]string{"26 100% broken"},
		},
		{
			"what was muted before it was posted has the reason alone",
			[]alerts.Delivery{message("d1", 26, 0, 100, dropped)},
			[]alerts.Alert{reached("", 26, 100)},
			[]string{"26 100% "},
		},
	} {
		var got []string
		for _, e := range eventsOf(tt.reached, nil, tt.messages) {
			got = append(got, e.At.Format("2 ")+e.Threshold.String()+" "+string(e.State))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}
