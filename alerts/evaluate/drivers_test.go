package evaluate

import (
	"testing"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/alertstest"
)

func recordedOn(rows ...billing.Usage) []daily.Recorded {
	var all []daily.Recorded
	for _, row := range rows {
		all = append(all, daily.Recorded{Usage: row, Day: billing.DayCounted(row.CountedTo)})
	}
	return all
}

func TestWhatGrew(t *testing.T) {
	october := alertstest.November.Add(-1)
	all := rules.Match{Product: "cdn_usage", UsageType: "* Bandwidth"}
	closed := []billing.Usage{alertstest.BandwidthTo(october, "Asia", 310, 31), alertstest.BandwidthTo(october, "Europe", 620, 31)}
	now := []billing.Usage{alertstest.BandwidthTo(alertstest.November, "Asia", 300, 21), alertstest.BandwidthTo(alertstest.November, "Europe", 400, 21)}
	record := recordedOn(
		alertstest.BandwidthTo(october, "Asia", 190, 20), alertstest.BandwidthTo(october, "Europe", 380, 20),
		alertstest.BandwidthTo(october, "Asia", 200, 21), alertstest.BandwidthTo(october, "Europe", 420, 21),
		alertstest.BandwidthTo(october, "Asia", 210, 22), alertstest.BandwidthTo(october, "Europe", 440, 22),
	)
	for _, tt := range []struct {
		name     string
		closed   []billing.Usage
		recorded []daily.Recorded
		match    rules.Match
		rows     []billing.Usage
		want     string
	}{
		{
			"against the same days, where they were recorded", closed, record, all, now,
			"2026-10 to day 21: 620 80; Asia Bandwidth 100; 1 others -20",
		},
		{
			"against average days, where only the month is known", closed, nil, all, now,
			"2026-10 to day 0: 630 70; Asia Bandwidth 90; 1 others -20",
		},
		{
			"of one usage type in one region nothing is kept apart", closed, record,
			rules.Match{Product: "cdn_usage", UsageType: "Asia Bandwidth"},
			now[:1],
			"2026-10 to day 21: 200 100",
		},
		{
			"what is new grew by all of it", closed[:1], record[:0], all, now,
			"2026-10 to day 0: 210 490; Europe Bandwidth 400; Asia Bandwidth 90",
		},
		{
			"usage that fell has no part in any growth", closed, record, all,
			[]billing.Usage{alertstest.BandwidthTo(alertstest.November, "Asia", 100, 21), alertstest.BandwidthTo(alertstest.November, "Europe", 100, 21)},
			"2026-10 to day 21: 620 -420",
		},
		{"without a month before nobody knows", nil, nil, all, now, "unknown"},
		{"nor where nothing says up to when usage counts", closed, record, all, []billing.Usage{{Month: alertstest.November, Product: "cdn_usage", Unit: "gb"}}, "unknown"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, known := NewArchive(tt.closed, tt.recorded, nil).Drivers(tt.match, billing.Bytes, tt.rows, tt.rows[0].CountedTo)
			got := "unknown"
			if known {
				got = alertstest.Summary(g)
			}
			if got != tt.want {
				t.Errorf("growth = %s\nwant     %s", got, tt.want)
			}
		})
	}
}
