package alertstest

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// BillOfNovember is a bill of November 2026 made of statements with those ids.
func BillOfNovember(total string, ids ...string) *billing.Bill {
	amount := decimal.RequireFromString(total)
	bill := &billing.Bill{
		Month: November, Currency: "USD", Total: amount, Invoices: ids,
		Charges: []billing.Charge{{Kind: billing.ChargeUsage, Name: "Asia Requests", Amount: amount}},
	}
	if len(ids) == 0 {
		bill.AsOf = November.End().Add(-6 * time.Hour)
	}
	return bill
}

// AsOf is up to when the bill of tests counts.
var AsOf = time.Date(2026, 11, 22, 6, 0, 0, 0, time.UTC)

// Charge is a line of a bill in US dollars.
func Charge(kind billing.ChargeKind, name, product, region, amount, units string) billing.Charge {
	c := billing.Charge{Kind: kind, Name: name, Product: product, Region: region, Amount: decimal.RequireFromString(amount)}
	if units != "" {
		c.Units = decimal.NewNullDecimal(decimal.RequireFromString(units))
	}
	return c
}

// NovemberBill is Fastly's estimate of November: two usage types, one of them in two tiers, a fee and a credit. Usage knows the
// product_id of what the invoice calls Full Site Delivery.
func NovemberBill() *billing.Bill {
	return &billing.Bill{
		Month: November, Currency: "USD", AsOf: AsOf,
		Charges: []billing.Charge{
			Charge(billing.ChargeUsage, "North America Bandwidth", "Full Site Delivery", "North America", "12000.00", "100000"),
			Charge(billing.ChargeUsage, "North America Bandwidth", "Full Site Delivery", "North America", "24208.00", "302600"),
			Charge(billing.ChargeUsage, "Asia Bandwidth", "Full Site Delivery", "Asia", "19000.10", "100000.5"),
			Charge(billing.ChargeUsage, "Image Transformations", "Image Optimizer", "", "700.33", "7000"),
			Charge(billing.ChargeFixed, "Enterprise Support", "Support", "", "5000.00", ""),
			Charge(billing.ChargeCredit, "Loyalty", "", "", "-1000.00", ""),
		},
	}
}
