package check

import (
	"context"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Ledger is a consumer contract of Checker. It remembers checks, budget states and what was posted; the store implements it.
type Ledger interface {
	Tasks
	Recorder
	ServiceRecord
	// BudgetStates returns the states of the month's budgets.
	BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error)
	// Record writes what a check found in one transaction, deliveries included. It returns ErrConflict, and writes
	// nothing, where an alert of the same key exists or a budget state has a newer revision, and ErrOldRules where the rules of this process
	// are no longer the current ones.
	Record(ctx context.Context, outcome alerts.Outcome) error
	// ByParent returns what the parent message shows once all its deliveries have arrived, or false if it is not kept.
	ByParent(ctx context.Context, parentID string) (alerts.Delivery, bool, error)
	// Waiting returns the month's thresholds and forecasts that are not posted yet, by delivery.
	Waiting(ctx context.Context, month billing.Month) ([]alerts.Waiting, error)
	// ForecastErrors returns how far each budget's forecasts were off, in the closed months from the given one on.
	ForecastErrors(ctx context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error)
	// Incidents returns the incidents of the month and those after it, those of no month, and all kept incidents about new items.
	Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error)
	// KnownRules returns the names of all rules that ever had a budget state, mapped to the hash last recorded.
	KnownRules(ctx context.Context) (map[string]string, error)
}
