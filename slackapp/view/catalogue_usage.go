package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// sampleFigure is one usage type over consecutive months: terabytes, or billions of requests.
type sampleFigure struct {
	product, usageType, region string
	figures                    []float64
}

func (f sampleFigure) rows(first billing.Month) []billing.Usage {
	var rows []billing.Usage
	for i, figure := range f.figures {
		u := billing.Usage{Month: first.Add(i), Product: f.product, UsageType: f.usageType, Region: f.region}
		d := decimal.NewFromFloat(figure)
		switch {
		case strings.Contains(f.usageType, "Requests"):
			u.Unit, u.Quantity, u.Raw = "unit", d.Shift(5), decimal.NewNullDecimal(d.Shift(9))
		default:
			u.Unit, u.Quantity, u.Raw = "gb", d.Shift(3), decimal.NewNullDecimal(d.Shift(12))
		}
		if u.Month == november {
			u.CountedTo = toNov21
		}
		rows = append(rows, u)
	}
	return rows
}

func sampleRows(first billing.Month, figures ...sampleFigure) []billing.Usage {
	var rows []billing.Usage
	for _, f := range figures {
		rows = append(rows, f.rows(first)...)
	}
	return rows
}

var firstQuarter = []sampleFigure{
	{"cdn_usage", "North America Bandwidth", "North America", []float64{412.6, 389.1, 448.9}},
	{"cdn_usage", "Europe Bandwidth", "Europe", []float64{298.4, 285.0, 331.7}},
	{"cdn_usage", "Asia Bandwidth", "Asia", []float64{96.2, 101.8, 139.5}},
	{"cdn_usage", "South America Bandwidth", "South America", []float64{21.4, 20.9, 23.8}},
	{"cdn_usage", "Australia Bandwidth", "Australia", []float64{17.9, 16.8, 18.6}},
	{"cdn_usage", "North America Requests", "North America", []float64{41.26, 38.90, 44.10}},
	{"cdn_usage", "Europe Requests", "Europe", []float64{30.11, 28.94, 33.05}},
	{"cdn_usage", "Asia Requests", "Asia", []float64{9.80, 10.42, 14.61}},
	{"cdn_usage", "South America Requests", "South America", []float64{2.08, 2.02, 2.31}},
	{"cdn_usage", "Australia Requests", "Australia", []float64{1.77, 1.70, 1.88}},
}

var thisMonth = []sampleFigure{
	{"cdn_usage", "North America Bandwidth", "North America", []float64{402.6}},
	{"cdn_usage", "Europe Bandwidth", "Europe", []float64{221.4}},
	{"cdn_usage", "North America Requests", "North America", []float64{38.77}},
	{"compute_requests", "Compute Requests", "", []float64{1.204}},
	{"image_optimizer", "Image Optimizer Requests", "", []float64{0.61}},
	{"object_storage", "Object Storage", "", []float64{0.0042}},
}

var sameDays = []sampleFigure{
	{"cdn_usage", "North America Bandwidth", "North America", []float64{331.2}},
	{"cdn_usage", "Europe Bandwidth", "Europe", []float64{219.8}},
	{"cdn_usage", "North America Requests", "North America", []float64{36.02}},
	{"compute_requests", "Compute Requests", "", []float64{1.310}},
	{"image_optimizer", "Image Optimizer Requests", "", []float64{0.58}},
	{"object_storage", "Object Storage", "", []float64{0.0041}},
}

// mustTabulate answers a question of the catalogue, each of which has an answer.
func mustTabulate(q report.Question, data report.Data) report.Table {
	if data.Fresh.ReadAt.IsZero() {
		data.Fresh = billing.Freshness{ReadAt: sampleNow}
		if q.Months.Last == november {
			data.Fresh.CountedTo = toNov21
		}
	}
	table, err := report.Tabulate(q, data, sampleNow)
	if err != nil {
		panic(fmt.Sprintf("the catalogue asks what cannot be answered: %v", err))
	}
	return table
}

func usageSamples() []Sample {
	jan := billing.NewMonth(2023, time.January)
	quarter := billing.Range{First: jan, Last: jan.Add(2)}
	rows := sampleRows(jan, firstQuarter...)
	months := mustTabulate(report.Question{Months: quarter, Product: "cdn_usage"}, report.Data{Rows: rows})
	shared := sampleContext("2023-01..2023-03 cdn_usage")
	shared.Private, shared.AskedBy = false, "U061F7AUR"
	one := report.Question{Months: quarter, Product: "cdn_usage", UsageType: "North America Requests"}
	region := report.Question{Months: quarter, Product: "cdn_usage", By: report.ByRegion}
	gap := mustTabulate(report.Question{Months: quarter, Product: "cdn_usage"}, report.Data{
		Rows: sampleRows(jan.Add(2), sampleFigure{"cdn_usage", "Asia Bandwidth", "Asia", []float64{139.5}}),
	})
	asked := "2023-01..2023-03 cdn_usage"
	return append([]Sample{
		{"usage-quarter", Usage(months, sampleContext(asked, "By Service", "By Region", "Share in Channel", "Previous Period"))},
		{"usage-quarter-shared", Usage(months, shared)},
		{"usage-one-type", Usage(mustTabulate(one, report.Data{Rows: rows}), sampleContext(asked+" North America Requests"))},
		{"usage-by-region", Usage(mustTabulate(region, report.Data{Rows: rows}), sampleContext(asked+" by region"))},
		{"usage-months-missing", Usage(gap, sampleContext(asked))},
	}, append(currentSamples(), oddUsageSamples()...)...)
}

func invoiced(countedTo time.Time) billing.Freshness {
	return billing.Freshness{ReadAt: sampleNow, CountedTo: countedTo, Source: billing.FromInvoices}
}

// ofInvoices makes the rows what invoices tell of them: no product ids, and no raw quantities.
func ofInvoices(rows []billing.Usage) []billing.Usage {
	rows = slices.Clone(rows)
	for i := range rows {
		rows[i].Product, rows[i].Raw = "Full Site Delivery", decimal.NullDecimal{}
	}
	return rows
}

func currentSamples() []Sample {
	q := report.Question{Months: billing.One(november), By: report.ByProduct}
	rows := sampleRows(november, thisMonth...)
	prior := report.Prior{
		Rows: sampleRows(october, sameDays...), CountedTo: toNov21.AddDate(0, -1, 0), WatchingSince: toNov21.AddDate(0, -4, 0),
	}
	young := report.Prior{WatchingSince: time.Date(2026, 10, 30, 9, 0, 0, 0, time.UTC)}
	stale := billing.Freshness{
		ReadAt: sampleNow.Add(-90 * time.Minute), CountedTo: toNov21, Stale: "Fastly did not answer",
	}
	undated := sampleRows(november, thisMonth...)
	for i := range undated {
		undated[i].CountedTo = time.Time{}
	}
	c := sampleContext("", "By Type", "By Service", "Share in Channel")
	return []Sample{
		{"usage-this-month", Usage(mustTabulate(q, report.Data{Rows: rows, Prior: prior}), c)},
		{"usage-this-month-no-record", Usage(mustTabulate(q, report.Data{Rows: rows, Prior: young}), c)},
		{"usage-this-month-stale", Usage(mustTabulate(q, report.Data{Rows: rows, Prior: prior, Fresh: stale}), c)},
		{"usage-this-month-undated", Usage(mustTabulate(q, report.Data{
			Rows: undated, Prior: young, Fresh: billing.Freshness{ReadAt: sampleNow},
		}), c)},
		{"usage-nothing", Usage(mustTabulate(q, report.Data{}), c)},
		{"usage-nothing-invoiced", Usage(mustTabulate(q, report.Data{Fresh: invoiced(time.Time{})}), c)},
		{"usage-this-month-invoiced", Usage(mustTabulate(q, report.Data{
			Rows: ofInvoices(rows), Prior: young, Fresh: invoiced(toNov21),
		}), c)},
		{"usage-nothing-of-product", Usage(mustTabulate(
			report.Question{Months: billing.One(november), Product: "fanout"}, report.Data{Rows: rows}), c)},
	}
}
