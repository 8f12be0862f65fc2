// Package viewtest compares whole messages of the views with the text that people read. It is for tests alone.
package viewtest

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/slackapp/blocks"
)

// Golden is a whole message, named by the rule that it shows. It is an alias, so that go vet allows rows without field names in other packages.
type Golden = struct {
	Name    string
	Message blocks.Message
	// Want is the notification's text, an empty line, and the text in the channel, with ' for the backtick of code.
	Want string
}

// CheckGolden compares each message with its text.
func CheckGolden(t *testing.T, tests []Golden) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			if got := shown(tt.Message); got != tt.Want {
				t.Errorf("-want +got:\n%s\nit shows:\n%s", cmp.Diff(tt.Want, got), got)
			}
		})
	}
}

func shown(m blocks.Message) string {
	return "\n" + strings.ReplaceAll(blocks.PlainOf(m.Text)+"\n\n"+blocks.PlainText(m), "`", "'")
}

// Tera returns n terabytes in bytes.
func Tera(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(12) }

// November returns an hour of a day in November 2026, in UTC.
func November(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
