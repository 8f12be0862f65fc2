package phrase

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Subject is what a button under an alert carries: which budget, and what its message showed. It is not secret, and the
// code that receives it back looks everything up again.
type Subject struct {
	Rule      string          `json:"rule"`
	Instance  string          `json:"scope,omitempty"`
	Month     billing.Month   `json:"month"`
	Threshold rules.Threshold `json:"level,omitempty"`
	Answered  int64           `json:"answered,omitempty"` // unix milliseconds
}

// SubjectOf is what the buttons of a message carry that shows the budget so.
func SubjectOf(id alerts.BudgetID, threshold rules.Threshold, answers alerts.Answers) Subject {
	shown := alerts.ShownOf(threshold, answers)
	b := Subject{Rule: id.Rule, Instance: id.Instance, Month: id.Month, Threshold: shown.Threshold}
	if !shown.Answered.IsZero() {
		b.Answered = shown.Answered.UnixMilli()
	}
	return b
}

// Budget returns which budget the button is about.
func (b Subject) Budget() alerts.BudgetID {
	return alerts.BudgetID{Rule: b.Rule, Instance: b.Instance, Month: b.Month}
}

// Shown returns what the message showed of it.
func (b Subject) Shown() alerts.Shown {
	shown := alerts.Shown{Threshold: b.Threshold}
	if b.Answered != 0 {
		shown.Answered = time.UnixMilli(b.Answered).UTC()
	}
	return shown
}

// Value is the text that a button carries. It contains none of the characters that Slack escapes.
func (b Subject) Value() string {
	text, err := json.Marshal(b)
	if err != nil { // a struct of texts and numbers is always JSON
		return ""
	}
	return string(text)
}

var errValue = errors.New("not the value of a button of mine")

// ReadSubject reads what a button carries.
func ReadSubject(value string) (Subject, error) {
	var b Subject
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return Subject{}, fmt.Errorf("%w: %w", errValue, err)
	}
	if b.Rule == "" || b.Month.IsZero() || decoder.More() {
		return Subject{}, errValue
	}
	return b, nil
}

// PressValue is what the buttons under a delivery carry; empty where it does not stand for one budget.
func PressValue(d alerts.Delivery) string {
	if len(d.Message.Budgets) != 1 {
		return ""
	}
	line := d.Message.Budgets[0]
	return SubjectOf(line.BudgetID, line.Threshold, line.Answers).Value()
}
