package alerts

import (
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
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
	BudgetStates []BudgetState   // to insert (Revision 0) or to update if Revision still matches
	Alerts       []Alert
	Forecasts    []ForecastDay // replace those recorded for the same day
	// Lifts are thresholds that no longer apply and may be posted again: the store forgets them before it writes Alerts.
	Lifts     []Rearm
	Incidents []Incident // to insert (Revision 0) or to update if Revision still matches
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

// Memory is what the ledger contains when a check begins.
type Memory struct {
	BudgetStates []BudgetState     // of the month
	Known        map[string]string // every rule ever seen, and its hash as last recorded
	Waiting      []Waiting         // the month's thresholds and forecasts that nobody has seen yet
	// Parents are the parent messages of budgets that are no longer watched, by their ids.
	Parents map[string]Delivery
}

// Waiting is a threshold or a forecast in a message that nobody has seen yet and that is not being posted right now, so that a check can
// still withdraw it.
type Waiting struct {
	BudgetID
	Kind       AlertKind
	Threshold  rules.Threshold
	DeliveryID string
	Sort       DeliveryKind // of the delivery
	Channel    string       // of the delivery, as the rules named it then
	// ReachedAt and Reason are the alert's: a message in place of this one tells of the same moment.
	ReachedAt time.Time
	Reason    Reason
	// MayBePosted means that an attempt to post the message ended without an outcome, so that a message in place of this one may repeat it.
	MayBePosted bool
	// Seen is the highest threshold of the kind without the waiting ones: posted, or recorded without a message.
	Seen rules.Threshold
}

// ForecastDay is the last forecast of a budget's month made while its usage counted up to one day. It is kept for 13 months, so that a
// month's close can compare the forecast with the result, and later forecasts know how far earlier ones were off.
type ForecastDay struct {
	BudgetID
	Day                 time.Time       // the UTC day up to whose end usage was counted, as its first instant
	Used, Limit         decimal.Decimal // in the budget's single units, as are the others
	Low, Expected, High decimal.Decimal
	Deviation           float64 // of the forecast
	Method              forecast.Method
	Version             string // the data version
}

// ForecastError returns how far the day's forecast was from the month's final usage, as forecast.Forecast.PastError does.
func (d ForecastDay) ForecastError(final decimal.Decimal) (forecast.PastError, bool) {
	return forecast.Forecast{
		Position: forecast.Position{Month: d.Month}, Method: d.Method, End: d.Expected, Deviation: d.Deviation,
	}.PastError(final)
}
