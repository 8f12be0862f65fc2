package alertview

import (
	"testing"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// TestTheDaysThatGrowthIsComparedWith: people read which days of the month before the figures are of.
func TestTheDaysThatGrowthIsComparedWith(t *testing.T) {
	october := billing.NewMonth(2026, time.October)
	for _, tt := range []struct {
		name string
		with alerts.Drivers
		want string
	}{
		{"without days it is the month's average", alerts.Drivers{Month: october}, "October's daily average"},
		{"the first days", alerts.Drivers{Month: october, Days: 21}, "Oct 1–21"},
		{"up to an instant within a day", alerts.Drivers{Month: october, Days: 21, Until: time.Date(2026, time.October, 21, 5, 0, 0, 0, time.UTC)}, "Oct 1–21 (to 05:00 UTC)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := againstWhat(&tt.with); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
