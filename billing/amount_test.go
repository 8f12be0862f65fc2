package billing

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
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
		{"hours are milliseconds", "50,000 hours", "180000000000", Time, ""},
		{"one hour", "1 hour", "3600000", Time, ""},
		{"hours by their letter", "1.5h", "5400000", Time, ""},
		{"thousands of hours as the bot prints them", "48.1 K hours", "173160000000", Time, ""},
		{"a bare number is the API's own quantity", "146017.0369", "146017.0369", Billed, ""},
		{"gb for GB", "500 gb", "500000000000", Bytes, ""},
		{"KB for kB", "3 KB", "3000", Bytes, ""},
		{"thousandths of a unit", "1.500 TB", "1500000000000", Bytes, ""},
		{"thousandths of less than one", "0.500 TB", "500000000000", Bytes, ""},
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
		{"a comma for a point keeps the unit", "1,5 PB", `"1,5 PB" has a comma for a decimal point; write 1.5 PB`},
		{"a comma for a point of requests", "1,5 billion requests", `"1,5 billion requests" has a comma for a decimal point; write 1.5 billion requests`},
		{"a comma for a point of a bare number", "146017,0369", `"146017,0369" has a comma for a decimal point; write 146017.0369`},
		{"a comma for a point of a sign", "€84,50", `"€84,50" has a comma for a decimal point; write 84.50 EUR`},
		{"a comma for a point of an unknown unit", "1,5 lorries", `"1,5 lorries" is not an amount; write one such as 500 TB or 5 billion requests`},
		{"no group begins with a zero", "0,500 TB", `"0,500 TB" has a comma for a decimal point; write 0.500 TB`},
		{"no group begins with a zero, of blanks", "0 500 TB", `"0 500 TB" is not an amount; write one such as 500 TB or 5 billion requests`},
		{"one sign between groups", "1 500,000 TB", `"1 500,000 TB" has a comma for a decimal point; write 1500.000 TB`},
		{"groups of another size", "1,500,5 TB", `"1,500,5 TB" is not an amount; write one such as 500 TB or 5 billion requests`},
		{"a comma and a point that agree with no country", "1,5.5 TB", `"1,5.5 TB" is not an amount; write one such as 500 TB or 5 billion requests`},
		{"points between thousands", "1.500.000 MB", `"1.500.000 MB" has points between thousands; write 1500000 MB`},
		{"points between thousands and a comma", "84.000,50 €", `"84.000,50 €" has points between thousands; write 84000.50 EUR`},
		{"a point between thousands of money", "84.000 USD", `"84.000 USD" has more than two digits after the point, which money cannot have; write 84000 USD or 84 USD`},
		{"a point between thousands behind a sign", "€84.000", `"€84.000" has more than two digits after the point, which money cannot have; write 84000 EUR or 84 EUR`},
		{"a point between thousands before a sign", "1.234 £", `"1.234 £" has more than two digits after the point, which money cannot have; write 1234 GBP or 1.23 GBP`},
		{"a point between thousands of a currency without cents", "84.500 jpy", `"84.500 jpy" has more than two digits after the point, which money cannot have; write 84500 jpy or 84.5 jpy`},
		{"thousandths of less than one of money", "0.500 USD", `"0.500 USD" has more than two digits after the point, which money cannot have; write 0.5 USD`},
		{"thousandths of money in groups", "$84,000.126", `"$84,000.126" has more than two digits after the point, which money cannot have; write 84000.13 USD`},
		{"less money than can be paid", "0.001 USD", `"0.001 USD" has more than two digits after the point, which money cannot have; write 0.01 USD`},
		{"B alone is bytes or billions", "5B", "5B could be bytes or billions; write 5 bytes or 5 billion requests"},
		{"a number word alone", "5 billion", "5 billion does not say of what; write 5 GB or 5 billion requests"},
		{"a letter alone", "5 T", "5 T does not say of what; write 5 TB or 5 trillion requests"},
		{"units", "5 units", "units are counted one by one or in blocks; write 5 alone for the API's own quantity, or 5 requests"},
		{"binary units", "5 TiB", `"TiB" is a binary unit, and Fastly bills decimal ones (1 GB is 10^9 bytes); write TB`},
		{"bits", "5 Gbps", `"Gbps" counts bits, and Fastly bills bytes; write GB`},
		{"a lower-case b behind an upper-case letter is bits", "500 Tb", `"Tb" counts bits, and Fastly bills bytes; write TB`},
		{"kilobits", "500 Kb", `"Kb" counts bits, and Fastly bills bytes; write kB`},
		{"petabits", "2Pb", `"Pb" counts bits, and Fastly bills bytes; write PB`},
		{"a word of bits", "5 Tbit", `"Tbit" counts bits, and Fastly bills bytes; write TB`},
		{"a long word of bits", "5 Gigabits", `"Gigabits" counts bits, and Fastly bills bytes; write GB`},
		{"a rate of bits", "5 tbps", `"tbps" counts bits, and Fastly bills bytes; write TB`},
		{"a rate of b", "5 Mb/s", `"Mb/s" counts bits, and Fastly bills bytes; write MB`},
		{"plain bits", "5 bits", `"bits" counts bits, and Fastly bills bytes; write bytes`},
		{"a share", "80%", "80% is a share and not an amount; write one such as 500 TB"},
		{"an unknown unit", "5 lorries", `"lorries" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, hours, or a currency such as USD`},
		{"an unknown number of requests", "5 heaps requests", `"heaps requests" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, hours, or a currency such as USD`},
		{"two units", "$5 TB", `USD and "TB" are two units; write one, such as 84000 USD`},
		{"more than there is", "99999999999 EB", `"99999999999 EB" is more than Fastly could count`},
		{"an exponent", "1e400000000", `"e400000000" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, hours, or a currency such as USD`},
		{"an exponent of a unit", "1e9 TB", `"e9 TB" is not a unit; write kB, MB, GB, TB, PB, requests, million or billion requests, hours, or a currency such as USD`},
		{"a novel", strings.Repeat("9", 65), "an amount has at most 64 characters, such as 500 TB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := ParseAmount(tt.text); err == nil || err.Error() != tt.want || got != (Amount{}) {
				t.Errorf("ParseAmount(%q) is %v, %v, want %q", tt.text, got, err, tt.want)
			}
		})
	}
}

// TestDoubtfulAmount holds what is warned of, and that neither of the two amounts that are advised is doubtful.
func TestDoubtfulAmount(t *testing.T) {
	for _, tt := range []struct {
		name, text     string
		want           string
		read, thousand string
	}{
		{"three digits after a point may be thousands", "1.500 TB", `"1.500 TB" is read as 1.5 TB; write 1.5 TB, or 1500 TB if thousands are meant`, "1.5 TB", "1500 TB"},
		{"of requests", "2.000 million requests", `"2.000 million requests" is read as 2 million requests; write 2 million requests, or 2000 million requests if thousands are meant`, "2 million requests", "2000 million requests"},
		{"of the API's own quantity", "146.017", `"146.017" is read as 146.017; write 146.0170, or 146017 if thousands are meant`, "146.0170", "146017"},
		{"of two digits", "1.25 TB", "", "", ""},
		{"of four digits", "1.2500 TB", "", "", ""},
		{"of less than one", "0.500 TB", "", "", ""},
		{"of more than thousands are written behind", "1500.000 TB", "", "", ""},
		{"of groups", "1,500 TB", "", "", ""},
		{"of no amount", "1.500.000 TB", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := DoubtfulAmount(tt.text); got != tt.want {
				t.Errorf("DoubtfulAmount(%q) = %q, want %q", tt.text, got, tt.want)
			}
			for advised, times := range map[string]int64{tt.read: 1, tt.thousand: 1000} {
				if advised == "" {
					continue
				}
				amount, err := ParseAmount(advised)
				written, writtenErr := ParseAmount(tt.text)
				if err != nil || writtenErr != nil || !amount.Value.Equal(written.Value.Mul(decimal.NewFromInt(times))) || DoubtfulAmount(advised) != "" {
					t.Errorf("%q is read as %v, error %v, doubt %q; want %d times %v", advised, amount, err, DoubtfulAmount(advised), times, written)
				}
			}
		})
	}
}

func TestAmountIsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[1-9][0-9]{0,8}((\.[0-9]{0,3}[1-9])? ?(kB|MB|TB|PB|bytes|requests|million requests|hours|)|(\.[0-9]?[1-9])? ?USD)`).Draw(t, "text")
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
