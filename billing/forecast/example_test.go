package forecast_test

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// Eight weeks of about 20 TB a working day and 10 at the weekend, and 21 days of November.
func ExampleForecast() {
	counted := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var past forecast.History
	for i := -56; i < 0; i++ {
		day := counted.AddDate(0, 0, i)
		used := decimal.New(20, 12)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			used = decimal.New(10, 12)
		}
		past.Days = append(past.Days, forecast.DayUsage{Day: day, Used: used.Add(decimal.New(int64(i*i%11-5), 12))})
	}
	at := forecast.Position{Month: billing.NewMonth(2026, time.November), Used: decimal.New(347, 12), CountedTo: counted}

	o := forecast.OfMonth(past, at)
	budget := decimal.New(480, 12)
	chance, _ := o.ChanceOver(budget)
	tb := func(d decimal.Decimal) string { return d.Shift(-12).StringFixed(0) + " TB" }
	fmt.Printf("by %s: %s, likely %s to %s\n", o.Method, tb(o.End), tb(o.Low), tb(o.High))
	fmt.Printf("over %s with a chance of %.0f%%\n", tb(budget), 100*chance)
	if out, does := o.RunsOut(budget); does {
		fmt.Printf("it runs out from %s to %s\n", out.First.Format("Jan 2"), out.Last.Format("Jan 2"))
	}
	// Output:
	// by daily usage: 486 TB, likely 458 TB to 515 TB
	// over 480 TB with a chance of 61%
	// it runs out from Nov 28 to Nov 30
}
