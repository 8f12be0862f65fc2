package check

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/zap/zapcore"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestAChangeAtFastlyThatLeavesABudgetWithoutAFigure: the operators hear of it, whatever kind of rule it is, with the reason.
func TestAChangeAtFastlyThatLeavesABudgetWithoutAFigure(t *testing.T) {
	const (
		storage = "operators: {channel: ops}\nrules: [{name: storage, product: object_storage, budget: 500 GB, channel: cdn}]"
		growing = "operators: {channel: ops}\nrules: [{name: storage, product: object_storage, change: {over: 30%, at_least: 1 GB}, channel: cdn}]"
	)
	row := func(month billing.Month, product, usageType, unit, quantity string) billing.Usage {
		u := alertstest.Account()[0]
		u.Month, u.Product, u.UsageType, u.Unit, u.Quantity = month, product, usageType, unit, decimal.RequireFromString(quantity)
		u.CountedTo = billing.Earlier(month.End(), alertstest.Noon)
		return u
	}
	october := alertstest.November.Add(-1)
	before := []billing.Usage{row(october, "object_storage", "Standard Storage", "gb", "300"), row(alertstest.November, "object_storage", "Standard Storage", "gb", "300")}
	for _, tt := range []struct {
		name, rules string
		rows        []billing.Usage
		why         string
	}{
		{
			"a second unit under one product", storage, append(before, row(alertstest.November, "object_storage", "Class A Operations", "unit", "9")),
			"it covers usage in gb and in unit, but a budget needs a single unit",
		},
		{
			"the same of a rule with change", growing, append(before, row(alertstest.November, "object_storage", "Class A Operations", "unit", "9")),
			"it covers usage in gb and in unit, but a change needs a single unit",
		},
		{
			"rows that are called another product from this month on", storage,
			[]billing.Usage{before[0], row(alertstest.November, "storage", "Standard Storage", "gb", "900")},
			"Fastly lists no usage of object_storage in 2026-11",
		},
		{
			"the same of a rule with change, which is called so", growing,
			[]billing.Usage{before[0], row(alertstest.November, "storage", "Standard Storage", "gb", "900")},
			"Fastly lists no usage of object_storage in 2026-11",
		},
		{
			"another unit", storage,
			[]billing.Usage{before[0], row(alertstest.November, "object_storage", "Standard Storage", "crates", "9")},
			"Standard Storage is counted in crates, not in bytes",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, tt.rules)
			b.source.OnUsage = func(context.Context, billing.Range) ([]billing.Usage, error) { return tt.rows, nil }
			b.ledger.OnBudgetStates = func(month billing.Month) ([]alerts.BudgetState, error) {
				if month == alertstest.November {
					return nil, nil
				}
				return []alerts.BudgetState{{BudgetID: alerts.BudgetID{Rule: "storage", Month: month}, Version: "v", Revision: 1}}, nil
			}
			growth := &alerts.Growth{PerDay: decimal.New(9, 0)}
			remembered := []alerts.Incident{{BudgetID: alerts.BudgetID{Rule: "storage", Month: october}, Kind: alerts.IncidentChange, State: alerts.IncidentQuiet, Report: alerts.Report{Growth: growth}, Revision: 1}}
			b.ledger.OnIncidents = func(billing.Month) ([]alerts.Incident, error) { return remembered, nil }
			b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
			var posted []alerts.Delivery
			b.ledger.Health = func(o alerts.Outcome) error {
				n := alertstest.Notebook{Incidents: remembered}
				for _, e := range o.Incidents {
					n.Keep(t, e)
				}
				remembered = n.Incidents
				for _, d := range o.Deliveries {
					if d.Message.Trouble != nil && d.Message.Trouble.Kind == alerts.IncidentUnknown {
						posted = append(posted, d)
					}
				}
				return nil
			}
			for _, hours := range []int{0, 35, 36, 37} {
				b.RunOnce(t.Context(), alertstest.Noon.Add(time.Duration(hours)*time.Hour))
			}
			if len(posted) != 1 || posted[0].Channel != "ops" || len(posted[0].Message.Trouble.Unknown) != 1 || posted[0].Message.Trouble.Unknown[0].Why != tt.why {
				t.Errorf("posted %+v, want one message with the reason %q; logged %q", posted, tt.why, b.messages(zapcore.WarnLevel))
			}
		})
	}
}
