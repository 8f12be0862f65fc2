package samples

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

// oddUsageSamples are answers for accounts that are long, wide, hostile, huge or tiny.
func oddUsageSamples() []Sample {
	first := billing.NewMonth(2023, time.November)
	years := billing.Range{First: first, Last: first.Add(35)}
	return []Sample{
		{"usage-36-months", usageview.Usage(longTable(years, ""), sampleContext("2023-11..2026-10 cdn_usage"))},
		{"usage-13-months-one-type", usageview.Usage(
			longTable(billing.Range{First: sampledata.October.Add(-12), Last: sampledata.October}, "Europe Bandwidth"),
			sampleContext("2025-10..2026-10 cdn_usage Europe Bandwidth"))},
		{"usage-by-service-400", usageview.Usage(serviceTable(400, 0), sampleContext("october by service", "By Type"))},
		{"usage-by-service-top-5", usageview.Usage(serviceTable(400, 5), sampleContext("october by service top 5"))},
		{"usage-by-service-top-90", usageview.Usage(serviceTable(400, 90), sampleContext("october by service top 90"))},
		{"usage-by-service-one", usageview.Usage(serviceTable(1, 0), sampleContext("october by service"))},
		{"usage-by-service-partial", usageview.Usage(partialTable(), sampleContext("2025-12..2026-10 by service top 5"))},
		{"usage-400-types", usageview.Usage(sampledata.WideTable(400), sampleContext("oct 2026"))},
		{"usage-hostile-names", usageview.Usage(hostileTable(), sampleContext("sep..oct", sampledata.Hostile))},
		{"usage-huge-and-tiny", usageview.Usage(extremeTable(), sampleContext("sep..oct"))},
		{"usage-billed-units", usageview.Usage(billedTable(), sampleContext("october compute_requests"))},
		{"usage-many-measures", usageview.Usage(measuresTable(9, 2), sampleContext("sep..oct"))},
		{"usage-many-measures-6-months", usageview.Usage(measuresTable(9, 6), sampleContext("may..oct"))},
	}
}

func longTable(months billing.Range, usageType string) report.Table {
	figures := make([]float64, months.Len())
	for i := range figures {
		figures[i] = 100 + float64(i*37%50)
	}
	rows := sampledata.Rows(months.First,
		sampledata.Figure{Product: "cdn_usage", UsageType: "Europe Bandwidth", Region: "Europe", Figures: figures},
		sampledata.Figure{Product: "cdn_usage", UsageType: "Asia Bandwidth", Region: "Asia", Figures: figures},
		sampledata.Figure{Product: "cdn_usage", UsageType: "Europe Requests", Region: "Europe", Figures: figures},
	)
	return sampledata.Tabulate(report.Question{Months: months, Product: "cdn_usage", UsageType: billing.NamesOf(usageType)}, report.Data{Rows: rows})
}

// serviceTable is october by service: n services, each with bandwidth and requests.
func serviceTable(n, top int) report.Table {
	factors := billing.Factors{{Product: "cdn_usage", UsageType: "Europe Requests"}: decimal.New(1, 4)}
	totals := report.NewServiceTotals(factors, nil)
	var page []billing.ServiceUsage
	for i := range n {
		size := decimal.NewFromInt(1_000_000).Div(decimal.NewFromInt(int64(i + 1))).Round(3)
		u := billing.ServiceUsage{
			Month: sampledata.October, Product: "cdn_usage", UsageType: "Europe Bandwidth", Unit: "gb",
			ServiceID: fmt.Sprintf("service%03d", i), ServiceName: fmt.Sprintf("www-%03d.shop.example", i), Quantity: size,
		}
		page = append(page, u)
		u.UsageType, u.Unit, u.Quantity = "Europe Requests", "unit", size.Shift(1)
		page = append(page, u)
	}
	if err := totals.Add(page); err != nil {
		panic(fmt.Sprintf("the catalogue has too many services: %v", err))
	}
	q := report.Question{Months: billing.One(sampledata.October), By: report.ByService, Top: top}
	rows := sampledata.Rows(sampledata.October, sampledata.Figure{Product: "cdn_usage", UsageType: "Europe Requests", Region: "Europe", Figures: []float64{657}})
	return sampledata.Tabulate(q, report.Data{Rows: rows, Services: totals})
}

// partialTable is an answer while months before October are still being read.
func partialTable() report.Table {
	table := serviceTable(400, 5)
	for m := sampledata.October.Add(-10); m.Before(sampledata.October); m = m.Add(1) {
		table.StillReading = append(table.StillReading, m)
	}
	return table
}

func hostileTable() report.Table {
	names := []string{sampledata.Hostile, "", "\u200b", strings.Repeat("長い名前", 100), "```", "<script>alert(1)</script>", "a|b|c", "_x_", "👩‍🚀 Größe"}
	var figures []sampledata.Figure
	for i, name := range names {
		figures = append(figures, sampledata.Figure{Product: sampledata.Hostile, UsageType: name, Region: sampledata.Hostile, Figures: []float64{float64(i + 1), float64(2*i + 1)}})
	}
	months := billing.Range{First: sampledata.October.Add(-1), Last: sampledata.October}
	table := sampledata.Tabulate(report.Question{Months: months, Product: sampledata.Hostile}, report.Data{Rows: sampledata.Rows(months.First, figures...)})
	table.Fresh.Stale = "Fastly said " + sampledata.Hostile
	return table
}

func extremeTable() report.Table {
	months := billing.Range{First: sampledata.October.Add(-1), Last: sampledata.October}
	rows := sampledata.Rows(months.First,
		sampledata.Figure{Product: "cdn_usage", UsageType: "Huge Bandwidth", Region: "", Figures: []float64{1e12, 9.9995e12}},
		sampledata.Figure{Product: "cdn_usage", UsageType: "Tiny Bandwidth", Region: "", Figures: []float64{1e-12, 2e-12}},
		sampledata.Figure{Product: "cdn_usage", UsageType: "No Bandwidth", Region: "", Figures: []float64{0, 0}},
		sampledata.Figure{Product: "cdn_usage", UsageType: "One Requests", Region: "", Figures: []float64{1e-9, 3e-9}},
	)
	return sampledata.Tabulate(report.Question{Months: months}, report.Data{Rows: rows})
}

// billedTable has requests for which Fastly sent no single units, so that their factor is unknown.
func billedTable() report.Table {
	rows := []billing.Usage{{
		Month: sampledata.October, Product: "compute_requests", UsageType: "Compute Requests", Unit: "unit",
		Quantity: decimal.NewFromInt(120_400),
	}}
	return sampledata.Tabulate(report.Question{Months: billing.One(sampledata.October), Product: "compute_requests"}, report.Data{Rows: rows})
}

// measuresTable has n units that this program knows nothing of, over some months.
func measuresTable(n, months int) report.Table {
	first := sampledata.October.Add(1 - months)
	var rows []billing.Usage
	for i := range n {
		for m := range months {
			rows = append(rows, billing.Usage{
				Month: first.Add(m), Product: "other", UsageType: fmt.Sprintf("Thing %d", i), Unit: fmt.Sprintf("unit_%d", i),
				Quantity: decimal.NewFromInt(int64(1000*i + m)),
			})
		}
	}
	return sampledata.Tabulate(report.Question{Months: billing.Range{First: first, Last: sampledata.October}}, report.Data{Rows: rows})
}
