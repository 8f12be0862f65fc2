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
	used := empty
	used.Used = decimal.NewNullDecimal(decimal.New(1, 12))
	const sentence = "December has just begun; first figures come during Dec 1–2, and a forecast once Dec 1 is complete.\n"
	for _, tt := range []struct {
		name, asked string
		line        monthend.Line
		now         time.Time
		want        string
	}{
		{"with the month before one press away", "2026-12 forecast", empty, first, sentence + "November: `/usage 2026-11`\n"},
		{"which is of what was asked about", "2026-12 forecast bandwidth", empty, first, sentence + "November: `/usage 2026-11 bandwidth`\n"},
		{"not where there is usage already", "2026-12 forecast", used, first, "it has no usage yet"},
		{"not on the third day", "2026-12 forecast", empty, december.Start().Add(48 * time.Hour), "Can't forecast December"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := monthend.Forecast{
				Question: report.Question{Months: billing.One(december), Show: report.ShowForecast, By: report.ByProduct},
				Groups:   []monthend.Group{{Measure: sampledata.Bandwidth, Lines: []monthend.Line{tt.line}}},
			}
			got := blocks.PlainText(Forecast(f, Context{Now: tt.now, Command: "/usage", Asked: tt.asked}))
			if !strings.Contains(got, tt.want) || strings.Contains(tt.want, sentence) && strings.Contains(got, billing.Dash+" ") {
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
		{"on its first day", december.Add(-1), december.Start().Add(2 * time.Hour), "December has just begun; first figures come during Dec 1–2.", "no usage data"},
		{"where an earlier month is missing, that is", december.Add(-2), december.Start(), "Fastly has no usage data for Oct. December has just begun", "for Oct and Dec"},
		{"on its third day it is a gap", december.Add(-1), december.Start().Add(48 * time.Hour), "Fastly has no usage data for Dec.", "just begun"},
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
