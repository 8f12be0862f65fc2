package billing

import (
	"strings"

	"github.com/shopspring/decimal"
)

// signs are how people write the currencies that have a sign of their own.
var signs = map[string]string{"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

// RoundMoney rounds an amount to what can be paid in the currency: cents of a dollar, whole yen; a half away from zero, as
// Fastly rounds the lines of an invoice. It is the one rule by which this program rounds money.
func RoundMoney(amount decimal.Decimal, currency string) decimal.Decimal {
	return amount.Round(MinorDigits(currency))
}

// MinorDigits is how many digits a currency has after the point.
func MinorDigits(currency string) int32 {
	if currency == "JPY" || currency == "KRW" {
		return 0
	}
	return 2
}

// formatMoney prints an amount to the cent, without cents if it has none: "$6,604.19", "$84,000", "CHF 12.50". If the
// currency is not known it is the bare figure.
func formatMoney(amount decimal.Decimal, currency string) string {
	figure := commas(RoundMoney(amount, currency).StringFixed(MinorDigits(currency)))
	figure = strings.TrimSuffix(figure, ".00")
	switch sign := signs[currency]; {
	case sign != "":
		return sign + figure
	case currency == noCurrency:
		return figure
	}
	return currency + " " + figure
}
