package check

import (
	"context"
	"testing"

	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// A month whose rows were all set aside is not a month without usage: its budgets are unknown, and the check goes on.
func TestReadOfAMonthThatWasSetAsideAsAWhole(t *testing.T) {
	before := alertstest.Gigabytes(alertstest.November.Add(-1), "cdn_usage/Asia Bandwidth", 90)
	source := &alertstest.FakeSource{OnUsage: func(context.Context, billing.Range) ([]billing.Usage, error) {
		return []billing.Usage{before, alertstest.Odd("cdn_usage", "Asia Bandwidth", "Asia")}, nil
	}}
	rules := alertstest.Load(t, "rules: [{name: r, channel: cdn, product: cdn_usage, budget: 500 TB}]").Rules
	reading, err := Read(t.Context(), Sources{Usage: source}, rules, alertstest.November, alertstest.Noon)
	if err != nil || len(reading.Closed) != 1 || len(reading.Rows) != 0 {
		t.Fatalf("%+v, %v", reading, err)
	}
	if got := reported(evaluate.Evaluate(rules, reading)); len(got) != 1 || got[0] != "odd" {
		t.Errorf("findings are %q", got)
	}
}
