// Package billingtest holds what the tests of the packages of billing share: figures, charges and how they are compared.
package billingtest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// EqualDecimals compares figures by their value: 1.0 is 1.
var EqualDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// EqualMonths lets cmp look at Month, whose fields are its own.
var EqualMonths = cmp.Comparer(func(a, b billing.Month) bool { return a == b })

// Dec reads a figure.
func Dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// Known reads a figure that is known.
func Known(s string) decimal.NullDecimal { return decimal.NewNullDecimal(Dec(s)) }

// Charge is a charge without units.
func Charge(kind billing.ChargeKind, name, product, amount string) billing.Charge {
	return billing.Charge{Kind: kind, Name: name, Product: product, Amount: Dec(amount)}
}

// Counted gives a charge units and a rate, and what and where they count.
func Counted(c billing.Charge, units, rate, what, region string) billing.Charge {
	c.Units, c.Rate, c.What, c.Region = Known(units), Known(rate), what, region
	return c
}

// AsiaRequests is a charge of usage as Fastly publishes one.
func AsiaRequests() billing.Charge {
	return Counted(Charge(billing.ChargeUsage, "Asia Requests", "Full Site Delivery", "292.03"), "146017.0369", "0.002", "Requests", "Asia")
}

// CheckSum fails where the charges of a bill do not come to its total.
func CheckSum(t testing.TB, bill billing.Bill) {
	t.Helper()
	sum := decimal.Decimal{}
	for _, c := range bill.Charges {
		sum = sum.Add(c.Amount)
	}
	if !billing.RoundMoney(sum, bill.Currency).Equal(billing.RoundMoney(bill.Total, bill.Currency)) {
		t.Errorf("the charges of %s come to %s, and its total is %s", bill.Month, sum, bill.Total)
	}
}
