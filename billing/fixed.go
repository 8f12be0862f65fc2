package billing

import (
	"math"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// fixed prints d times ten to the power of shift with so many places, rounded half away from zero. Nearly every figure fits into an int64,
// and is printed without big numbers.
func fixed(d decimal.Decimal, shift, places int32) string {
	n, fits := rounded(d, shift+places)
	if !fits {
		return d.Shift(shift).StringFixed(places)
	}
	text := strconv.FormatInt(max(n, -n), 10)
	if missing := int(places) + 1 - len(text); missing > 0 {
		text = strings.Repeat("0", missing) + text
	}
	if places > 0 {
		at := len(text) - int(places)
		text = text[:at] + "." + text[at:]
	}
	if n < 0 {
		return "-" + text
	}
	return text
}

// mostDigits is how many digits an int64 holds, whatever they are.
const mostDigits = 18

// rounded returns d times ten to the power of shift as a whole number; fits is false if that is too long for one.
func rounded(d decimal.Decimal, shift int32) (n int64, fits bool) {
	digits, power := int32(d.NumDigits()), d.Exponent()+shift
	if digits >= mostDigits || digits+power > mostDigits {
		return 0, false
	}
	n = d.CoefficientInt64()
	if power < -mostDigits {
		return 0, true
	}
	for ; power > 0; power-- {
		n *= 10
	}
	if power == 0 {
		return n, true
	}
	divisor := int64(1)
	for ; power < 0; power++ {
		divisor *= 10
	}
	if n < 0 {
		return (n - divisor/2) / divisor, true
	}
	return (n + divisor/2) / divisor, true
}

// Approximate is right to fifteen digits, which is enough for shares and changes and needs no big numbers.
func Approximate(d decimal.Decimal) float64 {
	if d.NumDigits() > mostDigits {
		return d.InexactFloat64()
	}
	return float64(d.CoefficientInt64()) * math.Pow10(int(d.Exponent()))
}

// magnitude returns how many digits a figure has before the point; the figure must not be zero. A result above n means |d| ≥ 10^n.
func magnitude(d decimal.Decimal) int32 { return int32(d.NumDigits()) + d.Exponent() }

// reaches reports whether a figure is 10^power or more.
func reaches(d decimal.Decimal, power int32) bool { return d.IsPositive() && magnitude(d) > power }

// commas sets the digits before the point in groups of three.
func commas(figure string) string {
	whole, fraction, found := strings.Cut(figure, ".")
	if len(whole) <= 3 {
		return figure
	}
	for at := len(whole) - 3; at > 0 && whole[at-1] != '-'; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	if !found {
		return whole
	}
	return whole + "." + fraction
}
