package budgetview_test

import (
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/view/sampledata"
)

// budgetState is the state of a budget of terabytes, changed as a test needs it.
func budgetState(name string, used, limit float64, threshold rules.Threshold, changes ...func(*alerts.BudgetStatus)) alerts.BudgetStatus {
	s := alerts.BudgetStatus{
		Line: sampledata.Line(strings.ToLower(name), name, sampledata.Bandwidth, used, limit, threshold), Known: true, Channel: "cdn-budget",
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// ofMoney is a budget of dollars.
func ofMoney(used, limit float64) func(*alerts.BudgetStatus) {
	return func(s *alerts.BudgetStatus) {
		s.Line.Measure, s.Line.Used, s.Line.Limit = billing.Cost("USD"), decimal.NewFromFloat(used), decimal.NewFromFloat(limit)
		s.Line.CountedTo = viewtest.November(22, 6)
	}
}

// forecastOf is a forecast of terabytes.
func forecastOf(low, high float64, change func(*alerts.Forecast)) func(*alerts.BudgetStatus) {
	f := &alerts.Forecast{Threshold: 100, Low: viewtest.Tera(low), Expected: viewtest.Tera((low + high) / 2), High: viewtest.Tera(high)}
	if change != nil {
		change(f)
	}
	return func(s *alerts.BudgetStatus) { s.Line.Forecast = f }
}

func stale(s *alerts.BudgetStatus) {
	s.Unknown, s.Stale, s.Line.CountedTo = "Fastly did not answer.", true, viewtest.November(20, 12)
}
