package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

func readingOf(rules []rules.Rule, services []billing.ServiceUsage) evaluate.Reading {
	tally := evaluate.NewServiceTally(rules, evaluate.Reading{Rows: alertstest.Account()})
	tally.Add(services)
	return evaluate.Reading{Month: alertstest.November, Rows: alertstest.Account(), Services: tally, ReadAt: alertstest.Noon}
}

// composed is a plan with what is recorded and posted of it.
type composed struct {
	Plan
	Outcome alerts.Outcome
}

// planned decides and composes, as a check does that has nothing to explain.
func planned(set *rules.Rules, findings []evaluate.Finding, memory alerts.Memory, now time.Time, newID func() string) composed {
	plan := MakePlan(set, findings, memory, now)
	outcome := plan.Compose(newID)
	return composed{plan, outcome}
}
