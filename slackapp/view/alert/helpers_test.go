package alertview

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

// mrkdwnOf returns everything that a message says, as one text of mrkdwn.
func mrkdwnOf(m blocks.Message) string { return m.TextOnly() }

// shown returns what people read: what a notification says, an empty line, and what is in the channel. Code is between quotes here.
func shown(m blocks.Message) string {
	return "\n" + strings.ReplaceAll(blocks.PlainOf(m.Text)+"\n\n"+blocks.PlainText(m), "`", "'")
}

// golden is a whole message, named by the rule that it shows.
type golden struct {
	name    string
	message blocks.Message
	want    string
}

func checkGolden(t *testing.T, tests []golden) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := shown(tt.message); got != tt.want {
				t.Errorf("-want +got:\n%s\nit shows:\n%s", cmp.Diff(tt.want, got), got)
			}
		})
	}
}

// na is the bandwidth of North America, changed as a test needs it.
func na(used float64, threshold rules.Threshold, changes ...func(*alerts.BudgetLine)) alerts.BudgetLine {
	l := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, used, 500, threshold)
	for _, change := range changes {
		change(&l)
	}
	return l
}

// tera are so many terabytes.
func tera(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(12) }

// november is a time of November.
func november(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
