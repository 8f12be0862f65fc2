package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing/forecast"
)

// ForecastDay is what was foreseen of a budget's month when its usage counted up to one day: the last look at that day. It is
// kept for 13 months, so that at the month's end people can be told what was said before, and so that forecasts know how
// far they are off.
type ForecastDay struct {
	BudgetID
	Day                 time.Time       // the UTC day up to whose end usage was counted, as its first instant
	Used, Limit         decimal.Decimal // in the budget's single units, as are the others
	Low, Expected, High decimal.Decimal
	Deviation           float64 // of Outlook
	Method              forecast.Method
	Version             string // the data version
}

// ForecastError returns how far the day's outlook was from the month's final usage, as Outlook.ForecastError does.
func (d ForecastDay) ForecastError(final decimal.Decimal) (forecast.PastError, bool) {
	return forecast.Forecast{
		Position: forecast.Position{Month: d.Month}, Method: d.Method, End: d.Expected, Deviation: d.Deviation,
	}.PastError(final)
}
