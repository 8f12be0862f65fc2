package evaluate

import (
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// evaluation is a reading prepared for many questions. Rules with the same question share totals.
type evaluation struct {
	Reading
	index   *Index
	factors billing.Factors
	version string
	bill    *bill // nil if it is not known
	totals  map[question][]Finding
	// forecasts are those that budgets share.
	forecasts map[outlook]forecast.Forecast
}

func newEvaluation(reading Reading) *evaluation {
	return &evaluation{
		Reading: reading, index: NewIndex(reading.Rows), factors: billing.FactorsOf(reading.Rows), version: dataVersion(reading.Rows),
		bill: newBill(reading.Bill, reading.names()), totals: map[question][]Finding{}, forecasts: map[outlook]forecast.Forecast{},
	}
}
