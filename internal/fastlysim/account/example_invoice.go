package account

import (
	"github.com/shopspring/decimal"
)

// ExampleInvoice is INV-375119 of July 2026 over 6604.19 dollars, an invoice
// that was published as it came from Fastly, but for most of its lines.
//
// Published are its own fields, the line "Asia Requests" whole, and how the
// month divides: 2600.00 of support, 880.00 of TLS and 3124.19 of usage. The
// other usage lines, and everything but the amounts and groups of support and
// TLS, are made up to fit: units and rates are plausible, and every amount is
// units times rate, to the cent.
func ExampleInvoice() Invoice {
	return Invoice{
		Month: "2026-07", ID: "INV-375119", Statement: "INV-375119", Currency: "USD", Status: "outstanding",
		Amount: decimal.RequireFromString("6604.19"),
		Items: []LineItem{
			Delivered("Asia", "Requests", "146017.0369", "0.002", "292.03"), // published
			Delivered("Asia", "Bandwidth", "4210.55", "0.14", "589.48"),
			Delivered("Europe", "Requests", "98340.7712", "0.002", "196.68"),
			Delivered("Europe", "Bandwidth", "8125.4", "0.08", "650.03"),
			Delivered("North America", "Requests", "187412.9035", "0.002", "374.83"),
			Delivered("North America", "Bandwidth", "12764.25", "0.08", "1021.14"),
			FlatFee("Customer Success: Enterprise", "CS: CSE", "2600"),
			FlatFee("TLS Certificates", "TLS", "880"),
		},
	}.Dated()
}

// Delivered is a line of delivery in a region.
func Delivered(region, counts, units, rate, amount string) LineItem {
	name := region + " " + counts
	return LineItem{
		Description: name, Amount: decimal.RequireFromString(amount),
		Rate: decimal.RequireFromString(rate), Units: decimal.RequireFromString(units),
		ProductName: name, Group: "Full Site Delivery", ProductLine: "Network Services",
		Region: region, UsageType: counts,
	}
}
