package layout

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/view/sampledata"
)

// TestFiguresGiveTheirChange: a reader who divides the figures of a line finds its change, and no line is lost beside a larger one.
func TestFiguresGiveTheirChange(t *testing.T) {
	type figure = sampledata.Figure
	of := func(product, usageType, region string, figures ...float64) figure {
		return figure{Product: product, UsageType: usageType, Region: region, Figures: figures}
	}
	soFar := func(until time.Time, by report.Breakdown, now, before []figure) report.Table {
		span := billing.Range{First: sampledata.November.Add(1 - len(now[0].Figures)), Last: sampledata.November}
		data := report.Data{
			Rows: sampledata.Rows(span.First, now...), Fresh: billing.Freshness{ReadAt: sampledata.Now, CountedTo: until},
			Prior: report.Prior{Rows: sampledata.Rows(sampledata.October, before...), CountedTo: until.AddDate(0, -1, 0)},
		}
		for i := range data.Rows {
			data.Rows[i].CountedTo = until
		}
		return sampledata.Tabulate(report.Question{Months: span, By: by}, data)
	}
	months := func(by report.Breakdown, figures ...figure) report.Table {
		span := billing.Range{First: sampledata.October.Add(-1), Last: sampledata.October}
		return sampledata.Tabulate(report.Question{Months: span, By: by}, report.Data{Rows: sampledata.Rows(span.First, figures...)})
	}
	for _, tt := range []struct {
		name  string
		table report.Table
		want  string
	}{
		{
			"a figure has the digits that its change needs",
			soFar(sampledata.ToNov21, report.ByProduct,
				[]figure{of("cdn_usage", "Asia Bandwidth", "Asia", 1193), of("image_optimizer", "Image Optimizer Requests", "", 1.841)},
				[]figure{of("cdn_usage", "Asia Bandwidth", "Asia", 1086), of("image_optimizer", "Image Optimizer Requests", "", 1.780)}),
			`
                                                 Change,
Product                      Nov 1–21  Oct 1–21  per Day
--------------------------------------------------------
cdn_usage bandwidth, PB         1.193     1.086    +9.9%
image_optimizer requests, B      1.84      1.78    +3.4%
`,
		},
		{
			"a day that is not complete has its hour in the head",
			soFar(sampledata.ToNov21.Add(5*time.Hour), report.ByUsageType,
				[]figure{of("cdn_usage", "Asia Bandwidth", "Asia", 120)}, []figure{of("cdn_usage", "Asia Bandwidth", "Asia", 100)}),
			`
                                                                  Change,
Usage Type      Nov 1–22 (to 05:00 UTC)  Oct 1–22 (to 05:00 UTC)  per Day
-------------------------------------------------------------------------
Asia Band…, TB                    120.0                    100.0   +20.0%
`,
		},
		{
			"each product has its own unit",
			months(report.ByProduct, of("cdn_usage", "Asia Bandwidth", "Asia", 1000, 1240), of("object_storage", "Object Storage Bandwidth", "", 0.06, 0.062)),
			`
                                            Oct vs Sep,
Product                         Sep    Oct      per Day
-------------------------------------------------------
cdn_usage bandwidth, PB        1.00   1.24       +20.0%
object_storage bandwidth, GB  60.00  62.00         0.0%
`,
		},
		{
			"lines that are more than a factor of a thousand apart have their units behind their figures",
			months(report.ByUsageType, of("cdn_usage", "Asia Bandwidth", "Asia", 12000, 12400), of("cdn_usage", "Europe Bandwidth", "Europe", 142, 142), of("cdn_usage", "Africa Bandwidth", "Africa", 0.95, 0.95)),
			`
Usage Type             Sep       Oct  Oct vs Sep, per Day
---------------------------------------------------------
Bandwidth         12.14 PB  12.54 PB                 0.0%
Asia Bandwidth    12.00 PB  12.40 PB                 0.0%
Europe Bandwidth  142.0 TB  142.0 TB                −3.2%
Africa Bandwidth  950.0 GB  950.0 GB                −3.2%
`,
		},
		{
			"of others all have one unit, in which the smallest has its digits",
			months(report.ByUsageType, of("cdn_usage", "Asia Bandwidth", "Asia", 1193, 1193), of("cdn_usage", "Europe Bandwidth", "Europe", 520, 520), of("cdn_usage", "Africa Bandwidth", "Africa", 497, 497)),
			`
Usage Type            Sep      Oct  Oct vs Sep, per Day
-------------------------------------------------------
Bandwidth, TB     2,210.0  2,210.0                −3.2%
Asia Bandwidth    1,193.0  1,193.0                −3.2%
Europe Bandwidth    520.0    520.0                −3.2%
Africa Bandwidth    497.0    497.0                −3.2%
`,
		},
		{
			"a running month beside others has a column of the days that it is compared with",
			soFar(sampledata.ToNov21, report.ByUsageType, []figure{of("cdn_usage", "Asia Bandwidth", "Asia", 310, 240)}, []figure{of("cdn_usage", "Asia Bandwidth", "Asia", 200)}),
			`
                                               Change,
Usage Type            Oct  Nov 1–21  Oct 1–21  per Day
------------------------------------------------------
Asia Bandwidth, TB  310.0     240.0     200.0   +20.0%
`,
		},
		{
			"below others it has no change, since those days have no line",
			soFar(sampledata.ToNov21, report.ByUsageType, []figure{of("cdn_usage", "Asia Bandwidth", "Asia", 300, 310, 300, 310, 240)}, []figure{of("cdn_usage", "Asia Bandwidth", "Asia", 200)}),
			`
Month     Asia Bandwidth, TB  Change, per Day
---------------------------------------------
Jul 2026               300.0                –
Aug 2026               310.0            +3.3%
Sep 2026               300.0             0.0%
Oct 2026               310.0             0.0%
Nov 1–21               240.0                –
Total                1,460.0                –
`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), Grid(tt.table).Text()); diff != "" {
				t.Errorf("the table (-want +got):\n%s", diff)
			}
		})
	}
}
