package main

import (
	"slices"
	"testing"
	"time"

	"budgetbot/alerts/monthend"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// What the commands print has its instants in the zone of the rules file, and in UTC without one.
func TestInstantsAreInTheZoneOfTheRules(t *testing.T) {
	inZone := func(name string) *rules.Rules {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return &rules.Rules{Zone: zone}
	}
	berlin, newYork := inZone("Europe/Berlin"), inZone("America/New_York")
	for _, tt := range []struct {
		name string
		set  *rules.Rules
		at   time.Time
		want string
	}{
		{"without a rules file", nil, time.Date(2026, time.November, 29, 5, 0, 0, 0, time.UTC), "Nov 29, 05:00 UTC"},
		{"without a zone", &rules.Rules{}, time.Date(2026, time.November, 29, 0, 0, 0, 0, time.UTC), "the end of Nov 28"},
		{"east of UTC", berlin, time.Date(2026, time.November, 29, 5, 0, 0, 0, time.UTC), "Nov 29, 06:00 CET"},
		{"in summer", berlin, time.Date(2026, time.October, 24, 5, 0, 0, 0, time.UTC), "Oct 24, 07:00 CEST"},
		{"west of UTC", newYork, time.Date(2026, time.November, 29, 0, 0, 0, 0, time.UTC), "Nov 28, 19:00 EST"},
		{"the hour that comes twice", newYork, time.Date(2026, time.November, 1, 5, 30, 0, 0, time.UTC), "Nov 1, 01:30 EDT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := tt.set.Local(time.Date(2026, time.November, 29, 16, 0, 0, 0, time.FixedZone("of the machine", 9*60*60)))
			if got := countedTo(tt.at, now); got != tt.want {
				t.Errorf("a check prints %q, want %q", got, tt.want)
			}
			month, fresh := billing.MonthOf(tt.at), billing.Freshness{CountedTo: tt.at}
			q := report.Question{Months: billing.One(month)}
			if got, want := notes(report.Table{Question: q, Fresh: fresh}, now), month.String()+" is not over: data to "+tt.want+"."; !slices.Contains(got, want) {
				t.Errorf("usage notes %q, want %q", got, want)
			}
			f := forecastAnswer{monthend.Forecast{Question: q, Fresh: fresh}, now}
			if got, want := f.notes(), "Data to "+tt.want+"."; !slices.Contains(got, want) {
				t.Errorf("a forecast notes %q, want %q", got, want)
			}
		})
	}
}

// Against another year, the note of a comparison has the year.
func TestAComparisonNotesUpToWhenItCounts(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.November, 29, 16, 0, 0, 0, zone)
	month := billing.MonthOf(now)
	before := month.Add(-12)
	compared := report.Table{
		Question: report.Question{Months: billing.One(month), Against: billing.One(before)},
		Versus:   &report.Comparison{Month: month, Against: before, AgainstUntil: before.Start().Add(28*24*time.Hour + 5*time.Hour)},
	}
	if got, want := notes(compared, now), "2025-11 is counted to Nov 29 2025, 06:00 CET, too."; !slices.Contains(got, want) {
		t.Errorf("the notes are %q, want %q", got, want)
	}
}
