package billing

import (
	"testing"
)

func FuzzParseAmount(f *testing.F) {
	texts := []string{
		"500 TB", "1.5PB", "5 billion requests", "2000000 requests", "146017.0369", "84000 USD", "$84,000.50", "5B", "5 TiB", "80%", "1.5 K hours",
		"1,5 TB", "84.000 USD", "€84.000,50", "0,500 TB", "500 Tb", "-1 GB", "1e400000000", "", "\u00a05\u00a0TB", "0x10 GB",
	}
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		amount, err := ParseAmount(text)
		if err != nil {
			return
		}
		if !amount.Value.IsPositive() || amount.Value.GreaterThan(maxAmount) {
			t.Fatalf("%q is read as %s", text, amount.Value)
		}
		again, err := ParseAmount(amount.String())
		if err != nil || !again.Value.Equal(amount.Value) || again.Kind != amount.Kind || again.Currency != amount.Currency {
			t.Fatalf("%q is written as %q, which is read as %v, %v", text, amount, again, err)
		}
	})
}
