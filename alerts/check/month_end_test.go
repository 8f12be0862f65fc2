package check

import (
	"context"
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

// TestTheClosedMonthIsLookedAtOnceADay: it costs a read of Fastly, and changes rarely.
func TestTheClosedMonthIsLookedAtOnceADay(t *testing.T) {
	b := newBench(t, checkedRule)
	b.lateDay = time.Time{}
	rule := b.Rules().Rules[0]
	october := alertstest.November.Add(-1)
	closed := alerts.BudgetState{
		BudgetID: alerts.BudgetID{Rule: "na", Month: october}, RuleHash: rule.Hash(october, rules.Instance{}), ClosedAt: october.End(), Revision: 1,
	}
	var reads int
	b.ledger.OnBudgetStates = func(m billing.Month) ([]alerts.BudgetState, error) {
		if m == october {
			return []alerts.BudgetState{closed}, nil
		}
		return nil, nil
	}
	b.source.OnUsage = func(_ context.Context, r billing.Range) ([]billing.Usage, error) {
		if r.Last == october {
			reads++
			return nil, nil // an answer without rows: what is closed stays closed
		}
		return alertstest.Account(), nil
	}
	b.ledger.OnRecord = func(alerts.Outcome) error { return nil }
	start := time.Date(2026, time.November, 10, 9, 0, 0, 0, time.UTC)
	for _, at := range []time.Duration{0, time.Hour, 14 * time.Hour, 15 * time.Hour, 16 * time.Hour, 6 * 24 * time.Hour} {
		if got := b.Check(t.Context(), start.Add(at)); got.Err != nil {
			t.Fatal(got.Err)
		}
	}
	if reads != 2 {
		t.Errorf("%d looks at October, want one on the 10th, one on the 11th, none after two weeks", reads)
	}
}
