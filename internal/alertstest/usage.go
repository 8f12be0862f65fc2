package alertstest

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// People who answer.
const (
	Ann = "U0ANN"
	Bob = "U0BOB"
)

// October is the month before November.
var October = November.Add(-1)

// When the tests of alerts take place.
var (
	November = billing.NewMonth(2026, time.November)
	Nov21    = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC) // the end of Nov 21, which is how far the figures count
	Noon     = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// Row is usage of November without a raw quantity.
func Row(product, usageType, region, unit, quantity string) billing.Usage {
	return billing.Usage{
		Month: November, Product: product, UsageType: usageType, Region: region, Unit: unit,
		Quantity: decimal.RequireFromString(quantity), CountedTo: Nov21,
	}
}

// WithRaw is the row with a raw quantity.
func WithRaw(u billing.Usage, raw string) billing.Usage {
	u.Raw = decimal.NewNullDecimal(decimal.RequireFromString(raw))
	return u
}

// Account is what most tests evaluate: bytes, requests in blocks, a type without a factor, and one that is not regional.
func Account() []billing.Usage {
	return []billing.Usage{
		Row("cdn_usage", "North America Bandwidth", "North America", "gb", "402600"),
		Row("cdn_usage", "Asia Bandwidth", "Asia", "gb", "100000.5"),
		WithRaw(Row("cdn_usage", "North America Requests", "North America", "unit", "200000"), "2000000000"),
		Row("cdn_usage", "Asia Requests", "Asia", "unit", "50000"),
		Row("image_optimizer", "Image Transformations", "", "unit", "7000"),
		Row("compute", "Compute Duration", "", "gb-sec", "1234.5"),
		Row("compute", "Compute Bandwidth", "Asia", "gb", "10"),
		Row("compute", "Compute Bandwidth", "Europe", "gb", "30"),
	}
}

// Used is what a service had of a usage type of cdn_usage, in GB.
func Used(name, id, usageType, quantity string) billing.ServiceUsage {
	return billing.ServiceUsage{
		Month: November, Product: "cdn_usage", UsageType: usageType, Unit: "gb", ServiceName: name, ServiceID: id,
		Quantity: decimal.RequireFromString(quantity),
	}
}

// Shops is service-level usage of two regions. One service has no name, two share one, and one had no usage.
func Shops() []billing.ServiceUsage {
	return []billing.ServiceUsage{
		Used("shop-www", "S1", "North America Bandwidth", "8000"), Used("shop-www", "S1", "Asia Bandwidth", "2000"),
		Used("shop-images", "S2", "North America Bandwidth", "45000"),
		Used("media-video", "S3", "Asia Bandwidth", "70000"),
		Used("", "S4", "Asia Bandwidth", "500"),
		Used("api", "S5", "Asia Bandwidth", "300"), Used("api", "S6", "Asia Bandwidth", "700"),
		Used("shop-old", "S7", "Asia Bandwidth", "0"),
		{Product: "image_optimizer", UsageType: "Image Transformations", Unit: "unit", ServiceName: "www", Quantity: decimal.New(9, 0)},
	}
}

// Bandwidths are the keys of a rule about the bandwidth of cdn_usage in every region.
const Bandwidths = `product: cdn_usage, usage_type: "* Bandwidth", `

// Gigabytes is a row of GB of a usage type, "cdn_usage/Asia Bandwidth", up to the tenth of the month.
func Gigabytes(month billing.Month, what string, gb float64) billing.Usage {
	product, usageType, _ := strings.Cut(what, "/")
	return billing.Usage{
		Month: month, Product: product, UsageType: usageType, Unit: "gb", Quantity: decimal.NewFromFloat(gb), CountedTo: month.Start().AddDate(0, 0, 10),
	}
}

// Since is a usage type of which there were so many GB in each month from so many months before November on, that one included or not.
func Since(months int, what string, gb float64, now float64) []billing.Usage {
	var rows []billing.Usage
	for n := 1; n <= months; n++ {
		rows = append(rows, Gigabytes(November.Add(-n), what, gb))
	}
	if now > 0 {
		rows = append(rows, Gigabytes(November, what, now))
	}
	return rows
}
