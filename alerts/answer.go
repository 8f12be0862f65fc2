package alerts

import (
	"fmt"
	"time"

	"budgetbot/alerts/rules"
)

// Answer is what a person decided about a budget. The zero value is none.
type Answer struct {
	By        string          `json:"by,omitempty"`     // Slack's id of the person
	At        time.Time       `json:"at,omitzero"`      // in whole milliseconds, UTC
	Reason    string          `json:"reason,omitempty"` // in their own words; may be empty
	Threshold rules.Threshold `json:"level,omitempty"`  // the highest one reached when it was given
}

// Given reports whether there is an answer at all.
func (a Answer) Given() bool { return a.By != "" }

// Answers are the two that a budget may have in a month, at once or neither.
type Answers struct {
	// Ack says that somebody has it in hand: nothing is repeated. A level above Ack.Threshold is still said.
	Ack Answer `json:"ack,omitzero"`
	// Mute holds until the month's end: nothing new is said of the budget in its channel, whatever level it reaches.
	Mute Answer `json:"mute,omitzero"`
}

// Acknowledged reports whether somebody has the level, and so what was said of it, in hand.
func (a Answers) Acknowledged(threshold rules.Threshold) bool {
	return a.Ack.Given() && a.Ack.Threshold >= threshold
}

// Muted reports whether nothing more is to be said.
func (a Answers) Muted() bool { return a.Mute.Given() }

// Act is what somebody does about a budget, and what the audit calls it.
type Act string

// The acts.
const (
	ActAcknowledge   Act = "acknowledge"
	ActExplain       Act = "explain"       // gives the reason of one's own acknowledgement afterwards
	ActUnacknowledge Act = "unacknowledge" // takes the acknowledgement back
	ActMute          Act = "mute"
	ActUnmute        Act = "unmute"
)

// Press is one person's wish about one budget, typed or pressed.
type Press struct {
	Act    Act
	By     string // Slack's id of the person
	Reason string // of ActAcknowledge and ActExplain; may be empty
	// Shown is what the pressed message showed; nil for what was typed, which means the budget as it stands.
	Shown *Shown
}

// Shown is what tells one state of a budget's message from the next: a press on a message that shows another is refused. It
// is not BudgetState.Revision, which changes with every new figure.
type Shown struct {
	Threshold rules.Threshold
	Answered  time.Time // when the newest answer was given; zero for none
}

// ShownOf returns what a message about the budget shows.
func ShownOf(threshold rules.Threshold, answers Answers) Shown {
	answered := answers.Ack.At
	if answers.Mute.At.After(answered) {
		answered = answers.Mute.At
	}
	return Shown{threshold, answered}
}

// AuditEntry is one act that changed something, kept 13 months.
type AuditEntry struct {
	ID    string
	At    time.Time
	Actor string // Slack's id of the person
	Act   Act
	BudgetID
	Threshold rules.Threshold // the highest one reached at the time
	Detail    string          // the reason that was given; may be empty
	Revision  int64           // of the standing that the act made
}

// Obstacle is why a press changes nothing.
type Obstacle string

// The obstacles.
const (
	ObstacleUnwatched      Obstacle = "the budget has not been checked this month"
	ObstacleNothingSaid    Obstacle = "there has been no alert about the budget this month"
	ObstacleMonthOver      Obstacle = "the month is over"
	ObstacleAcknowledged   Obstacle = "already acknowledged"
	ObstacleMuted          Obstacle = "already muted"
	ObstacleUnacknowledged Obstacle = "not acknowledged"
	ObstacleUnmuted        Obstacle = "not muted"
	ObstacleOthers         Obstacle = "someone else acknowledged it"
	ObstacleChanged        Obstacle = "the message was out of date"
)

// Refusal says that a press has changed nothing, why, and how the budget stands.
type Refusal struct {
	Press       Press
	Obstacle    Obstacle
	BudgetState BudgetState
}

func (e *Refusal) Error() string {
	return fmt.Sprintf("%s %s: %s", e.Press.Act, e.BudgetState.BudgetID, e.Obstacle)
}
