package sampledata

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// WideTable returns a table of n usage types over two months.
func WideTable(n int) report.Table {
	var figures []Figure
	for i := range n {
		name := fmt.Sprintf("Region %03d Bandwidth", i)
		figures = append(figures, Figure{"cdn_usage", name, name, []float64{float64(n - i), float64(n - i + i%7)}})
	}
	months := billing.Range{First: October.Add(-1), Last: October}
	return Tabulate(report.Question{Months: months}, report.Data{Rows: Rows(months.First, figures...)})
}

// Figure is one usage type over consecutive months: terabytes, billions of requests or operations, or thousands of hours of vCPU time.
type Figure struct {
	Product, UsageType, Region string
	Figures                    []float64
}

func (f Figure) rows(first billing.Month) []billing.Usage {
	var rows []billing.Usage
	for i, figure := range f.Figures {
		u := billing.Usage{Month: first.Add(i), Product: f.Product, UsageType: f.UsageType, Region: f.Region}
		d := decimal.NewFromFloat(figure)
		switch {
		case strings.Contains(f.UsageType, "vCPU"):
			u.Unit, u.Quantity = "ms", d.Mul(decimal.New(3_600_000_000, 0))
		case strings.Contains(f.UsageType, "Requests"), strings.Contains(f.UsageType, "Operations"):
			u.Unit, u.Quantity, u.Raw = "unit", d.Shift(5), decimal.NewNullDecimal(d.Shift(9))
		default:
			u.Unit, u.Quantity, u.Raw = "gb", d.Shift(3), decimal.NewNullDecimal(d.Shift(12))
		}
		if u.Month == November {
			u.CountedTo = ToNov21
		}
		rows = append(rows, u)
	}
	return rows
}

// Rows returns the usage that the figures stand for, from a first month on.
func Rows(first billing.Month, figures ...Figure) []billing.Usage {
	var rows []billing.Usage
	for _, f := range figures {
		rows = append(rows, f.rows(first)...)
	}
	return rows
}

// FirstQuarter is the usage of three months.
var FirstQuarter = []Figure{
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

// ThisMonth is the usage of several products in one month.
var ThisMonth = []Figure{
	{"cdn_usage", "North America Bandwidth", "North America", []float64{402.6}},
	{"cdn_usage", "Europe Bandwidth", "Europe", []float64{221.4}},
	{"cdn_usage", "North America Requests", "North America", []float64{38.77}},
	{"compute_requests", "Compute Requests", "", []float64{1.204}},
	{"image_optimizer", "Image Optimizer Requests", "", []float64{0.61}},
	{"object_storage", "Object Storage", "", []float64{0.0042}},
}

// SameDays is the usage of the same products on the same days of the month before.
var SameDays = []Figure{
	{"cdn_usage", "North America Bandwidth", "North America", []float64{331.2}},
	{"cdn_usage", "Europe Bandwidth", "Europe", []float64{219.8}},
	{"cdn_usage", "North America Requests", "North America", []float64{36.02}},
	{"compute_requests", "Compute Requests", "", []float64{1.310}},
	{"image_optimizer", "Image Optimizer Requests", "", []float64{0.58}},
	{"object_storage", "Object Storage", "", []float64{0.0041}},
}

// Tabulate answers a question of the samples.
func Tabulate(q report.Question, data report.Data) report.Table {
	if data.Fresh.ReadAt.IsZero() {
		data.Fresh = billing.Freshness{ReadAt: Now}
		if q.Months.Last == November {
			data.Fresh.CountedTo = ToNov21
		}
	}
	return report.Tabulate(q, data, Now)
}
