package billing

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAmount(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		value      string
		kind       Kind
		currency   string
	}{
		{"terabytes", "500 TB", "500000000000000", Bytes, ""},
		{"no blank is needed", "500TB", "500000000000000", Bytes, ""},
		{"case does not matter", "500 tb", "500000000000000", Bytes, ""},
		{"fractions", "1.5 PB", "1500000000000000", Bytes, ""},
		{"kilobytes", "3 kB", "3000", Bytes, ""},
		{"plain bytes", "12 bytes", "12", Bytes, ""},
		{"blanks around are nothing", "  500\u00a0 TB ", "500000000000000", Bytes, ""},
		{"groups of three", "1,500,000 MB", "1500000000000", Bytes, ""},
		{"groups of three with blanks", "84 000 USD", "84000", Money, "USD"},
		{"billions of requests", "5 billion requests", "5000000000", Requests, ""},
		{"millions of requests", "20 million requests", "20000000", Requests, ""},
		{"single requests", "2000000 requests", "2000000", Requests, ""},
		{"one request", "1 request", "1", Requests, ""},
		{"as the bot prints it", "3.41 B requests", "3410000000", Requests, ""},
		{"a bare number is the API's own quantity", "146017.0369", "146017.0369", Billed, ""},
		{"money is recognised", "84000 USD", "84000", Money, "USD"},
		{"money in small letters", "84000 eur", "84000", Money, "EUR"},
		{"money by its sign", "$84,000.50", "84000.5", Money, "USD"},
		{"money with sign and code", "$84000 USD", "84000", Money, "USD"},
		{"money with the sign behind", "500 €", "500", Money, "EUR"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseAmount(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Value.Equal(dec(tt.value)) || got.Kind != tt.kind || got.Currency != tt.currency {
				t.Errorf("ParseAmount(%q) is %s %s %s, want %s %s %s",
					tt.text, got.Value, got.Kind, got.Currency, tt.value, tt.kind, tt.currency)
			}
		})
	}
}

func TestParseAmountRefuses(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", " ", "there is no amount; write one such as 500 TB or 5 billion requests"},
		{"words", "plenty", `"plenty" is not an amount; write one such as 500 TB or 5 billion requests`},
		{"zero", "0 TB", `"0 TB" is not above zero`},
		{"less than zero", "-5 TB", `"-5 TB" is below zero; an amount is above it`},
		{"a real minus", "−5 TB", `"−5 TB" is below zero; an amount is above it`},
		{"a comma for a point", "1,5 TB", `"1,5 TB" has a comma for a decimal point; write 1.5 TB`},
		{"B alone is bytes or billions", "5B", "5B could be bytes or billions; write 5 bytes or 5 billion requests"},
		{"a number word alone", "5 billion", "5 billion does not say of what; write 5 GB or 5 billion requests"},
		{"a letter alone", "5 T", "5 T does not say of what; write 5 TB or 5 trillion requests"},
		{"units", "5 units", "units are counted one by one or in blocks; write 5 alone for the API's own quantity, or 5 requests"},
		{"binary units", "5 TiB", `"TiB" is a binary unit, and Fastly bills decimal ones (1 GB is 10^9 bytes); write TB`},
		{"bits", "5 Gbps", `"Gbps" counts bits, and Fastly bills bytes; write GB or TB`},
		{"a share", "80%", "80% is a share and not an amount; write one such as 500 TB"},
		{"an unknown unit", "5 lorries", `"lorries" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, or a currency such as USD`},
		{"an unknown number of requests", "5 heaps requests", `"heaps requests" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, or a currency such as USD`},
		{"two units", "$5 TB", `USD and "TB" are two units; write one, such as 84000 USD`},
		{"more than there is", "99999999999 EB", `"99999999999 EB" is more than Fastly could count`},
		{"an exponent", "1e400000000", `"e400000000" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, or a currency such as USD`},
		{"an exponent of a unit", "1e9 TB", `"e9 TB" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, or a currency such as USD`},
		{"a novel", strings.Repeat("9", 65), "an amount has at most 64 characters, such as 500 TB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseAmount(tt.text); err == nil || err.Error() != tt.want {
				t.Errorf("ParseAmount(%q) is %v, %v, want %q", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestAmountIsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[1-9][0-9]{0,8}(\.[0-9]{0,3}[1-9])? ?(kB|MB|TB|PB|bytes|requests|million requests|USD|)`).Draw(t, "text")
		amount, err := ParseAmount(text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseAmount(amount.String())
		if err != nil || !again.Value.Equal(amount.Value) || again.Kind != amount.Kind || again.Currency != amount.Currency {
			t.Fatalf("%q is written as %q, which is read as %v, %v", text, amount, again, err)
		}
	})
}
