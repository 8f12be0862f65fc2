package alerts

import (
	"errors"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// ErrConflict is returned when another writer was first: a threshold is already recorded, or the revision of a budget state or incident is
// old.
var ErrConflict = errors.New("already recorded by another check")

// ErrOldRules is returned when another replica has since started with a newer rules file: a process with older rules decides nothing.
var ErrOldRules = errors.New("a newer rules file is in use")

// CheckStatus is when checks last succeeded and failed.
type CheckStatus struct {
	SucceededAt time.Time // when the last successful check ended
	FailedAt    time.Time // when the last failed one ended; later than SucceededAt while checks fail
	Failure     string    // why, for a person
	NextAt      time.Time // when the next is due
}

// Trouble is why the newest check failed, for a person; empty if it succeeded.
func (s CheckStatus) Trouble() string {
	if s.FailedAt.After(s.SucceededAt) {
		return s.Failure
	}
	return ""
}

// TaskCheck is the task of comparing usage with the rules.
const TaskCheck = "check"

// Finished is the result of a claimed task.
type Finished struct {
	Task, Owner string
	At          time.Time // business time
	// Failure is why the task failed, for a person; empty if it succeeded.
	Failure string
	// Deliveries are stored and queued in the same transaction. One whose id exists already has been posted.
	Deliveries []Delivery
}

// Outcome is everything that one check records.
type Outcome struct {
	At           time.Time
	Usage        []billing.Usage // the rows as read, the day's snapshot
	BudgetStates []BudgetState   // to insert (Revision 0) or to update where Revision still matches
	Alerts       []Alert
	Forecasts    []ForecastDay // replace those recorded for the same day
	// Lifts are thresholds that no longer apply and may be posted again: the store forgets them before it writes Alerts.
	Lifts     []Rearm
	Incidents []Incident // to insert (Revision 0) or to update where Revision still matches
	// Withdrawn are the ids of waiting deliveries that are not to be posted. If one is already being posted, recording returns ErrConflict.
	// Their thresholds are in Lifts.
	Withdrawn []string
	// Drops are budgets whose waiting deliveries are dropped, except those about a threshold. Deliveries are written after that.
	Drops      []BudgetID
	Deliveries []Delivery // each is stored and queued
}

// Rearm names the alerts of one kind and budget above a threshold.
type Rearm struct {
	BudgetID
	Kind  AlertKind
	Above rules.Threshold
}

// RecordTries bounds the attempts to record something while a person's answer, or the queue posting a message that the check withdraws,
// changes the same rows. After an outage the queue posts several messages a second.
const RecordTries = 10

// Retrying calls do, and calls it again after an ErrConflict, up to RecordTries times.
func Retrying(do func() error) error {
	for try := 1; ; try++ {
		if err := do(); !errors.Is(err, ErrConflict) || try == RecordTries {
			return err
		}
	}
}
