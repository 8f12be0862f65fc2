package decide

import (
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
