package phrase

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
)

func TestWhatIsPlannedIsNamed(t *testing.T) {
	day := func(month time.Month, n int) time.Time { return time.Date(2026, month, n, 0, 0, 0, 0, time.UTC) }
	sale := billing.Event{Days: billing.Days{First: day(11, 27), Last: day(11, 30)}, Percent: 40}
	holidays := billing.Event{Days: billing.Days{First: day(12, 24), Last: day(12, 24)}, Percent: -30, Name: "*Holidays*"}
	for _, tt := range []struct {
		name   string
		events []billing.Event
		want   string
	}{
		{"days and the change", []billing.Event{sale}, "the planned +40% on Nov 27–30"},
		{"with the name, if it has one", []billing.Event{holidays}, "the planned −30% on Dec 24 ({*Holidays*})"},
		{"several", []billing.Event{sale, holidays}, "the planned +40% on Nov 27–30 and the planned −30% on Dec 24 ({*Holidays*})"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Planned(tt.events); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	line := alerts.BudgetLine{
		Limit: decimal.New(500, 12), Measure: billing.Measure{Noun: billing.NounBandwidth, Bytes: true},
		Forecast: &alerts.Forecast{Low: decimal.New(552, 12), Expected: decimal.New(575, 12), High: decimal.New(598, 12), Planned: []billing.Event{sale}},
	}
	if got, want := ForecastLine(line), "Likely end of month: *552–598 TB*, 110–120% of the budget, including the planned +40% on Nov 27–30."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	lines := []alerts.BudgetLine{{}, line, line}
	if got, want := PlannedFact(lines), "forecasts include the planned +40% on Nov 27–30"; got != want || PlannedFact(lines[:1]) != "" {
		t.Errorf("got %q, want %q once, and nothing of a budget without a forecast", got, want)
	}
}
