package alertstest

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/daily"
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

// Shops is service-threshold usage of two regions. One service has no name, two share one, and one had no usage.
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

// Since is a usage type with so many GB in each month from so many months before November on, with or without November.
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

// RequestsOf is a row of requests, which Fastly bills by ten thousand, up to the end of so many days of the month.
func RequestsOf(month billing.Month, region string, billions float64, days int) billing.Usage {
	single := decimal.NewFromFloat(billions).Shift(9)
	return billing.Usage{
		Month: month, Product: "cdn_usage", UsageType: region + " Requests", Region: region, Unit: "unit",
		Quantity: single.Shift(-4), Raw: decimal.NewNullDecimal(single), CountedTo: month.Start().AddDate(0, 0, days),
	}
}

// Evenly is the record of a month in which each region made so many billions of requests a day, on the days given.
func Evenly(month billing.Month, perDay map[string]float64, days ...int) []daily.Recorded {
	var recorded []daily.Recorded
	for _, day := range days {
		for region, billions := range perDay {
			u := RequestsOf(month, region, billions*float64(day), day)
			recorded = append(recorded, daily.Recorded{Usage: u, Day: u.CountedTo.AddDate(0, 0, -1)})
		}
	}
	return recorded
}

// DaysUpTo returns the days of a month from the first to the nth.
func DaysUpTo(n int) []int {
	days := make([]int, n)
	for i := range days {
		days[i] = i + 1
	}
	return days
}

// BandwidthTo is a row of bandwidth in a region, counted up to the end of a day of its month.
func BandwidthTo(m billing.Month, region string, quantity int64, day int) billing.Usage {
	return billing.Usage{
		Month: m, Product: "cdn_usage", UsageType: region + " Bandwidth", Region: region, Unit: "gb",
		Quantity: decimal.New(quantity, 0), CountedTo: m.Start().AddDate(0, 0, day),
	}
}

// Summary writes a growth as people would say it, in GB.
func Summary(g alerts.Drivers) string {
	gb := func(d decimal.Decimal) string { return d.Shift(-9).Round(1).String() }
	text := fmt.Sprintf("%s to day %d: %s %s", g.Month, g.Days, gb(g.Before), gb(g.Change))
	for _, part := range g.Parts {
		text += fmt.Sprintf("; %s %s", part.Name, gb(part.Used))
	}
	if g.Others > 0 {
		text += fmt.Sprintf("; %d others %s", g.Others, gb(g.OthersChange))
	}
	return text
}

// Odd is a row that was set aside; what of its names is empty could not be read.
func Odd(product, usageType, region string) billing.Usage {
	return billing.Usage{Month: November, Product: product, UsageType: usageType, Region: region, Unread: "odd"}
}
