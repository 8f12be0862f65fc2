package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing/forecast"
)

// ForecastDay is the last forecast of a budget's month made while its usage counted up to one day. It is kept for 13 months, so that a
// month's close can compare the forecast with the result, and later forecasts know how far earlier ones were off.
type ForecastDay struct {
	BudgetID
	Day                 time.Time       // the UTC day up to whose end usage was counted, as its first instant
	Used, Limit         decimal.Decimal // in the budget's single units, as are the others
	Low, Expected, High decimal.Decimal
	Deviation           float64 // of the forecast
	Method              forecast.Method
	Version             string // the data version
}

// ForecastError returns how far the day's forecast was from the month's final usage, as forecast.Forecast.PastError does.
func (d ForecastDay) ForecastError(final decimal.Decimal) (forecast.PastError, bool) {
	return forecast.Forecast{
		Position: forecast.Position{Month: d.Month}, Method: d.Method, End: d.Expected, Deviation: d.Deviation,
	}.PastError(final)
}
