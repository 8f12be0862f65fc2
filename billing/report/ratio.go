package report

import (
	"math"

	"github.com/shopspring/decimal"
)

// ratio is not valid where the whole is nothing, or less: a part of that has no meaning.
func ratio(part, whole decimal.Decimal) decimal.NullDecimal {
	if !whole.IsPositive() {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(rounded(approximate(part) / approximate(whole)))
}

// approximate is right to fifteen digits, which is enough for shares and changes and needs no big numbers.
func approximate(d decimal.Decimal) float64 {
	const most = 18 // digits of an int64 that is never too long
	if d.NumDigits() > most {
		return d.InexactFloat64()
	}
	return float64(d.CoefficientInt64()) * math.Pow10(int(d.Exponent()))
}

// rounded returns a share or a change to fifteen decimals.
func rounded(f float64) decimal.Decimal {
	const most = 9e3 // so that the coefficient fits an int64
	if math.Abs(f) > most {
		return decimal.NewFromFloat(f)
	}
	return decimal.New(int64(math.Round(f*1e15)), -15)
}
