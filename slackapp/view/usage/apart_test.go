package usageview

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/monthend"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/sampledata"
)

func TestCountsOfSeveralProductsHaveNoSum(t *testing.T) {
	one, two, six := untilOctober(1), untilOctober(2), untilOctober(6)
	several := []sampledata.Figure{
		of("cdn_usage", "Asia Bandwidth", 100, 100, 100, 100, 100, 124), of("cdn_usage", "Asia Requests", 5, 5, 5, 5, 5, 6), of("cdn_usage", "Europe Requests", 1, 1, 1, 1, 1, 2),
		of("ngwaf", "WAF Requests", 3, 3, 3, 3, 3, 3), of("kv_store", "KV Operations", 1, 1, 1, 1, 1, 1), of("object_storage", "Object Operations", 2, 2, 2, 2, 2, 2),
	}
	many := several
	for i := range 25 {
		many = append(many, of("cdn_usage", fmt.Sprintf("R%d Requests", i), 0.1, 0.1, 0.1, 0.1, 0.1, 0.1))
	}
	const fact = "requests and operations of several products aren't added up: one request may count in each"
	for _, tt := range []struct {
		name      string
		q         report.Question
		rows      []sampledata.Figure
		want, not []string
	}{
		{
			"each of their rows has the unit, and the headline leaves them out",
			report.Question{Months: one},
			several,
			[]string{"124 TB of bandwidth. Per day", "Asia Requests, B       6.00", "KV Operations, B       1.00", fact},
			[]string{"B requests", "B operations"},
		},
		{
			"where nothing else was asked for, the product that has most is named",
			report.Question{Months: one, Measure: billing.NounRequests},
			several,
			[]string{"cdn_usage came to 8.00 B requests. Per day, October was 29.0% above September in its requests."},
			[]string{"Share", "100%", "11.0"},
		},
		{
			"by product the sentence is about the largest product and its change",
			report.Question{Months: one, By: report.ByProduct, Measure: billing.NounRequests},
			several,
			[]string{"cdn_usage came to 8.00 B requests. Per day, October was 29.0% above September in its requests."},
			nil,
		},
		{
			"of the top changes it is about what moved most",
			report.Question{Months: one, By: report.ByProduct, Measure: billing.NounOperations, Show: report.ShowChanges},
			append(several, of("stream", "Stream Operations", 1, 1, 1, 1, 1, 0.5)),
			[]string{"stream came to 500 M operations. Per day, October was 51.6% below September in its operations."},
			nil,
		},
		{
			"of two periods it compares them",
			report.Question{Months: one, Against: billing.One(two.First), By: report.ByProduct, Measure: billing.NounRequests},
			several,
			[]string{"cdn_usage came to 8.00 B requests in October 2026. Per day, October was 29.0% above September in its requests."},
			nil,
		},
		{
			"by region there are no shares of them",
			report.Question{Months: two, By: report.ByRegion},
			several,
			[]string{"requests and operations of several products have no total: one request may count in each"},
			[]string{"B requests"},
		},
		{
			"by region of them alone there is no column of shares, and the largest is named",
			report.Question{Months: one, By: report.ByRegion, Measure: billing.NounRequests},
			several,
			[]string{"Asia came to 6.00 B requests. Per day, October was 16.1% above September in its requests."},
			[]string{"Share"},
		},
		{
			"by region what is folded of several is counted in the small type",
			report.Question{Months: two, By: report.ByRegion, Measure: billing.NounOperations, Top: 1},
			append(several, of("stream", "Stream Operations", 1, 1, 1, 1, 1, 1)),
			[]string{"Object  2.00  2.00", "2 other regions: `/usage 2026-10` shows all"},
			nil,
		},
		{
			"nor has its column beside the months",
			report.Question{Months: six, By: report.ByRegion, Measure: billing.NounOperations, Top: 1},
			append(several, of("stream", "Stream Operations", 1, 1, 1, 1, 1, 1)),
			[]string{"2 others\n", "2.00            −3.2%         –"},
			nil,
		},
		{
			"by month the product that has most stands for them",
			report.Question{Months: six},
			several,
			[]string{"cdn_usage", "8.00", fact},
			[]string{"11.0"},
		},
		{
			"what is folded is not added up either",
			report.Question{Months: two},
			many,
			[]string{"rows: `/usage 2026-10 top 50` shows more"},
			[]string{"others"},
		},
		{
			"nor what is beyond the rows asked for",
			report.Question{Months: two, Top: 2},
			several,
			[]string{"1 other row: `/usage 2026-10` shows all"},
			nil,
		},
		{
			"nor the totals of two periods",
			report.Question{Months: one, Against: billing.One(two.First)},
			several,
			[]string{fact},
			[]string{"B requests"},
		},
		{
			"one product keeps its totals",
			report.Question{Months: two, Product: "cdn_usage"},
			several,
			[]string{"14.0 B requests", "Requests, B"},
			[]string{"added up"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := blocks.PlainText(asked(tt.q, usageOf(six, tt.rows...), nil))
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is in\n%s", not, got)
				}
			}
		})
	}
}

func TestTheForecastOfCountsOfSeveralProductsHasNoTotal(t *testing.T) {
	line := func(name string, of float64) monthend.Line {
		used := decimal.NewNullDecimal(decimal.NewFromFloat(of).Shift(9))
		return monthend.Line{Name: name, Used: used, Low: used.Decimal, High: used.Decimal}
	}
	f := monthend.Forecast{
		Question: report.Question{Months: billing.One(sampledata.November), By: report.ByUsageType},
		Groups: []monthend.Group{
			{Measure: billing.Measure{Noun: billing.NounRequests}, Lines: []monthend.Line{line("Asia Requests", 8), line("WAF Requests", 3)}},
			{Measure: billing.Measure{Noun: billing.NounOperations}, Lines: []monthend.Line{line("KV Operations", 2)}},
		},
		Apart: []string{billing.NounRequests},
	}
	top := f
	top.Question.Top = 1
	for _, tt := range []struct {
		name      string
		f         monthend.Forecast
		want, not []string
	}{
		{
			"the sentence is about the largest line, and there is no head", f,
			[]string{"Asia Requests is likely to end at 8.00 B", "\nAsia Requests  8.00 B", "requests of several products aren't added up: one request may count in each"},
			[]string{"11.0"},
		},
		{"the number asked for is that of each measure", top, []string{"\nAsia Requests", "\nKV Operations"}, []string{"\nWAF Requests"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := blocks.PlainText(Forecast(tt.f, Context{Now: sampledata.Now, Command: "/usage"}))
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(got, not) {
					t.Errorf("%q is in\n%s", not, got)
				}
			}
		})
	}
}

func TestAChangeHasItsBaseAndLinesTheirPlace(t *testing.T) {
	one, six := untilOctober(1), untilOctober(6)
	products := []sampledata.Figure{
		of("cdn_usage", "Asia Bandwidth", 100, 124), of("compute", "Compute Requests", 9, 10), of("cdn_usage", "Asia Requests", 5, 6), of("compute", "Compute vCPU Time", 5, 6),
	}
	var regions []sampledata.Figure
	for i, name := range []string{"Asia", "Africa", "Europe", "India", "Japan"} {
		f := float64(i + 1)
		regions = append(regions, of("cdn_usage", name+" Bandwidth", f, f, f, f, f, f))
	}
	for _, tt := range []struct {
		name string
		q    report.Question
		data report.Data
		want string
	}{
		{
			"usage of a month that is over has the month before as a column, and the lines of a product stand together",
			report.Question{Months: one, By: report.ByProduct},
			usageOf(untilOctober(2), products...), `
Product                       Oct    Sep  Change, per Day
---------------------------------------------------------
cdn_usage bandwidth, TB     124.0  100.0           +20.0%
cdn_usage requests, B        6.00   5.00           +16.1%
compute requests, B         10.00   9.00            +7.5%
compute vCPU time, K hours   6.00   5.00           +16.1%
`,
		},
		{
			"a single region is not folded",
			report.Question{Months: six, By: report.ByRegion},
			usageOf(six, regions...), "Africa  Asia\n",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := "\n" + layout.Grid(layout.Of(sampledata.Tabulate(tt.q, tt.data)).Table).Text()
			if !strings.Contains(got, tt.want) {
				t.Errorf("it is\n%swant\n%s", got, tt.want)
			}
		})
	}
}
