package usageview

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
	"budgetbot/billing/rates"
)

// powers are those of the letters behind a figure.
var powers = map[string]int32{"GB": 9, "TB": 12, "PB": 15, "EB": 18, "MB": 6, "KB": 3, "B": 0, "": 0, "K": 3, "M": 6, "T": 12}

// TestAnEffectiveRateCanBeRecomputed: the charge by the quantity, both as shown, gives the rate to within one unit of its last digit.
func TestAnEffectiveRateCanBeRecomputed(t *testing.T) {
	requests, bytes := billing.Measure{Noun: billing.NounRequests}, billing.Measure{Noun: billing.NounBandwidth, Bytes: true}
	rapid.Check(t, func(t *rapid.T) {
		r := rates.Rate{Measure: requests, Singles: decimal.New(1, 6)}
		if rapid.Bool().Draw(t, "bytes") {
			r.Measure, r.Singles = bytes, decimal.New(1, 12)
		}
		r.Quantity = decimal.New(rapid.Int64Range(1_000_000, 9_999_999).Draw(t, "quantity"), rapid.Int32Range(4, 11).Draw(t, "power"))
		r.Charge = decimal.New(rapid.Int64Range(1000, 10_000_000).Draw(t, "cents"), -2)
		r.Effective = r.Charge.Mul(r.Singles).Div(r.Quantity)
		text := quantityCell(r)
		figure, unit, _ := strings.Cut(text, " ")
		power := powers[unit]
		if !r.Measure.Bytes && unit == "B" {
			power = 9
		}
		shown := decimal.RequireFromString(strings.ReplaceAll(figure, ",", "")).Shift(power)
		again := r.Charge.Mul(r.Singles).Div(shown)
		if off := again.Sub(r.Effective).Abs(); off.GreaterThan(decimal.New(1, -rateDigits(r.Effective))) {
			t.Fatalf("%s by %s is %s, and %s is shown", r.Charge, text, again, rateText(billing.Cost("USD"), r.Effective))
		}
	})
}
