package slackapp

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// now is in November 2026 throughout.
var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

func delivery(kind alerts.DeliveryKind, channel, id string) alerts.Delivery {
	budget := alerts.BudgetID{Rule: "na-bandwidth", Month: november}
	return alerts.Delivery{
		ID: id, Kind: kind, Channel: channel, BudgetID: budget, CreatedAt: now,
		Message: alerts.Message{Reason: alerts.ReasonFirstThreshold, Budgets: []alerts.BudgetLine{{
			BudgetID: budget, Title: "North America Bandwidth", Threshold: 80, Next: 100, Used: terabytes(402), Limit: terabytes(500),
			Measure: billing.Measure{Noun: "bandwidth", Bytes: true}, CountedTo: time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC),
		}}},
	}
}
