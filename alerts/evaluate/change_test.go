package evaluate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/alertstest"
)

// changed evaluates the rule in November, whose first days made so many billions a day.
func changed(t *testing.T, keys string, perDay map[string]float64, days int, recorded []daily.Recorded, more ...billing.Usage) Change {
	t.Helper()
	rule := alertstest.RuleOf(t, keys)
	rows := more
	for region, billions := range perDay {
		rows = append(rows, alertstest.RequestsOf(alertstest.November, region, billions*float64(days), days))
	}
	reading := Reading{Rows: rows, Archive: NewArchive(nil, recorded, nil), ReadAt: alertstest.November.Start().AddDate(0, 0, days).Add(6 * time.Hour)}
	return reading.ChangeOf(&rule, alertstest.November)
}

func TestWhatIsAChange(t *testing.T) {
	before := map[string]float64{"Asia": 1, "Europe": 2}
	record := alertstest.Evenly(alertstest.October, before, alertstest.DaysUpTo(31)...)
	for _, tt := range []struct {
		name     string
		keys     string
		perDay   map[string]float64
		days     int
		recorded []daily.Recorded
		want     string // "ratio on top, whether both floors are met", or why not
	}{
		{"a rise above both floors", alertstest.JumpRule, map[string]float64{"Asia": 2, "Europe": 2}, 21, record, "+33.3% 21 B requests true"},
		{"a rise of exactly the share is not above it", alertstest.JumpRule, map[string]float64{"Asia": 1.9, "Europe": 2}, 21, record, "+30.0% 18.9 B requests false"},
		{"a small share of much is no news", alertstest.JumpRule, map[string]float64{"Asia": 1.3, "Europe": 2}, 21, record, "+10.0% 6.3 B requests false"},
		{
			"a large share of little is no news", alertstest.JumpRule,
			map[string]float64{"Asia": 0.002},
			21,
			alertstest.Evenly(alertstest.October, map[string]float64{"Asia": 0.001}, alertstest.DaysUpTo(31)...), "+100.0% 21 M requests false",
		},
		{"the floor is of what came more so far", alertstest.JumpRule, map[string]float64{"Asia": 2, "Europe": 2.2}, 3, record, "+40.0% 3.6 B requests true"},
		{"a fall is none", alertstest.JumpRule, map[string]float64{"Asia": 0.1, "Europe": 0.1}, 21, record, "−93.3% −58.8 B requests false"},
		{"two days are too few", alertstest.JumpRule, map[string]float64{"Asia": 9}, 2, record, "too early to tell: I compare after 3 complete days"},
		{"no record of the same days is unknown", alertstest.JumpRule, before, 10, alertstest.Evenly(alertstest.October, before, 15, 20, 31), "no_record since Oct 15"},
		{"nor is a record a day off enough", alertstest.JumpRule, before, 10, alertstest.Evenly(alertstest.October, before, 9, 12), "no_record since Oct 9"},
		{"nothing recorded at all", alertstest.JumpRule, before, 10, nil, "no_record since never"},
		{
			"what is new beside what was there is a rise", alertstest.JumpRule,
			map[string]float64{"Asia": 1, "Europe": 2, "Japan": 1},
			21, record,
			"+33.3% 21 B requests true",
		},
		{
			"what was not there at all is for a rule with new", alertstest.JumpRule, before, 21, []daily.Recorded{
				{Usage: alertstest.RequestsOf(alertstest.October, "Asia", 0, 21), Day: alertstest.October.Start().AddDate(0, 0, 20)},
			}, "there was none in the same days of the month before",
		},
		{"what is not used is unknown", `usage_type: Websocket, change: {over: 30%, at_least: 5}`, before, 21, record, "Fastly lists no usage of Websocket in 2026-11"},
		{"the floor has to be of the usage's kind", `usage_type: "* Requests", change: {over: 30%, at_least: 2 TB}`, before, 21, record, "Requests is counted in unit, not in bytes"},
		{
			"a bare number is of Fastly's own quantity", `usage_type: "* Requests", change: {over: 30%, at_least: 2100000}`,
			map[string]float64{"Asia": 2, "Europe": 2},
			21, record, "+33.3% 21 B requests true",
		},
		{
			"and one above it is above", `usage_type: "* Requests", change: {over: 30%, at_least: 2100001}`,
			map[string]float64{"Asia": 2, "Europe": 2},
			21, record, "+33.3% 21 B requests false",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := changed(t, tt.keys, tt.perDay, tt.days, tt.recorded)
			if got := inWords(c); !strings.HasPrefix(got, tt.want) && !strings.Contains(got, tt.want) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func inWords(c Change) string {
	g := c.Growth
	switch {
	case g.Unknown != "":
		return g.Unknown
	case g.Versus.Unknown && g.Versus.WatchingSince.IsZero():
		return string(g.Versus.Why) + " since never"
	case g.Versus.Unknown:
		return string(g.Versus.Why) + " since " + g.Versus.WatchingSince.Add(-time.Second).Format("Jan 2")
	}
	return fmt.Sprintf("%s %s %t", billing.FormatChange(g.Ratio), g.Measure.Written(g.Extra), c.Floors)
}

func TestAChangeOfTwoUnitsIsUnknown(t *testing.T) {
	bandwidth := alertstest.RequestsOf(alertstest.November, "Asia", 1, 21)
	bandwidth.UsageType, bandwidth.Unit = "Asia Bandwidth", "gb"
	c := changed(t, `product: cdn_usage, change: {over: 30%, at_least: 5}`, map[string]float64{"Asia": 1}, 21, nil, bandwidth)
	if want := "it covers usage in gb and in unit, but a change needs a single unit"; c.Known || c.Growth.Unknown != want {
		t.Errorf("%q, want %q", c.Growth.Unknown, want)
	}
}

func TestTheDriversOfAChange(t *testing.T) {
	before := map[string]float64{"Asia": 1, "Europe": 2, "Japan": 3, "India": 1, "Africa": 1}
	after := map[string]float64{"Asia": 3, "Europe": 2.5, "Japan": 2, "India": 2, "Africa": 1.25}
	got := changed(t, alertstest.JumpRule, after, 10, alertstest.Evenly(alertstest.October, before, alertstest.DaysUpTo(31)...)).Growth
	var drivers []string
	for _, d := range got.Drivers {
		drivers = append(drivers, d.Name+" "+got.Measure.Written(d.Used))
	}
	if diff := cmp.Diff([]string{"Asia Requests 20 B requests", "India Requests 10 B requests", "Europe Requests 5 B requests"}, drivers); diff != "" {
		t.Errorf("drivers (-want +got):\n%s", diff)
	}
	if got.Others != 2 || got.Measure.Written(got.OthersExtra) != "−7.5 B requests" { // Africa grew by 2.5, Japan fell by 10
		t.Errorf("%d others with %s", got.Others, got.Measure.Written(got.OthersExtra))
	}
	if got.Measure.Written(got.PerDay) != "10.8 B requests" || got.Measure.Written(got.Before) != "8 B requests" {
		t.Errorf("a day %s, before %s", got.Measure.Written(got.PerDay), got.Measure.Written(got.Before))
	}
	single := changed(t, alertstest.JumpRule, map[string]float64{"Asia": 2}, 10, alertstest.Evenly(alertstest.October, map[string]float64{"Asia": 1}, alertstest.DaysUpTo(31)...)).Growth
	if len(single.Drivers) != 0 {
		t.Errorf("one usage type in one region is driven by %v", single.Drivers)
	}
}

// TestAClosedMonthIsComparedWhole: a month that is over is held against the whole month before, as Fastly states it.
func TestAClosedMonthIsComparedWhole(t *testing.T) {
	rule := alertstest.RuleOf(t, alertstest.JumpRule)
	rows := []billing.Usage{alertstest.RequestsOf(alertstest.November, "Asia", 30*2, 30), alertstest.RequestsOf(alertstest.October, "Asia", 31, 31)}
	reading := Reading{Rows: rows, Archive: NewArchive(nil, nil, nil), ReadAt: alertstest.November.End().Add(6 * time.Hour)}
	c := reading.ChangeOf(&rule, alertstest.November)
	if got := inWords(c); got != "+100.0% 30 B requests true" || !c.Growth.Closed {
		t.Errorf("%q, closed %t", got, c.Growth.Closed)
	}
	rows[0].CountedTo = alertstest.November.End().AddDate(0, 0, -2)
	if c := reading.ChangeOf(&rule, alertstest.November); c.Growth.Closed {
		t.Error("closed before its last days were counted")
	}
}
