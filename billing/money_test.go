package billing_test

import (
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

func TestMoneyIsPrintedToTheCent(t *testing.T) {
	for _, c := range []struct {
		name, amount, currency, want, cell string
	}{
		{"dollars have a sign in front", "6604.19", "USD", "$6,604.19", "6,604.19"},
		{"an amount without cents is printed without", "84000", "USD", "$84,000", "84,000.00"},
		{"a half cent is rounded away from zero", "0.005", "USD", "$0.01", "0.01"},
		{"a credit is below zero", "-120.5", "EUR", "−€120.50", "−120.50"},
		{"a million is not abbreviated", "1234567.89", "USD", "$1,234,567.89", "1,234,567.89"},
		{"yen have no cents", "1234.5", "JPY", "¥1,235", "1,235"},
		{"a currency without a sign has its code in front", "12.5", "CHF", "CHF 12.50", "12.50"},
		{"an amount below half a cent does not print as zero in a cell", "0.001", "USD", "$0", "<0.01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			amount, cost := decimal.RequireFromString(c.amount), billing.Cost(c.currency)
			if got := cost.Format(amount); got != c.want {
				t.Errorf("Format = %q, want %q", got, c.want)
			}
			if got := cost.Scale(amount).Format(amount); got != c.cell {
				t.Errorf("cell = %q, want %q", got, c.cell)
			}
		})
	}
	if got := billing.Cost("USD").Scale().Label(); got != "Cost, USD" {
		t.Errorf("label = %q", got)
	}
}
