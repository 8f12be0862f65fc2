package budgetview

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/slackapp/view/sampledata"
)

func TestNoBudgetIsOnCourseWhoseLikelyEndReachesBeyondItsLimit(t *testing.T) {
	dollars := decimal.NewFromInt
	for _, tt := range []struct {
		name     string
		forecast *alerts.Forecast
		state    string
		tally    string
	}{
		{"sure, but not for long enough to be said", &alerts.Forecast{Low: dollars(1430), High: dollars(1430)}, "May end over", "1 may end over"},
		{"one way or the other", &alerts.Forecast{Low: dollars(900), High: dollars(1100)}, "May end over", "1 may end over"},
		{"long enough", &alerts.Forecast{Likely: true, Low: dollars(1430), High: dollars(1430)}, "Likely over", "1 likely over"},
		{"hardly", &alerts.Forecast{OnCourse: true, Low: dollars(800), High: dollars(1010)}, "On course", "1 on course"},
		{"below in any case", &alerts.Forecast{Low: dollars(800), High: dollars(990)}, "On course", "1 on course"},
		{"nobody can say", &alerts.Forecast{Unknown: "too early"}, "On course", "1 on course"},
		{"nobody looked", nil, "On course", "1 on course"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := alerts.BudgetStatus{Known: true, Line: alerts.BudgetLine{
				BudgetID: alerts.BudgetID{Rule: "tls", Month: sampledata.November}, Limit: dollars(1000), Measure: billing.Cost("USD"),
				CountedTo: sampledata.ToNov21, Forecast: tt.forecast,
			}}
			if got := (budget{s}).sentence(sampledata.Now); !strings.HasPrefix(got, tt.state) {
				t.Errorf("it stands %q, want %q", got, tt.state)
			}
			if got := tally(status.Count([]alerts.BudgetStatus{s}, sampledata.Now)); got != tt.tally {
				t.Errorf("it counts as %q, want %q", got, tt.tally)
			}
		})
	}
}
