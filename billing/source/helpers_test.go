package source

import (
	"context"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

func at(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}

var july = billing.NewMonth(2026, time.July)

type fakeBills struct{ reading billing.BillReading }

func (f fakeBills) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	return f.reading, nil
}

var equalDecimals = cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })

// equalMonths lets cmp look at Month, whose fields are its own.
var equalMonths = cmp.Comparer(func(a, b billing.Month) bool { return a == b })

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func known(s string) decimal.NullDecimal { return decimal.NewNullDecimal(dec(s)) }

func charge(kind billing.ChargeKind, name, product, amount string) billing.Charge {
	return billing.Charge{Kind: kind, Name: name, Product: product, Amount: dec(amount)}
}

// counted gives a charge units and a rate, and what and where they count.
func countCharge(c billing.Charge, units, rate, what, region string) billing.Charge {
	c.Units, c.Rate, c.What, c.Region = known(units), known(rate), what, region
	return c
}
