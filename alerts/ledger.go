package alerts

import (
	"context"
	"errors"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// ErrConflict says that somebody else wrote first: a level already recorded, or an older revision of a standing or an episode.
var ErrConflict = errors.New("already recorded by another check")

// ErrOldRules says that another replica has started with another rules file since: nothing is decided by the older one.
var ErrOldRules = errors.New("a newer rules file is in use")

// Ledger is a consumer contract of Checker. It models the store's memory of checks, standings and what was said.
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
	CheckStatus(ctx context.Context) (CheckStatus, error)
	// Standings returns every budget's standing in the month.
	Standings(ctx context.Context, month billing.Month) ([]Standing, error)
	// Record writes what a check found in one transaction, deliveries included. It returns ErrConflict, and writes
	// nothing, where an alert of the same key exists or a standing has a newer revision.
	Record(ctx context.Context, outcome Outcome) error
	// OnRoot returns what the root message shows when everything on its way to it has arrived, or false where it is not kept.
	OnRoot(ctx context.Context, rootID string) (Delivery, bool, error)
	// Waiting returns what nobody has seen yet of the month, by delivery.
	Waiting(ctx context.Context, month billing.Month) ([]Waiting, error)
	// Misses returns how far the forecasts of every budget were off, in the months from the given one on that are closed.
	Misses(ctx context.Context, since billing.Month) (map[BudgetName][]forecast.Miss, error)
	// Episodes returns the episodes of the month and those after it, those of no month, and of what was new all that are kept.
	Episodes(ctx context.Context, since billing.Month) ([]Episode, error)
	// KnownRules returns the names of all rules that ever had a standing, mapped to the hash last recorded.
	KnownRules(ctx context.Context) (map[string]string, error)
}

// CheckStatus is how the checks fare.
type CheckStatus struct {
	SucceededAt time.Time // when the last good check ended
	FailedAt    time.Time // when the last bad one ended; later than SucceededAt while things are bad
	Failure     string    // why, for a person
	NextAt      time.Time // when the next is due
}

// Outcome is everything that one check wants remembered.
type Outcome struct {
	At        time.Time
	Usage     []billing.Usage // the rows as read, the day's snapshot
	Standings []Standing      // to insert (Revision 0) or to update where Revision still matches
	Alerts    []Alert
	Outlooks  []OutlookDay // in place of what was recorded of the same day
	// Lifts are levels that no longer hold, and may be said again: they are forgotten before Alerts are written.
	Lifts    []Lift
	Episodes []Episode // to insert (Revision 0) or to update where Revision still matches
	// Withdrawn are the ids of deliveries that wait and are not to be posted. One that is on its way already is an ErrConflict.
	// What they tell is in Lifts.
	Withdrawn []string
	// Drops are budgets whose waiting deliveries are dropped, except those that tell of a threshold. Deliveries come after it.
	Drops      []BudgetID
	Deliveries []Delivery // each is stored and queued
}

// Lift names the alerts of one kind and budget above a level.
type Lift struct {
	BudgetID
	Kind  AlertKind
	Above rules.Level
}
