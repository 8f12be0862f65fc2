package alerts

import (
	"fmt"
	"time"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Answer is a person's answer about a budget. The zero value is none.
type Answer struct {
	By        string          `json:"by,omitempty"`     // Slack's id of the person
	At        time.Time       `json:"at,omitzero"`      // in whole milliseconds, UTC
	Reason    string          `json:"reason,omitempty"` // in their own words; may be empty
	Threshold rules.Threshold `json:"level,omitempty"`  // the highest threshold reached when it was given
	Until     time.Time       `json:"until,omitzero"`   // when a mute ends that ends before its month does; else zero
}

// Given reports whether there is an answer.
func (a Answer) Given() bool { return a.By != "" }

// Answers are the acknowledgement and the mute that a budget may have in a month.
type Answers struct {
	// Ack stops repeated messages. A threshold above Ack.Threshold is still posted.
	Ack Answer `json:"ack,omitzero"`
	// Mute lasts until a day that was named, or the month's end: nothing new is posted about the budget in its channel, whatever threshold it
	// reaches.
	Mute Answer `json:"mute,omitzero"`
}

// Acknowledged reports whether a person has acknowledged the threshold.
func (a Answers) Acknowledged(threshold rules.Threshold) bool {
	return a.Ack.Given() && a.Ack.Threshold >= threshold
}

// Muted reports whether nothing more is to be posted.
func (a Answers) Muted() bool { return a.Mute.Given() }

// At returns the answers that hold at the instant: without a mute that has ended.
func (a Answers) At(now time.Time) Answers {
	if until := a.Mute.Until; !until.IsZero() && !now.Before(until) {
		a.Mute = Answer{}
	}
	return a
}

// Act is a person's action on a budget, by its name in the audit.
type Act string

// The acts.
const (
	ActAcknowledge   Act = "acknowledge"
	ActExplain       Act = "explain"       // adds a reason to one's own acknowledgement
	ActUnacknowledge Act = "unacknowledge" // undoes the acknowledgement
	ActMute          Act = "mute"
	ActUnmute        Act = "unmute"
)

// Press is one person's request about one budget, by a button or a command.
type Press struct {
	Act    Act
	By     string    // Slack's id of the person
	Reason string    // of ActAcknowledge and ActExplain; may be empty
	Until  time.Time // of ActMute: zero for the month's end
	// Shown is what the pressed message showed; nil for a command, which refers to the current state.
	Shown *Shown
}

// Shown identifies what a budget's message showed, so that a press on an outdated message is refused. It is not BudgetState.Revision, which
// changes with every new figure.
type Shown struct {
	Threshold rules.Threshold
	Answered  time.Time // when the newest answer was given; zero for none
}

// ShownOf returns what a message about the budget shows.
func ShownOf(threshold rules.Threshold, answers Answers) Shown {
	return Shown{threshold, billing.Later(answers.Ack.At, answers.Mute.At)}
}

// Equal reports whether both show the same.
func (s Shown) Equal(other Shown) bool {
	return s.Threshold == other.Threshold && s.Answered.Equal(other.Answered)
}

// AuditEntry is one action that changed something, kept for 13 months.
type AuditEntry struct {
	ID    string
	At    time.Time
	Actor string // Slack's id of the person
	Act   Act
	BudgetID
	Threshold rules.Threshold // the highest threshold reached at the time
	Detail    string          // the reason given; may be empty
	MuteUntil time.Time       // of ActMute: zero for the month's end
	Revision  int64           // of the budget state after the action
}

// Obstacle is why a press changes nothing.
type Obstacle string

// The obstacles.
const (
	ObstacleUnwatched      Obstacle = "the budget has not been checked this month"
	ObstacleNoAlert        Obstacle = "there has been no alert about the budget this month"
	ObstacleMonthOver      Obstacle = "the month is over"
	ObstacleAcknowledged   Obstacle = "already acknowledged"
	ObstacleMuted          Obstacle = "already muted"
	ObstacleUnacknowledged Obstacle = "not acknowledged"
	ObstacleUnmuted        Obstacle = "not muted"
	ObstacleOthers         Obstacle = "someone else acknowledged it"
	ObstacleChanged        Obstacle = "the message was out of date"
)

// Refusal is the error for a press that changes nothing: why, and the budget's current state.
type Refusal struct {
	Press       Press
	Obstacle    Obstacle
	BudgetState BudgetState
}

func (e *Refusal) Error() string {
	return fmt.Sprintf("%s %s: %s", e.Press.Act, e.BudgetState.BudgetID, e.Obstacle)
}
