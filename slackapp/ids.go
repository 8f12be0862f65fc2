package slackapp

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

// about is what a button under an alert carries: which budget, and what its message showed. It is no secret, and whoever
// receives it back looks everything up anew.
type about struct {
	Rule     string        `json:"rule"`
	Scope    string        `json:"scope,omitempty"`
	Month    billing.Month `json:"month"`
	Level    rules.Level   `json:"level,omitempty"`
	Answered int64         `json:"answered,omitempty"` // unix milliseconds
}

// aboutBudget is what the buttons of a message carry that shows the budget so.
func aboutBudget(id alerts.BudgetID, level rules.Level, answers alerts.Answers) about {
	shown := alerts.ShownOf(level, answers)
	b := about{Rule: id.Rule, Scope: id.Scope, Month: id.Month, Level: shown.Level}
	if !shown.Answered.IsZero() {
		b.Answered = shown.Answered.UnixMilli()
	}
	return b
}

func (b about) budget() alerts.BudgetID {
	return alerts.BudgetID{Rule: b.Rule, Scope: b.Scope, Month: b.Month}
}

func (b about) shown() alerts.Shown {
	shown := alerts.Shown{Level: b.Level}
	if b.Answered != 0 {
		shown.Answered = time.UnixMilli(b.Answered).UTC()
	}
	return shown
}

// value is the text that a button carries. It has none of the characters that Slack escapes.
func (b about) value() string {
	text, err := json.Marshal(b)
	if err != nil { // a struct of texts and numbers is always JSON
		return ""
	}
	return string(text)
}

var errValue = errors.New("not the value of a button of mine")

// readAbout reads what a button carries.
func readAbout(value string) (about, error) {
	var b about
	decoder := json.NewDecoder(strings.NewReader(value))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return about{}, fmt.Errorf("%w: %w", errValue, err)
	}
	if b.Rule == "" || b.Month.IsZero() || decoder.More() {
		return about{}, errValue
	}
	return b, nil
}

// pressValue is what the buttons under a delivery carry; empty where it does not stand for one budget.
func pressValue(d alerts.Delivery) string {
	if len(d.Message.Budgets) != 1 {
		return ""
	}
	line := d.Message.Budgets[0]
	return aboutBudget(line.BudgetID, line.Level, line.Answers).value()
}
