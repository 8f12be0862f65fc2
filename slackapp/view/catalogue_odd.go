package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// oddUsageSamples are answers for accounts that are long, wide, hostile, huge or tiny.
func oddUsageSamples() []Sample {
	first := billing.NewMonth(2023, time.November)
	years := billing.Range{First: first, Last: first.Add(35)}
	return []Sample{
		{"usage-36-months", Usage(longTable(years, ""), sampleContext("2023-11..2026-10 cdn_usage"))},
		{"usage-13-months-one-type", Usage(
			longTable(billing.Range{First: october.Add(-12), Last: october}, "Europe Bandwidth"),
			sampleContext("2025-10..2026-10 cdn_usage Europe Bandwidth"))},
		{"usage-by-service-400", Usage(serviceTable(400, 0), sampleContext("october by service", "By Type"))},
		{"usage-by-service-top-5", Usage(serviceTable(400, 5), sampleContext("october by service top 5"))},
		{"usage-by-service-top-90", Usage(serviceTable(400, 90), sampleContext("october by service top 90"))},
		{"usage-by-service-one", Usage(serviceTable(1, 0), sampleContext("october by service"))},
		{"usage-400-types", Usage(wideTable(400), sampleContext("oct 2026"))},
		{"usage-hostile-names", Usage(hostileTable(), sampleContext("sep..oct", hostile))},
		{"usage-huge-and-tiny", Usage(extremeTable(), sampleContext("sep..oct"))},
		{"usage-billed-units", Usage(billedTable(), sampleContext("october compute_requests"))},
		{"usage-many-measures", Usage(measuresTable(9, 2), sampleContext("sep..oct"))},
		{"usage-many-measures-6-months", Usage(measuresTable(9, 6), sampleContext("may..oct"))},
	}
}

func longTable(months billing.Range, usageType string) report.Table {
	figures := make([]float64, months.Len())
	for i := range figures {
		figures[i] = 100 + float64(i*37%50)
	}
	rows := sampleRows(months.First,
		sampleFigure{"cdn_usage", "Europe Bandwidth", "Europe", figures},
		sampleFigure{"cdn_usage", "Asia Bandwidth", "Asia", figures},
		sampleFigure{"cdn_usage", "Europe Requests", "Europe", figures},
	)
	return mustTabulate(report.Question{Months: months, Product: "cdn_usage", UsageType: usageType}, report.Data{Rows: rows})
}

// serviceTable is october by service: n services, each with bandwidth and requests.
func serviceTable(n, top int) report.Table {
	factors := billing.Factors{{Product: "cdn_usage", UsageType: "Europe Requests"}: decimal.New(1, 4)}
	totals := report.NewServiceTotals(factors)
	var page []billing.ServiceUsage
	for i := range n {
		size := decimal.NewFromInt(1_000_000).Div(decimal.NewFromInt(int64(i + 1))).Round(3)
		u := billing.ServiceUsage{
			Month: october, Product: "cdn_usage", UsageType: "Europe Bandwidth", Unit: "gb",
			ServiceID: fmt.Sprintf("service%03d", i), ServiceName: fmt.Sprintf("www-%03d.shop.example", i), Quantity: size,
		}
		page = append(page, u)
		u.UsageType, u.Unit, u.Quantity = "Europe Requests", "unit", size.Shift(1)
		page = append(page, u)
	}
	if err := totals.Add(page); err != nil {
		panic(fmt.Sprintf("the catalogue has too many services: %v", err))
	}
	q := report.Question{Months: billing.One(october), By: report.ByService, Top: top}
	rows := sampleRows(october, sampleFigure{"cdn_usage", "Europe Requests", "Europe", []float64{657}})
	return mustTabulate(q, report.Data{Rows: rows, Services: totals})
}

func wideTable(n int) report.Table {
	var figures []sampleFigure
	for i := range n {
		name := fmt.Sprintf("Region %03d Bandwidth", i)
		figures = append(figures, sampleFigure{"cdn_usage", name, name, []float64{float64(n - i), float64(n - i + i%7)}})
	}
	months := billing.Range{First: october.Add(-1), Last: october}
	return mustTabulate(report.Question{Months: months}, report.Data{Rows: sampleRows(months.First, figures...)})
}

func hostileTable() report.Table {
	names := []string{hostile, "", "\u200b", strings.Repeat("長い名前", 100), "```", "<script>alert(1)</script>", "a|b|c", "_x_", "👩‍🚀 Größe"}
	var figures []sampleFigure
	for i, name := range names {
		figures = append(figures, sampleFigure{hostile, name, hostile, []float64{float64(i + 1), float64(2*i + 1)}})
	}
	months := billing.Range{First: october.Add(-1), Last: october}
	table := mustTabulate(report.Question{Months: months, Product: hostile}, report.Data{Rows: sampleRows(months.First, figures...)})
	table.Fresh.Stale = "Fastly said " + hostile
	return table
}

func extremeTable() report.Table {
	months := billing.Range{First: october.Add(-1), Last: october}
	rows := sampleRows(months.First,
		sampleFigure{"cdn_usage", "Huge Bandwidth", "", []float64{1e12, 9.9995e12}},
		sampleFigure{"cdn_usage", "Tiny Bandwidth", "", []float64{1e-12, 2e-12}},
		sampleFigure{"cdn_usage", "No Bandwidth", "", []float64{0, 0}},
		sampleFigure{"cdn_usage", "One Requests", "", []float64{1e-9, 3e-9}},
	)
	return mustTabulate(report.Question{Months: months}, report.Data{Rows: rows})
}

// billedTable has requests of which Fastly sent no single ones, so that their factor is not known.
func billedTable() report.Table {
	rows := []billing.Usage{{
		Month: october, Product: "compute_requests", UsageType: "Compute Requests", Unit: "unit",
		Quantity: decimal.NewFromInt(120_400),
	}}
	return mustTabulate(report.Question{Months: billing.One(october), Product: "compute_requests"}, report.Data{Rows: rows})
}

// measuresTable has n units that this program knows nothing of, over some months.
func measuresTable(n, months int) report.Table {
	first := october.Add(1 - months)
	var rows []billing.Usage
	for i := range n {
		for m := range months {
			rows = append(rows, billing.Usage{
				Month: first.Add(m), Product: "other", UsageType: fmt.Sprintf("Thing %d", i), Unit: fmt.Sprintf("unit_%d", i),
				Quantity: decimal.NewFromInt(int64(1000*i + m)),
			})
		}
	}
	return mustTabulate(report.Question{Months: billing.Range{First: first, Last: october}}, report.Data{Rows: rows})
}
