package rulesfile

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

func TestPlannedEventsAreReadInBothForms(t *testing.T) {
	day := func(month time.Month, n int) time.Time { return time.Date(2026, month, n, 0, 0, 0, 0, time.UTC) }
	rules := load(t, `
planned:
  - 2026-11-27..2026-11-30, +40%
  - {name: Final, days: 2026-07-19, change: +150%}
rules:
  - {name: all, budget: 5 TB, channel: cdn, usage_type: "* Bandwidth"}
  - {name: asia, budget: 5 TB, channel: cdn, usage_type: Asia Bandwidth, planned: ["2026-12-24 .. 2026-12-26, -30%"]}
`)
	ofAll := []billing.Event{
		{Days: billing.Days{First: day(11, 27), Last: day(11, 30)}, Percent: 40},
		{Days: billing.Days{First: day(7, 19), Last: day(7, 19)}, Percent: 150, Name: "Final"},
	}
	own := billing.Event{Days: billing.Days{First: day(12, 24), Last: day(12, 26)}, Percent: -30}
	for _, tt := range []struct {
		name      string
		got, want []billing.Event
	}{
		{"those of the file", rules.Planned, ofAll},
		{"every rule has them", rules.Rules[0].Planned, ofAll},
		{"a rule has its own on top", rules.Rules[1].Planned, append(ofAll[:2:2], own)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
