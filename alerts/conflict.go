package alerts

import (
	"errors"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// ErrConflict says that somebody else wrote first: a level already recorded, or an older revision of a standing or an episode.
var ErrConflict = errors.New("already recorded by another check")

// ErrOldRules says that another replica has started with another rules file since: nothing is decided by the older one.
var ErrOldRules = errors.New("a newer rules file is in use")

// CheckStatus is how the checks fare.
type CheckStatus struct {
	SucceededAt time.Time // when the last good check ended
	FailedAt    time.Time // when the last bad one ended; later than SucceededAt while things are bad
	Failure     string    // why, for a person
	NextAt      time.Time // when the next is due
}

// Trouble is why the newest check failed, for a person; empty where it did not.
func (s CheckStatus) Trouble() string {
	if s.FailedAt.After(s.SucceededAt) {
		return s.Failure
	}
	return ""
}

// TaskCheck is the task of comparing usage with the rules.
const TaskCheck = "check"

// Finished is what a claimed task came to.
type Finished struct {
	Task, Owner string
	At          time.Time // business time
	// Failure is why the task failed, for a person; empty where it succeeded.
	Failure string
	// Deliveries are stored and queued with it. One of an id that is there already has been posted.
	Deliveries []Delivery
}

// Outcome is everything that one check wants remembered.
type Outcome struct {
	At           time.Time
	Usage        []billing.Usage // the rows as read, the day's snapshot
	BudgetStates []BudgetState   // to insert (Revision 0) or to update where Revision still matches
	Alerts       []Alert
	Forecasts    []ForecastDay // in place of what was recorded of the same day
	// Lifts are thresholds that no longer hold and may be posted again: the store forgets them before it writes Alerts.
	Lifts     []Rearm
	Incidents []Incident // to insert (Revision 0) or to update where Revision still matches
	// Withdrawn are the ids of deliveries that wait and are not to be posted. One that is on its way already is an ErrConflict.
	// What they tell is in Lifts.
	Withdrawn []string
	// Drops are budgets whose waiting deliveries are dropped, except those that tell of a threshold. Deliveries come after it.
	Drops      []BudgetID
	Deliveries []Delivery // each is stored and queued
}

// Rearm names the alerts of one kind and budget above a level.
type Rearm struct {
	BudgetID
	Kind  AlertKind
	Above rules.Threshold
}

// RecordTries is how often something is recorded that others get in the way of: people by their answers, and the queue by posting what
// a check is about to take back. After an outage the queue posts several messages a second.
const RecordTries = 10

// Retrying does something that ends in a record, and does it anew where somebody else wrote first, up to RecordTries times.
func Retrying(do func() error) error {
	for try := 1; ; try++ {
		if err := do(); !errors.Is(err, ErrConflict) || try == RecordTries {
			return err
		}
	}
}
