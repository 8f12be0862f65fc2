package sampledata

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Answer is what a person did to a budget half an hour before Now.
func Answer(by, reason string, threshold rules.Threshold) alerts.Answer {
	return alerts.Answer{By: by, At: Now.Add(-28 * time.Minute), Reason: reason, Threshold: threshold}
}

// What sample budgets count, and who owns them: a group and a person.
var (
	Bandwidth = billing.Measure{Noun: "bandwidth", Bytes: true}
	Requests  = billing.Measure{Noun: "requests"}
	FinOps    = rules.Person{Name: "finops", ID: "S0614TZR7"}
	OnCall    = rules.Person{Name: "oncall", ID: "U061F7AUR"}
)

// Line is a budget of terabytes, or of billions of requests, in November.
func Line(rule, title string, measure billing.Measure, used, limit float64, threshold rules.Threshold) alerts.BudgetLine {
	exp := int32(9)
	if measure.Bytes {
		exp = 12
	}
	l := alerts.BudgetLine{
		BudgetID: alerts.BudgetID{Rule: rule, Month: November}, Title: title, Threshold: threshold, Measure: measure,
		Used: decimal.NewFromFloat(used).Shift(exp), Limit: decimal.NewFromFloat(limit).Shift(exp),
		CountedTo: ToNov21, ReadAt: Now, Owners: []rules.Person{FinOps}, PingAt: 100,
	}
	if threshold > 0 {
		l.Passed = []rules.Threshold{threshold}
	}
	for _, next := range []rules.Threshold{80, 100, 125} {
		if next > threshold && l.Next == 0 {
			l.Next = next
		}
	}
	return l
}
