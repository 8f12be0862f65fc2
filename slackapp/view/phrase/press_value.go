package phrase

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// Subject is what a button under an alert carries: which budget, and what its message showed. It is not secret, and the
// code that receives it back looks everything up again.
type Subject struct {
	alerts.BudgetID
	Threshold rules.Threshold `json:"level,omitempty"`
	Answered  int64           `json:"answered,omitempty"` // unix milliseconds
}

// PressValue is the value of the buttons under a message that shows the budget like this. It contains none of the characters that Slack
// escapes.
func PressValue(l alerts.BudgetLine) string {
	shown := alerts.ShownOf(l.Threshold, l.Answers)
	b := Subject{BudgetID: l.BudgetID, Threshold: shown.Threshold}
	if !shown.Answered.IsZero() {
		b.Answered = shown.Answered.UnixMilli()
	}
	text, _ := json.Marshal(b) // a struct of texts and numbers is always JSON
	return string(text)
}

// Shown returns what the message showed of it.
func (b Subject) Shown() alerts.Shown {
	shown := alerts.Shown{Threshold: b.Threshold}
	if b.Answered != 0 {
		shown.Answered = time.UnixMilli(b.Answered).UTC()
	}
	return shown
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
