package samples

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

// periodSamples are answers that compare two periods.
func periodSamples() []Sample {
	jan := billing.NewMonth(2023, time.January)
	rows := sampledata.Rows(jan, sampledata.FirstQuarter...)
	first, second := billing.Range{First: jan, Last: jan.Add(1)}, billing.One(jan.Add(2))
	october, november := billing.One(sampledata.October), billing.One(sampledata.November)
	lastYear := billing.One(sampledata.November.Add(-12))
	current := append(sampledata.Rows(sampledata.October, sampledata.ThisMonth...), sampledata.Rows(sampledata.November, sampledata.ThisMonth...)...)
	prior := report.Prior{
		Rows: sampledata.Rows(sampledata.October, sampledata.SameDays...), CountedTo: sampledata.ToNov21.AddDate(0, -1, 0), WatchingSince: sampledata.ToNov21.AddDate(0, -4, 0),
	}
	ask := func(q report.Question, asked string, data report.Data) usageSample {
		return usageSample{sampledata.Tabulate(q, data), asked}
	}
	july := billing.NewMonth(2026, time.July)
	bills := []billing.Bill{sampleBill(july.Add(-1), "240.11", "2700.45"), sampleBill(july, "292.03", "2832.16")}
	estimate := sampleBill(sampledata.November, "61.40", "228.92")
	estimate.Invoices, estimate.AsOf, estimate.Charges[1].Amount = nil, sampledata.ToNov21, decimal.Decimal{}
	tiered := sampleBill(sampledata.October, "120.25", "310.70")
	cheaper := tiered.Charges[2]
	cheaper.Amount, cheaper.Rate.Decimal = decimal.RequireFromString("22.10"), decimal.RequireFromString("0.001")
	tiered.Charges = append(tiered.Charges, cheaper)
	ofCost := func(months, against billing.Range) report.Question {
		return report.Question{Months: months, Against: against, By: report.ByProduct, Cost: true}
	}
	var all []Sample
	for _, s := range []struct {
		name string
		of   usageSample
	}{
		{"periods-months", ask(report.Question{Months: second, Against: billing.One(jan.Add(1)), By: report.ByProduct}, "2023-03 vs 2023-02", report.Data{Rows: rows})},
		{"periods-by-region", ask(report.Question{Months: second, Against: first, By: report.ByRegion, Measure: "bandwidth"},
			"2023-03 vs 2023-01..2023-02 bandwidth by region", report.Data{Rows: rows})},
		{"periods-so-far", ask(report.Question{Months: november, Against: october, By: report.ByProduct}, "2026-11 vs 2026-10", report.Data{Rows: current, Prior: prior})},
		{"periods-so-far-no-record", ask(report.Question{Months: november, Against: october, By: report.ByProduct}, "2026-11 vs 2026-10", report.Data{Rows: current})},
		{"periods-nothing-before", ask(report.Question{Months: november, Against: lastYear, By: report.ByProduct}, "2026-11 vs 2025-11", report.Data{Rows: current})},
		{"periods-cost", ask(ofCost(billing.One(july), billing.One(july.Add(-1))), "2026-07 vs 2026-06 cost", report.Data{Bills: bills})},
		{"periods-cost-so-far", ask(ofCost(november, october), "2026-11 vs 2026-10 cost", report.Data{
			Bills: []billing.Bill{sampleBill(sampledata.October, "120.25", "310.70"), estimate}, Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
		})},
		{"periods-cost-tiers", ask(ofCost(november, october), "2026-11 vs 2026-10 cost", report.Data{
			Bills: []billing.Bill{tiered, estimate}, Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
		})},
		{"cost-this-month-compared", ask(report.Question{Months: november, By: report.ByProduct, Cost: true}, "2026-11 cost", report.Data{
			Bills: []billing.Bill{sampleBill(sampledata.October, "120.25", "310.70"), estimate}, Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
		})},
	} {
		all = append(all, Sample{s.name, usageview.Usage(s.of.table, sampleContext(s.of.asked, "By Type", "By Service", "Share in Channel"))})
	}
	return all
}

// usageSample is an answer about usage, and the text that it answers.
type usageSample struct {
	table report.Table
	asked string
}
