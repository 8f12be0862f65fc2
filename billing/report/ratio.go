package report

import (
	"math"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// ratio returns the share of a part in the whole. It is not valid for a credit, nor for a whole that is not above zero.
func ratio(part, whole decimal.Decimal) decimal.NullDecimal {
	if part.IsNegative() || !whole.IsPositive() {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(rounded(billing.Approximate(part) / billing.Approximate(whole)))
}

// rounded returns a share or a change to fifteen decimals.
func rounded(f float64) decimal.Decimal {
	const most = 9e3 // so that the coefficient fits an int64
	if math.Abs(f) > most {
		return decimal.NewFromFloat(f)
	}
	return decimal.New(int64(math.Round(f*1e15)), -15)
}
