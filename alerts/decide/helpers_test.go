package decide

import (
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/internal/alertstest"
)

const jumpRule = `usage_type: "* Requests", change: {over: 30%, at_least: 2 billion requests}`

// requestsOf is a row of requests, which Fastly bills by ten thousand, up to the end of so many days of the month.
func requestsOf(month billing.Month, region string, billions float64, days int) billing.Usage {
	single := decimal.NewFromFloat(billions).Shift(9)
	return billing.Usage{
		Month: month, Product: "cdn_usage", UsageType: region + " Requests", Region: region, Unit: "unit",
		Quantity: single.Shift(-4), Raw: decimal.NewNullDecimal(single), CountedTo: month.Start().AddDate(0, 0, days),
	}
}

// evenly is the record of a month in which each region made so many billions of requests a day, on the days given.
func evenly(month billing.Month, perDay map[string]float64, days ...int) []alerts.RecordedUsage {
	var recorded []alerts.RecordedUsage
	for _, day := range days {
		for region, billions := range perDay {
			u := requestsOf(month, region, billions*float64(day), day)
			recorded = append(recorded, alerts.RecordedUsage{Usage: u, Day: u.CountedTo.AddDate(0, 0, -1)})
		}
	}
	return recorded
}

func daysUpTo(n int) []int {
	days := make([]int, n)
	for i := range days {
		days[i] = i + 1
	}
	return days
}

func readingOf(rules []rules.Rule, services []billing.ServiceUsage) evaluate.Reading {
	tally := evaluate.NewServiceTally(rules, evaluate.Reading{Rows: alertstest.Account()})
	tally.Add(services)
	return evaluate.Reading{Month: alertstest.November, Rows: alertstest.Account(), Services: tally, ReadAt: alertstest.Noon}
}

// odd is a row that was set aside; what of its names is empty could not be read.
func odd(product, usageType, region string) billing.Usage {
	return billing.Usage{Month: alertstest.November, Product: product, UsageType: usageType, Region: region, Unread: "odd"}
}
