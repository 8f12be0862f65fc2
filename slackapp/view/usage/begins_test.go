package usageview

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/monthend"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

func TestAForecastOfAMonthThatHasJustBegunIsOneSentence(t *testing.T) {
	december := sampledata.November.Add(1)
	first := december.Start().Add(2 * time.Hour)
	empty := monthend.Line{Name: "cdn_usage", Before: decimal.NewNullDecimal(decimal.New(1, 15)), Unknown: "it has no usage yet"}
	const sentence = "December has just begun; the first figures come on Dec 1–2, and a forecast once Dec 1 is complete.\n"
	for _, tt := range []struct {
		name, asked string
		line        monthend.Line
		now         time.Time
		want        string
	}{
		{"with what can be asked one press away", "2026-12 forecast", empty, first, sentence + "`/usage 2026-11`\n"},
		{"not on the third day", "2026-12 forecast", empty, december.Start().Add(48 * time.Hour), "Can't forecast December"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := monthend.Forecast{
				Question: report.Question{Months: billing.One(december), Show: report.ShowForecast, By: report.ByProduct},
				Groups:   []monthend.Group{{Measure: sampledata.Bandwidth, Lines: []monthend.Line{tt.line}}},
			}
			got := blocks.PlainText(Forecast(f, Context{Now: tt.now, Command: "/usage", Asked: tt.asked, Offers: []string{"2026-11"}}))
			if !strings.Contains(got, tt.want) || strings.Contains(tt.want, sentence) && strings.Contains(got, billing.Dash+" ") {
				t.Errorf("%q is not in\n%s", tt.want, got)
			}
		})
	}
}

func TestTheFirstDaysOfAMonthHaveWhatThereIsInPlaceOfAForecast(t *testing.T) {
	december := sampledata.November.Add(1)
	at := func(hours int) time.Time { return december.Start().Add(time.Duration(hours) * time.Hour) }
	figure := func(f float64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromFloat(f)) }
	const why = "the first day is not complete"
	bytes := monthend.Group{Measure: sampledata.Bandwidth, Lines: []monthend.Line{{Name: "cdn_usage", Used: figure(1e12), Unknown: why}}}
	fee := monthend.Line{Name: "Support", Used: figure(6500), Low: decimal.NewFromInt(6500), High: decimal.NewFromInt(6500)}
	bill := monthend.Group{Measure: billing.Cost("USD"), Total: &monthend.Line{Name: "Total", Used: figure(6600.5), Unknown: why}, Lines: []monthend.Line{fee, {Name: "cdn_usage", Used: figure(100.5), Unknown: why}}}
	known := bytes
	known.Lines = append([]monthend.Line{{Name: "ngwaf", Low: decimal.New(1, 12), High: decimal.New(1, 12)}}, bytes.Lines...)
	for _, tt := range []struct {
		name    string
		q       report.Question
		asked   string
		groups  []monthend.Group
		counted time.Time
		now     time.Time
		want    string
		table   bool
	}{
		{
			"usage so far is a sentence",
			report.Question{By: report.ByProduct},
			"2026-12 forecast",
			[]monthend.Group{bytes},
			at(10), at(12),
			"Too early to forecast December: the first day is not complete. cdn_usage bandwidth is 1.00 TB so far.", false,
		},
		{
			"so is the bill if only its fees are known",
			report.Question{Cost: true, By: report.ByProduct},
			"2026-12 forecast cost",
			[]monthend.Group{bill},
			at(2), at(2),
			"Too early to forecast December: the first day is not complete. The bill is $6,600.50 so far.", false,
		},
		{"what is known has its table", report.Question{By: report.ByProduct}, "2026-12 forecast", []monthend.Group{known}, at(10), at(12), "Likely End", true},
		{"a fee is known at once", report.Question{Cost: true}, "2026-12 forecast cost support", []monthend.Group{{Measure: billing.Cost("USD"), Lines: []monthend.Line{fee}}}, at(2), at(2), "Likely End", true},
		{
			"the third day is early as well",
			report.Question{By: report.ByProduct},
			"2026-12 forecast",
			[]monthend.Group{bytes},
			at(60), at(70),
			"Too early to forecast December", false,
		},
		{"the fifth is not", report.Question{By: report.ByProduct}, "2026-12 forecast", []monthend.Group{bytes}, at(100), at(110), "Can't forecast December", true},
		{
			"a bill without an estimate yet is not one that never has one",
			report.Question{Cost: true, By: report.ByProduct},
			"2026-12 forecast cost", nil,
			time.Time{},
			at(2),
			"December has just begun; Fastly has no estimate of its bill yet.", false,
		},
		{
			"nor that of services",
			report.Question{Cost: true, By: report.ByService},
			"2026-12 forecast cost by service", nil,
			time.Time{},
			at(2),
			"December has just begun; the first figures come on Dec 1–2, and a forecast once Dec 1 is complete.", false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Months, tt.q.Show = billing.One(december), report.ShowForecast
			f := monthend.Forecast{Question: tt.q, Groups: tt.groups, Fresh: billing.Freshness{CountedTo: tt.counted}}
			got := blocks.PlainText(Forecast(f, Context{Now: tt.now, Command: "/usage", Asked: tt.asked}))
			if !strings.Contains(got, tt.want) || strings.Contains(got, "Likely End") != tt.table {
				t.Errorf("%q is not in\n%s", tt.want, got)
			}
		})
	}
}

func TestABillThatHasJustBegunIsNotOneThatNeverComes(t *testing.T) {
	december := sampledata.November.Add(1)
	for _, tt := range []struct {
		name, want string
		day        int
	}{
		{"on the first day", "December has just begun; Fastly has no estimate of its bill yet.", 0},
		{"on the third day the account may have none", "Fastly gives no month-to-date estimate for this account", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := report.Question{Months: billing.One(december), Cost: true}
			table := report.Table{Question: q, Months: q.Months.Months(), Missing: q.Months.Months()}
			got := blocks.PlainText(Usage(table, Context{Now: december.Start().AddDate(0, 0, tt.day), Command: "/usage", Asked: "2026-12 cost"}))
			if !strings.Contains(got, tt.want) {
				t.Errorf("%q is not in\n%s", tt.want, got)
			}
		})
	}
}

func TestAYearWhoseLastMonthHasJustBegunHasNoGap(t *testing.T) {
	december := sampledata.November.Add(1)
	rows := sampledata.Rows(sampledata.November, sampledata.Figure{Product: "cdn_usage", UsageType: "Asia Bandwidth", Region: "Asia", Figures: []float64{10}})
	for _, tt := range []struct {
		name  string
		first billing.Month
		now   time.Time
		want  string
		not   string
	}{
		{"on its first day", december.Add(-1), december.Start().Add(2 * time.Hour), "December has just begun; the first figures come on Dec 1–2.", "no usage data"},
		{"where an earlier month is missing, that is", december.Add(-2), december.Start(), "Fastly has no usage data for October. December has just begun", "for Oct and Dec"},
		{"on its third day it is a gap", december.Add(-1), december.Start().Add(48 * time.Hour), "Fastly has no usage data for December.", "just begun"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := sampledata.Tabulate(report.Question{Months: billing.Range{First: tt.first, Last: december}}, report.Data{Rows: rows})
			got := findingAt(table, tt.now)
			if got = strings.ReplaceAll(got, "*", ""); !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
				t.Errorf("%q is not in %q", tt.want, got)
			}
		})
	}
}
