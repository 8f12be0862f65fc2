package status

import (
	"context"
	"fmt"
	"time"

	"budgetbot/alerts"
)

// maxDated is how many budgets are looked up one by one.
const maxDated = 50

// Date sets since when each budget has been in its state, unless more of them have reached a threshold than a person would read.
func (s *Snapshot) Date(ctx context.Context, budgets []alerts.BudgetStatus) error {
	var reached []*alerts.BudgetStatus
	for i := range budgets {
		if budgets[i].Line.Threshold > 0 {
			reached = append(reached, &budgets[i])
		}
	}
	if len(reached) > maxDated {
		return nil
	}
	for _, b := range reached {
		past, err := s.records.Alerts(ctx, b.Line.BudgetID)
		if err != nil {
			return fmt.Errorf("read the alerts of %s: %w", b.Line.BudgetID, err)
		}
		b.Since = Since(b.Line, past)
	}
	return nil
}

// Since returns when the budget came into its state: over its limit at 100%, whatever threshold it has reached after that, else at its
// threshold. It is zero where no alert marks the moment.
func Since(l alerts.BudgetLine, reached []alerts.Alert) (at time.Time) {
	threshold := l.Threshold
	if l.Used.GreaterThanOrEqual(l.Limit) {
		threshold = alerts.OverThreshold
	}
	for _, alert := range reached {
		if alert.Kind != alerts.KindForecast && alert.Threshold == threshold {
			at = alert.At
		}
	}
	return at
}
