package billingtest

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Terabytes makes rows of one usage type from January 2023 on, in TB; an empty figure is no row.
func Terabytes(product, usageType, region string, terabytes ...string) []billing.Usage {
	var rows []billing.Usage
	for i, figure := range terabytes {
		if figure != "" {
			rows = append(rows, billing.Usage{
				Month: billing.NewMonth(2023, time.January).Add(i), Product: product, UsageType: usageType, Region: region,
				Unit: "gb", Quantity: Dec(figure).Shift(3),
			})
		}
	}
	return rows
}

// Billions makes rows of requests from January 2023 on, in billions, billed by 10,000.
func Billions(product, usageType, region string, billions ...string) []billing.Usage {
	var rows []billing.Usage
	for i, figure := range billions {
		single := Dec(figure).Shift(9)
		rows = append(rows, billing.Usage{
			Month: billing.NewMonth(2023, time.January).Add(i), Product: product, UsageType: usageType, Region: region,
			Unit: "unit", Quantity: single.Shift(-4), Raw: decimal.NewNullDecimal(single),
		})
	}
	return rows
}

// CountedTo is Asia Bandwidth of a month, in TB, as it stood when it counted to the instant.
func CountedTo(m billing.Month, terabytes string, to time.Time) billing.Usage {
	return billing.Usage{
		Month: m, Product: "cdn_usage", UsageType: "Asia Bandwidth", Unit: "gb", Quantity: Dec(terabytes).Shift(3), CountedTo: to,
	}
}

// At is an hour of a day of 2026.
func At(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}
