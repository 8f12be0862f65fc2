package samples

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/monthend"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

var (
	bytesMoved = billing.Measure{Noun: billing.NounBandwidth, Bytes: true}
	requests   = billing.Measure{Noun: billing.NounRequests}
	dollars    = billing.Cost("USD")
)

// likelyLine is how a line ends: what was used, the range, and the month before, in units of the power of ten. A figure below zero is
// not known.
func likelyLine(name string, exp int32, used, low, high, before float64) monthend.Line {
	figure := func(f float64) decimal.NullDecimal {
		return decimal.NullDecimal{Decimal: decimal.NewFromFloat(f).Shift(exp), Valid: f >= 0}
	}
	l := monthend.Line{Name: name, Used: figure(used), Before: figure(before), Low: figure(low).Decimal, High: figure(high).Decimal, Method: forecast.MethodDaily}
	if before > 0 {
		l.Change = &monthend.Span{
			Low: decimal.NewFromFloat(low/30/(before/31) - 1), High: decimal.NewFromFloat(high/30/(before/31) - 1),
		}
	}
	return l
}

func forecastOf(q report.Question, groups ...monthend.Group) monthend.Forecast {
	q.Months, q.Show = billing.One(sampledata.November), report.ShowForecast
	return monthend.Forecast{Question: q, Groups: groups, Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21}}
}

func monthEndSamples() []Sample {
	products := forecastOf(report.Question{By: report.ByProduct},
		monthend.Group{Measure: bytesMoved, Lines: []monthend.Line{likelyLine("cdn_usage", 12, 842.1, 1183, 1221, 1092)}},
		monthend.Group{Measure: requests, Lines: []monthend.Line{
			likelyLine("cdn_usage", 9, 79.31, 111, 115, 109.4), likelyLine("compute_requests", 9, 7.02, 9.31, 10.4, 9.96), likelyLine("websockets", 6, 31, 40.2, 45, -1),
		}},
	)
	total := likelyLine("Total", 12, 842.1, 1183, 1221, 1092)
	types := forecastOf(report.Question{Measure: billing.NounBandwidth, By: report.ByUsageType}, monthend.Group{Measure: bytesMoved, Total: &total, Lines: []monthend.Line{
		likelyLine("North America Bandwidth", 12, 402.6, 548, 579, 494.6), likelyLine("Europe Bandwidth", 12, 300.2, 421, 433, 396.8),
		likelyLine("Asia Bandwidth", 12, 139.3, 190, 225, 200.6),
	}})
	bill := likelyLine("Total", 0, 3770.32, 3874.1, 3921.7, 3902.11)
	bill.Pending, bill.Change = decimal.NewFromInt(880), &monthend.Span{Low: decimal.New(-4, -2), High: decimal.New(5, -2)}
	tls := likelyLine("TLS", 0, 0, 880, 880, 880)
	tls.Pending, tls.Change = decimal.NewFromInt(880), nil
	support := likelyLine("Gold Support", 0, 2600, 2600, 2600, 2600)
	support.Change = nil
	cost := forecastOf(report.Question{Cost: true, By: report.ByProduct}, monthend.Group{Measure: dollars, Total: &bill, Lines: []monthend.Line{
		support, tls, likelyLine("cdn_usage", 0, 290.32, 394.1, 441.7, 422.11),
	}})
	cost.Last = sampledata.October
	for i := range cost.Groups[0].Lines {
		cost.Groups[0].Lines[i].Method = ""
	}
	unknown := monthend.Line{Name: "cdn_usage", Used: decimal.NewNullDecimal(decimal.New(31, 12)), Unknown: forecast.UnknownEarly, Method: forecast.MethodNone}
	early := forecastOf(report.Question{By: report.ByProduct}, monthend.Group{Measure: bytesMoved, Lines: []monthend.Line{unknown}})
	early.Fresh.CountedTo = sampledata.November.Start().Add(50 * time.Hour)
	rough := likelyLine("Asia Bandwidth", 12, 13.5, 18.1, 21, 20.2)
	rough.Method = forecast.MethodPace
	service := forecastOf(report.Question{Service: "www-shop", By: report.ByUsageType}, monthend.Group{Measure: bytesMoved, Lines: []monthend.Line{rough}})
	mixed := products
	mixed.Groups = []monthend.Group{mixed.Groups[0], {Measure: requests, Lines: append([]monthend.Line{}, mixed.Groups[1].Lines...)}}
	mixed.Groups[1].Lines[2].Method = forecast.MethodMonthly
	mixed.Unread = []string{"the quantity of Fanout *Requests* is `abc`"}
	planned := types
	planned.Groups = []monthend.Group{{Measure: bytesMoved, Lines: append([]monthend.Line{}, types.Groups[0].Lines...)}}
	planned.Groups[0].Lines[2].Planned = []billing.Event{{
		Days: billing.Days{First: sampledata.November.Start().AddDate(0, 0, 26), Last: sampledata.November.Start().AddDate(0, 0, 29)}, Percent: 40, Name: "Singles' *Days*",
	}}
	over := sampleContext("2026-10 forecast", "By Type")
	over.Lead = usageview.NoLongerForecast(sampledata.October)
	ended := sampledata.Tabulate(report.Question{Months: billing.One(sampledata.October), By: report.ByProduct}, report.Data{
		Rows: sampledata.Rows(sampledata.October, sampledata.SameDays...),
	})
	c := func(asked string) usageview.Context {
		return sampleContext(asked, "By Type", "Cost Forecast", "Usage So Far", "Share in Channel")
	}
	return []Sample{
		{"forecast", usageview.Forecast(products, c("2026-11 forecast"))},
		{"forecast-by-type", usageview.Forecast(types, c("2026-11 forecast bandwidth"))},
		{"forecast-cost", usageview.Forecast(cost, c("2026-11 forecast cost"))},
		{"forecast-too-early", usageview.Forecast(early, c("2026-11 forecast"))},
		{"forecast-service", usageview.Forecast(service, c("2026-11 forecast service www-shop"))},
		{"forecast-partly-rough", usageview.Forecast(mixed, c("2026-11 forecast"))},
		{"forecast-planned", usageview.Forecast(planned, c("2026-11 forecast bandwidth"))},
		{"forecast-of-nothing", usageview.Forecast(forecastOf(report.Question{Product: "fanout"}), sampleContext("2026-11 forecast fanout"))},
		{"forecast-without-usage", usageview.Forecast(forecastOf(report.Question{}), sampleContext("2026-11 forecast"))},
		{"forecast-without-estimate", usageview.Forecast(forecastOf(report.Question{Cost: true}), sampleContext("2026-11 forecast cost"))},
		{"forecast-month-over", usageview.Usage(ended, over)},
	}
}
