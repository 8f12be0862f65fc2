package samples

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

func usageSamples() []Sample {
	jan := billing.NewMonth(2023, time.January)
	quarter := billing.Range{First: jan, Last: jan.Add(2)}
	rows := sampledata.Rows(jan, sampledata.FirstQuarter...)
	months := sampledata.Tabulate(report.Question{Months: quarter, Product: "cdn_usage"}, report.Data{Rows: rows})
	shared := sampleContext("2023-01..2023-03 cdn_usage")
	shared.AskedBy = "U061F7AUR"
	one := report.Question{Months: quarter, Product: "cdn_usage", UsageType: "North America Requests"}
	region := report.Question{Months: quarter, Product: "cdn_usage", By: report.ByRegion}
	gap := sampledata.Tabulate(report.Question{Months: quarter, Product: "cdn_usage"}, report.Data{
		Rows: sampledata.Rows(jan.Add(2), sampledata.Figure{Product: "cdn_usage", UsageType: "Asia Bandwidth", Region: "Asia", Figures: []float64{139.5}}),
	})
	asked := "2023-01..2023-03 cdn_usage"
	return append([]Sample{
		{"usage-quarter", usageview.Usage(months, sampleContext(asked, "By Service", "By Region", "Share in Channel", "Previous Period"))},
		{"usage-quarter-shared", usageview.Usage(months, shared)},
		{"usage-one-type", usageview.Usage(sampledata.Tabulate(one, report.Data{Rows: rows}), sampleContext(asked+" North America Requests"))},
		{"usage-by-region", usageview.Usage(sampledata.Tabulate(region, report.Data{Rows: rows}), sampleContext(asked+" by region"))},
		{"usage-two-regions", usageview.Usage(sampledata.Tabulate(
			report.Question{Months: quarter, Product: "cdn_usage", Region: billing.NamesOf("Asia", "Europe"), By: report.ByRegion}, report.Data{Rows: rows},
		), sampleContext(asked+" region Asia and Europe"))},
		{"usage-by-month", usageview.Usage(sampledata.Tabulate(
			report.Question{Months: quarter, Product: "cdn_usage", Monthly: true}, report.Data{Rows: rows},
		), sampleContext(asked+" by month"))},
		{"usage-months-missing", usageview.Usage(gap, sampleContext(asked))},
	}, slices.Concat(measureSamples(), currentSamples(), oddUsageSamples())...)
}

// measureSamples are answers about what is neither bandwidth nor requests.
func measureSamples() []Sample {
	may := sampledata.October.Add(-5)
	rows := sampledata.Rows(may,
		sampledata.Figure{Product: "compute_requests", UsageType: "Compute vCPU Time", Figures: []float64{41.2, 42.9, 43.1, 44.7, 46.0, 48.14}},
		sampledata.Figure{Product: "kv_store", UsageType: "KV Store Class A Operations", Figures: []float64{0.12, 0.13, 0.12, 0.15, 0.16, 0.18}},
		sampledata.Figure{Product: "object_storage", UsageType: "Object Storage", Figures: []float64{38.2, 39, 39.8, 40.6, 41.4, 42.2}},
		sampledata.Figure{Product: "object_storage", UsageType: "Object Storage Class A Operations", Figures: []float64{0.06, 0.06, 0.07, 0.08, 0.08, 0.09}},
	)
	two, six := billing.Range{First: sampledata.October.Add(-1), Last: sampledata.October}, billing.Range{First: may, Last: sampledata.October}
	answer := func(q report.Question, asked string) blocks.Message {
		return usageview.Usage(sampledata.Tabulate(q, report.Data{Rows: rows}), sampleContext(asked))
	}
	return []Sample{
		{"usage-measures", answer(report.Question{Months: two}, "2026-09..2026-10")},
		{"usage-measures-by-product", answer(report.Question{Months: two, By: report.ByProduct}, "2026-09..2026-10 by product")},
		{"usage-measures-by-region", answer(report.Question{Months: two, By: report.ByRegion}, "2026-09..2026-10 by region")},
		{"usage-measures-by-month", answer(report.Question{Months: six}, "2026-05..2026-10")},
		{"usage-storage-by-month", answer(report.Question{Months: six, Product: "object_storage", UsageType: "Object Storage"}, "2026-05..2026-10 object_storage Object Storage")},
	}
}

func invoiced(countedTo time.Time) billing.Freshness {
	return billing.Freshness{ReadAt: sampledata.Now, CountedTo: countedTo, Source: billing.FromInvoices}
}

// ofInvoices turns the rows into what invoices contain: no product ids, and no raw quantities.
func ofInvoices(rows []billing.Usage) []billing.Usage {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Product, rows[i].Raw = "Full Site Delivery", decimal.NullDecimal{}
	}
	return rows
}

func currentSamples() []Sample {
	q := report.Question{Months: billing.One(sampledata.November), By: report.ByProduct}
	rows := sampledata.Rows(sampledata.November, sampledata.ThisMonth...)
	prior := report.Prior{
		Rows: sampledata.Rows(sampledata.October, sampledata.SameDays...), CountedTo: sampledata.ToNov21.AddDate(0, -1, 0), WatchingSince: sampledata.ToNov21.AddDate(0, -4, 0),
	}
	changes := report.Question{Months: billing.One(sampledata.November), Show: report.ShowChanges}
	young := report.Prior{WatchingSince: time.Date(2026, 10, 30, 9, 0, 0, 0, time.UTC)}
	stale := billing.Freshness{
		ReadAt: sampledata.Now.Add(-90 * time.Minute), CountedTo: sampledata.ToNov21, Stale: "Fastly did not answer",
	}
	undated := sampledata.Rows(sampledata.November, sampledata.ThisMonth...)
	for i := range undated {
		undated[i].CountedTo = time.Time{}
	}
	c := sampleContext("", "By Type", "By Service", "Share in Channel")
	return []Sample{
		{"usage-this-month", usageview.Usage(sampledata.Tabulate(q, report.Data{Rows: rows, Prior: prior}), c)},
		{"usage-services", usageview.List(report.List{Question: report.Question{Months: billing.One(sampledata.October), Show: report.ShowServices}, Items: []report.Item{
			{Name: "api-gateway"}, {Name: "media-assets-prod", With: "media"}, {Name: "www-shop", With: "shop"},
		}}, sampleContext("2026-10 services", "Show Usage"))},
		{"usage-top-changes", usageview.Usage(sampledata.Tabulate(changes, report.Data{Rows: rows, Prior: prior}), sampleContext("2026-11 top changes", "By Service", "By Team"))},
		{"usage-top-changes-no-record", usageview.Usage(sampledata.Tabulate(changes, report.Data{Rows: rows, Prior: young}), c)},
		{"usage-this-month-no-record", usageview.Usage(sampledata.Tabulate(q, report.Data{Rows: rows, Prior: young}), c)},
		{"usage-this-month-stale", usageview.Usage(sampledata.Tabulate(q, report.Data{Rows: rows, Prior: prior, Fresh: stale}), c)},
		{"usage-this-month-undated", usageview.Usage(sampledata.Tabulate(q, report.Data{
			Rows: undated, Prior: young, Fresh: billing.Freshness{ReadAt: sampledata.Now},
		}), c)},
		{"usage-nothing", usageview.Usage(sampledata.Tabulate(q, report.Data{}), c)},
		{"usage-month-begins", usageview.Usage(
			sampledata.Tabulate(report.Question{Months: billing.One(sampledata.November.Add(1)), Product: "cdn_usage"}, report.Data{}),
			usageview.Context{Now: sampledata.November.End().Add(5 * time.Hour), Command: "/usage", Asked: "2026-12 cdn_usage", Offers: []string{"2026-11 cdn_usage"}},
		)},
		{"usage-nothing-invoiced", usageview.Usage(sampledata.Tabulate(q, report.Data{Fresh: invoiced(time.Time{})}), c)},
		{"usage-this-month-invoiced", usageview.Usage(sampledata.Tabulate(q, report.Data{
			Rows: ofInvoices(rows), Prior: young, Fresh: invoiced(sampledata.ToNov21),
		}), c)},
		{"usage-nothing-of-product", usageview.Usage(sampledata.Tabulate(
			report.Question{Months: billing.One(sampledata.November), Product: "fanout"}, report.Data{Rows: rows}), c)},
	}
}
