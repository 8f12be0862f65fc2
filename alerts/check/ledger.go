package check

import (
	"context"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Ledger is a consumer contract of Checker. It remembers checks, standings and what was posted; the store implements it.
type Ledger interface {
	// ClaimCheck takes the check that is due at now for owner, at most once per interval across all replicas. It reports
	// false where none is due or another holds it. A claim that is not finished within lease is free again, and at once for
	// its own owner, who makes one check at a time and knows that this one has ended. It returns ErrOldRules where the rules of
	// this process are no longer the current ones, and so does Record.
	ClaimCheck(ctx context.Context, owner string, now time.Time, every, lease time.Duration) (bool, error)
	// FinishCheck records how the claimed check ended: failure is empty where it succeeded, else a sentence for a person.
	FinishCheck(ctx context.Context, owner string, now time.Time, failure string) error
	// ReleaseCheck gives a claim back without an outcome: the check is still due.
	ReleaseCheck(ctx context.Context, owner string) error
	// CheckStatus returns when checks last succeeded and failed; zero values before the first.
	CheckStatus(ctx context.Context) (alerts.CheckStatus, error)
	// BudgetStates returns every budget's standing in the month.
	BudgetStates(ctx context.Context, month billing.Month) ([]alerts.BudgetState, error)
	// Record writes what a check found in one transaction, deliveries included. It returns ErrConflict, and writes
	// nothing, where an alert of the same key exists or a standing has a newer revision.
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
