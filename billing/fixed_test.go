package billing

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func TestFixedIsWhatDecimalPrints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "coefficient"), rapid.Int32Range(-30, 12).Draw(t, "exponent"))
		shift, places := rapid.Int32Range(-15, 3).Draw(t, "shift"), rapid.Int32Range(0, 4).Draw(t, "places")
		if got, want := fixed(d, shift, places), d.Shift(shift).StringFixed(places); got != want && (want != "-"+got || !d.Shift(shift).Round(places).IsZero()) {
			t.Errorf("%s shifted by %d is %s, want %s", d, shift, got, want)
		}
	})
}

func TestReachesIsAComparisonWithAPowerOfTen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "coefficient"), rapid.Int32Range(-20, 12).Draw(t, "exponent"))
		power := rapid.Int32Range(-20, 20).Draw(t, "power")
		if got, want := reaches(d, power), d.GreaterThanOrEqual(decimal.New(1, power)); got != want {
			t.Errorf("%s reaches 10^%d: %t", d, power, got)
		}
	})
}

func TestCommasStandBetweenThousands(t *testing.T) {
	for text, want := range map[string]string{"0": "0", "999": "999", "1000": "1,000", "-100": "-100", "-1000.5": "-1,000.5", "1234567.25": "1,234,567.25"} {
		if got := commas(text); got != want {
			t.Errorf("commas(%s) is %s, want %s", text, got, want)
		}
	}
}
