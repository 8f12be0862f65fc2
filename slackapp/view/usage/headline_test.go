package usageview

import (
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/sampledata"
)

// figures returns the rows of usage types over the months that end in October.
func figures(types map[string][]float64) ([]billing.Usage, billing.Range) {
	var rows []billing.Usage
	var months billing.Range
	for name, f := range types {
		months = billing.Range{First: sampledata.October.Add(1 - len(f)), Last: sampledata.October}
		rows = append(rows, sampledata.Rows(months.First, sampledata.Figure{Product: "cdn_usage", UsageType: name, Region: strings.Fields(name)[0], Figures: f})...)
	}
	return rows, months
}

func TestFinding(t *testing.T) {
	tests := []struct {
		name  string
		types map[string][]float64
		by    report.Breakdown
		want  string
	}{
		{
			"a rise names who made it",
			map[string][]float64{"Asia Bandwidth": {300, 620}, "Europe Bandwidth": {300, 310}},
			report.ByUsageType,
			"1.53 PB of bandwidth. Per day, October was *50.0% above September* in bandwidth, all of it in Asia.",
		},
		{
			"a fall is a fall",
			map[string][]float64{"Asia Bandwidth": {300, 155}, "Europe Bandwidth": {300, 310}},
			report.ByUsageType,
			"1.07 PB of bandwidth. Per day, October was *25.0% below September* in bandwidth, all of it in Asia.",
		},
		{
			"one row more than made the rise where others fell",
			map[string][]float64{"Asia Bandwidth": {300, 620}, "Europe Bandwidth": {300, 155}},
			report.ByUsageType,
			"1.38 PB of bandwidth. Per day, October was *25.0% above September* in bandwidth, all of it in Asia.",
		},
		{
			"the same a day is level, though October is longer",
			map[string][]float64{"Asia Bandwidth": {300, 310}},
			report.ByUsageType,
			"610 TB of bandwidth. Per day, October was level with September in bandwidth.",
		},
		{
			"of two measures it names the first, though the other changed more",
			map[string][]float64{"Asia Bandwidth": {300, 310}, "Asia Requests": {30, 62}},
			report.ByUsageType,
			"610 TB of bandwidth and 92.0 B requests. Per day, October was level with September in Asia Bandwidth.",
		},
		{
			"where the first cannot be compared, it names the next",
			map[string][]float64{"Asia Bandwidth": {0, 310}, "Asia Requests": {30, 62}},
			report.ByUsageType,
			"310 TB of bandwidth and 92.0 B requests. Per day, October was *100.0% above September* in Asia Requests.",
		},
		{
			"a share that says nothing is left out",
			map[string][]float64{"A Bandwidth": {9}, "B Bandwidth": {9}, "C Bandwidth": {9}, "D Bandwidth": {9}, "E Bandwidth": {9}, "F Bandwidth": {9}, "G Bandwidth": {9}, "H Bandwidth": {9}, "I Bandwidth": {9}, "J Bandwidth": {9}, "K Bandwidth": {9}},
			report.ByUsageType,
			"99.0 TB of bandwidth.",
		},
		{
			"with nothing to compare the largest is named",
			map[string][]float64{"Asia Bandwidth": {100}, "Europe Bandwidth": {300}},
			report.ByUsageType,
			"400 TB of bandwidth. Europe made 75% of the bandwidth.",
		},
		{
			"a breakdown names its largest",
			map[string][]float64{"Asia Bandwidth": {0, 100}, "Europe Bandwidth": {0, 300}},
			report.ByRegion,
			"400 TB of bandwidth. Europe made 75% of the bandwidth.",
		},
		{
			"zero has no further sentence",
			map[string][]float64{"Asia Bandwidth": {0, 0}, "Europe Bandwidth": {0, 0}},
			report.ByUsageType,
			"0 B of bandwidth.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, months := figures(tt.types)
			table := sampledata.Tabulate(report.Question{Months: months, By: tt.by}, report.Data{Rows: rows})
			if got := findingOf(table); got != tt.want {
				t.Errorf("finding\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestMissingMonthsAreNamedAndNeverZero(t *testing.T) {
	rows := sampledata.Rows(sampledata.October, sampledata.Figure{Product: "cdn_usage", UsageType: "Asia Bandwidth", Region: "Asia", Figures: []float64{10}})
	months := billing.Range{First: sampledata.October.Add(-6), Last: sampledata.October}
	table := sampledata.Tabulate(report.Question{Months: months}, report.Data{Rows: rows})
	want := "Fastly has no usage data for April, May, June, July and 2 other months."
	if got := findingOf(table); !strings.HasSuffix(got, want) {
		t.Errorf("finding %q does not end in %q", got, want)
	}
	for _, line := range strings.Split(layout.Grid(table).Text(), "\n")[2:8] {
		if !strings.HasSuffix(line, "no data") {
			t.Errorf("a missing month does not say so: %q", line)
		}
	}
}

func TestAMonthThatHasJustBegunSaysSo(t *testing.T) {
	december := sampledata.November.Add(1)
	const begun = "December has just begun; the first figures come on Dec 1–2.\n`/usage 2026-11 cdn_usage`"
	for _, tt := range []struct {
		name string
		now  time.Time
		want string
	}{
		{"on its first day", december.Start().Add(time.Hour), begun},
		{"in its first hour", december.Start(), begun},
		{"on its second day", december.Start().Add(47 * time.Hour), begun},
		{"not on its third", december.Start().Add(48 * time.Hour), "Fastly has no usage data for December 2026"},
		{"not before it", december.Start().Add(-time.Hour), "Fastly has no usage data for December 2026"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := sampledata.Tabulate(report.Question{Months: billing.One(december)}, report.Data{})
			c := Context{Now: tt.now, Command: "/usage", Asked: "2026-12 cdn_usage", Offers: []string{"2026-11 cdn_usage"}}
			if got := blocks.PlainText(Usage(table, c)); !strings.Contains(got, tt.want) {
				t.Errorf("%q is not in\n%s", tt.want, got)
			}
		})
	}
}

func TestFacts(t *testing.T) {
	rows := sampledata.Rows(sampledata.November, sampledata.ThisMonth...)
	closed := sampledata.Rows(sampledata.October, sampledata.ThisMonth...)
	one, last := report.Question{Months: billing.One(sampledata.November)}, report.Question{Months: billing.One(sampledata.October)}
	byRegion := report.Question{Months: last.Months, By: report.ByRegion}
	beside := sampledata.Rows(sampledata.October,
		sampledata.Figure{Product: "cdn_usage", UsageType: "Asia Requests", Region: "Asia", Figures: []float64{9.8}},
		sampledata.Figure{Product: "kv_store", UsageType: "Asia KV Operations", Region: "Asia", Figures: []float64{0.147}})
	watching := report.Prior{WatchingSince: time.Date(2026, 10, 30, 9, 0, 0, 0, time.UTC)}
	tests := []struct {
		name string
		q    report.Question
		data report.Data
		now  time.Time
		want string
	}{
		{"a month long closed is final", last, report.Data{Rows: closed}, sampledata.Now, "Months are UTC and closed"},
		{"a month just closed may be corrected", last, report.Data{Rows: closed}, sampledata.November.Start().AddDate(0, 0, 13), "Fastly may still correct October"},
		{"a month that runs says to which day it counts", one, report.Data{Rows: rows}, sampledata.Now, "November has data to the end of Nov 21"},
		{"a record that began too late is named", one, report.Data{Rows: rows, Prior: watching}, sampledata.Now, "can't compare with Oct 1–21: I started watching on Oct 30"},
		{"without any record the watching has only begun", one, report.Data{Rows: rows}, sampledata.Now, "can't compare with Oct 1–21: I've only just started watching"},
		{"a record with a hole is not blamed on its beginning", one, report.Data{Rows: rows, Prior: report.Prior{WatchingSince: sampledata.ToNov21.AddDate(0, -4, 0)}}, sampledata.Now, "can't compare with Oct 1–21: I didn't read Fastly on its last day"},
		{"a month without rows is not called final", report.Question{Months: billing.Range{First: sampledata.October, Last: sampledata.November}}, report.Data{Rows: closed}, sampledata.Now, "Months are UTC;"},
		{"a record that cannot be read is named", one, report.Data{Rows: rows, Prior: report.Prior{Unreadable: true}}, sampledata.Now, "can't be read"},
		{"blocks of billing are read off the figures", last, report.Data{Rows: closed}, sampledata.Now, "B is billion; counts are single requests (Fastly bills per 10,000)"},
		{
			"of measures beside each other every letter is explained, of one once", byRegion,
			report.Data{Rows: beside},
			sampledata.Now,
			"M is million and B is billion; counts are single requests (Fastly",
		},
		{
			"a stale answer gives the reason and its age", last,
			report.Data{Rows: closed, Fresh: billing.Freshness{ReadAt: sampledata.Now.Add(-2 * time.Hour), Stale: "Fastly did not answer."}},
			sampledata.Now, "Fastly did not answer; these figures are from 08:42 UTC (2 h old)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			shown := layout.Of(sampledata.Tabulate(tt.q, tt.data))
			facts := blocks.PlainOf(blocks.Joined(" · ", factsOf(shown, Context{Now: tt.now, Command: "/usage"})...))
			if !strings.Contains(facts, tt.want) {
				t.Errorf("%q is not in %q", tt.want, facts)
			}
		})
	}
}

// TestAPartialAnswerSaysSoFirst names what it lacks and the next step.
func TestAPartialAnswerSaysSoFirst(t *testing.T) {
	rows, months := figures(map[string][]float64{"Asia Bandwidth": {1, 2, 3}})
	table := sampledata.Tabulate(report.Question{Months: months}, report.Data{Rows: rows})
	for _, tt := range []struct {
		name  string
		lacks []billing.Month
		want  string
	}{
		{"a month of the same year", []billing.Month{months.First.Add(-1)}, "*Partial:* I'm still reading July. Ask again in a minute for all of it. 6.00 TB"},
		{
			"months of two years",
			[]billing.Month{months.First.Add(-8), months.First.Add(-7)},
			"*Partial:* I'm still reading December 2025 and January 2026. Ask again in a minute for all of it. 6.00 TB",
		},
		{
			"many months in a row",
			[]billing.Month{months.First.Add(-3), months.First.Add(-2), months.First.Add(-1)},
			"*Partial:* I'm still reading May–Jul 2026. Ask again in a minute for all of it. 6.00 TB",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table.StillReading = tt.lacks
			if said := Usage(table, Context{Now: sampledata.Now}).Text; !strings.Contains(said, tt.want) {
				t.Errorf("it says\n%s\nand not\n%s", said, tt.want)
			}
		})
	}
}
