package report

import (
	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

var equalDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// equalMonths lets cmp look at Month, whose fields are its own.
var equalMonths = cmp.Comparer(func(a, b billing.Month) bool { return a == b })

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func known(s string) decimal.NullDecimal { return decimal.NewNullDecimal(dec(s)) }

func changed(u billing.Usage, change func(*billing.Usage)) billing.Usage {
	change(&u)
	return u
}

func charge(kind billing.ChargeKind, name, product, amount string) billing.Charge {
	return billing.Charge{Kind: kind, Name: name, Product: product, Amount: dec(amount)}
}

// counted gives a charge units and a rate, and what and where they count.
func countCharge(c billing.Charge, units, rate, what, region string) billing.Charge {
	c.Units, c.Rate, c.What, c.Region = known(units), known(rate), what, region
	return c
}
