package check

import (
	"context"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Ledger is a consumer contract of Checker. It remembers checks, standings and what was posted; the store implements it.
type Ledger interface {
	Tasks
	// BudgetStates returns every budget's standing in the month.
	BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error)
	// Record writes what a check found in one transaction, deliveries included. It returns ErrConflict, and writes
	// nothing, where an alert of the same key exists or a budget state has a newer revision, and ErrOldRules where the rules of this process
	// are no longer the current ones.
	Record(ctx context.Context, outcome alerts.Outcome) error
	// ByParent returns what the root message shows when everything on its way to it has arrived, or false where it is not kept.
	ByParent(ctx context.Context, parentID string) (alerts.Delivery, bool, error)
	// Waiting returns what nobody has seen yet of the month, by delivery.
	Waiting(ctx context.Context, month billing.Month) ([]alerts.Waiting, error)
	// ForecastErrors returns how far the forecasts of every budget were off, in the months from the given one on that are closed.
	ForecastErrors(ctx context.Context, since billing.Month) (map[alerts.BudgetName][]forecast.PastError, error)
	// Incidents returns the episodes of the month and those after it, those of no month, and of what was new all that are kept.
	Incidents(ctx context.Context, since billing.Month) ([]alerts.Incident, error)
	// KnownRules returns the names of all rules that ever had a standing, mapped to the hash last recorded.
	KnownRules(ctx context.Context) (map[string]string, error)
}
