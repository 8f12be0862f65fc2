package webapi

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/internal/readback"
	"budgetbot/internal/slacksim"
)

// now is in November 2026 throughout.
var now = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

var november = billing.NewMonth(2026, time.November)

// terabytes is an amount in single bytes.
func terabytes(n int64) decimal.Decimal { return decimal.New(n, 12) }

const alice = "U0ALICE01"

const general = "C0GENERAL"

const cdn = "C0CDN0001"

const secret = "C0SECRET1"

// all is everything of a message that people can read or press.
func all(m slacksim.Message) string {
	return m.Text + "\n" + readback.Message(m.Text, m.Blocks).TextOnly() + "\n" + string(m.Blocks)
}

// says fails the test where the message lacks one of the texts.
func says(t *testing.T, m slacksim.Message, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(all(m), text) {
			t.Errorf("%q is not in:\n%s", text, all(m))
		}
	}
}

func contains(m slacksim.Message, text string) bool { return strings.Contains(all(m), text) }
