package budgetview_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

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

func tera(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(12) }

// november is a time of November.
func november(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

// standing is how a budget of terabytes stands, changed as a test needs it.
func standing(name string, used, limit float64, threshold rules.Threshold, changes ...func(*alerts.BudgetStatus)) alerts.BudgetStatus {
	s := alerts.BudgetStatus{
		Line: sampledata.Line(strings.ToLower(name), name, sampledata.Bandwidth, used, limit, threshold), Known: true, Channel: "cdn-budget",
	}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// ofMoney is a budget of dollars.
func ofMoney(used, limit float64) func(*alerts.BudgetStatus) {
	return func(s *alerts.BudgetStatus) {
		s.Line.Measure, s.Line.Used, s.Line.Limit = billing.Cost("USD"), decimal.NewFromFloat(used), decimal.NewFromFloat(limit)
		s.Line.CountedTo = november(22, 6)
	}
}

// forecastOf is a forecast of terabytes.
func forecastOf(low, high float64, change func(*alerts.Forecast)) func(*alerts.BudgetStatus) {
	f := &alerts.Forecast{Threshold: 100, Low: tera(low), Expected: tera((low + high) / 2), High: tera(high)}
	if change != nil {
		change(f)
	}
	return func(s *alerts.BudgetStatus) { s.Line.Forecast = f }
}

func stale(s *alerts.BudgetStatus) {
	s.Unknown, s.Stale, s.Line.CountedTo = "Fastly did not answer.", true, november(20, 12)
}
