package billing

import (
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// gb makes rows of one usage type from January 2023 on, in TB; an empty figure is no row.
func gb(product, usageType, region string, terabytes ...string) []Usage {
	var rows []Usage
	for i, figure := range terabytes {
		if figure != "" {
			rows = append(rows, Usage{
				Month: NewMonth(2023, time.January).Add(i), Product: product, UsageType: usageType, Region: region,
				Unit: "gb", Quantity: dec(figure).Shift(3),
			})
		}
	}
	return rows
}

// unit makes rows of requests from January 2023 on, in billions, billed by 10,000.
func unit(product, usageType, region string, billions ...string) []Usage {
	var rows []Usage
	for i, figure := range billions {
		single := dec(figure).Shift(9)
		rows = append(rows, Usage{
			Month: NewMonth(2023, time.January).Add(i), Product: product, UsageType: usageType, Region: region,
			Unit: "unit", Quantity: single.Shift(-4), Raw: decimal.NewNullDecimal(single),
		})
	}
	return rows
}

func join(parts ...[]Usage) []Usage {
	var rows []Usage
	for _, p := range parts {
		rows = append(rows, p...)
	}
	return rows
}

// equalMonths lets cmp look at Month, whose fields are its own.
var equalMonths = cmp.Comparer(func(a, b Month) bool { return a == b })

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func known(s string) decimal.NullDecimal { return decimal.NewNullDecimal(dec(s)) }
