package usageview

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

func TestMeasuresBesideEachOther(t *testing.T) {
	one, two := untilOctober(1), untilOctober(2)
	month := []sampledata.Figure{
		of("cdn_usage", "Asia Bandwidth", 100), of("cdn_usage", "Europe Bandwidth", 300), of("cdn_usage", "Asia Requests", 6), of("cdn_usage", "Japan Requests", 2),
		of("compute", "Asia vCPU Time", 5), of("kv", "Europe Operations", 0.5), of("kv", "Asia Object Storage", 12),
	}
	both := []sampledata.Figure{
		of("cdn_usage", "Asia Bandwidth", 100, 124), of("cdn_usage", "Europe Bandwidth", 300, 310), of("cdn_usage", "Asia Requests", 5, 6), of("compute", "Asia vCPU Time", 5, 6),
	}
	var many []sampledata.Figure
	for i := range 25 {
		many = append(many, of("cdn_usage", fmt.Sprintf("R%02d Bandwidth", i), float64(100-i)), of("cdn_usage", fmt.Sprintf("R%02d Requests", 24-i), float64(100-i)))
	}
	apart := slices.Concat(month[:4], []sampledata.Figure{of("ngwaf", "Asia WAF Requests", 3)})
	for _, tt := range []struct {
		name      string
		q         report.Question
		data      report.Data
		want, not []string
	}{
		{
			"five measures are one table of four, the rows those of the first and then what only others have, and the footer names the fifth",
			report.Question{Months: one, By: report.ByRegion},
			usageOf(one, month...),
			[]string{
				`
        Bandwidth,         Requests,  vCPU Time,   Storage,
Region          TB  Share          B     K hours  TB-months
-----------------------------------------------------------
Total        400.0   100%       8.00        5.00      12.00
Europe       300.0    75%          –           –          –
Asia         100.0    25%       6.00        5.00      12.00
Japan            –      –       2.00           –          –
`, "4 of 5 measures: name another to see it (operations)",
			},
			nil,
		},
		{
			"three measures have room for what the first one is compared with",
			report.Question{Months: one, By: report.ByRegion},
			usageOf(two, both...),
			[]string{
				`
        Bandwidth,                Change,  Requests,  vCPU Time,
Region          TB    Sep  Share  per Day          B     K hours
----------------------------------------------------------------
Total        434.0  400.0   100%    +5.0%       6.00        6.00
Europe       310.0  300.0    71%     0.0%          –           –
Asia         124.0  100.0    29%   +20.0%       6.00        6.00
`,
			},
			[]string{"measures: name"},
		},
		{
			"of five measures three have a column where the first is compared, and the footer says how many there are",
			report.Question{Months: one, By: report.ByRegion},
			usageOf(two, slices.Concat(both, []sampledata.Figure{of("kv", "Europe Operations", 0.4, 0.5), of("kv", "Asia Object Storage", 11, 12)})...),
			[]string{
				`
        Bandwidth,                Change,  Requests,  vCPU Time,
Region          TB    Sep  Share  per Day          B     K hours
----------------------------------------------------------------
Total        434.0  400.0   100%    +5.0%       6.00        6.00
Europe       310.0  300.0    71%     0.0%          –           –
Asia         124.0  100.0    29%   +20.0%       6.00        6.00
`, "3 of 5 measures: name another to see it",
			},
			nil,
		},
		{
			"the same rows are folded of each measure, so that the others add up",
			report.Question{Months: one, By: report.ByRegion},
			usageOf(one, many...),
			[]string{"20 of 25 rows", "5 others"},
			[]string{"R20", "R24"},
		},
		{
			"rows beyond the number asked for are the same of each measure",
			report.Question{Months: one, By: report.ByRegion, Top: 2},
			usageOf(one, many...),
			[]string{"23 others"},
			[]string{"R02", "R24"},
		},
		{
			"a measure that only folded rows have has no row of its own",
			report.Question{Months: one, By: report.ByRegion, Top: 2},
			usageOf(one, month...),
			[]string{"1 other"},
			[]string{"Japan"},
		},
		{
			"a count of several products has neither total nor share",
			report.Question{Months: one, By: report.ByRegion},
			usageOf(one, apart...),
			[]string{
				`
Region  Bandwidth, TB  Share  Requests, B
-----------------------------------------
Total           400.0   100%            –
Europe          300.0    75%            –
Asia            100.0    25%         9.00
Japan               –      –         2.00
`,
			},
			nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := blocks.PlainText(asked(tt.q, tt.data, nil))
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

func TestManyServicesOfFiveMeasuresAreOneTable(t *testing.T) {
	totals := report.NewServiceTotals(nil, nil)
	var page []billing.ServiceUsage
	for i := range 160 {
		for m, name := range []string{"Bandwidth", "Requests", "Operations", "Object Storage", "vCPU Time"} {
			unit := []string{"gb", "unit", "unit", "gb", "ms"}[m]
			page = append(page, billing.ServiceUsage{
				Month: sampledata.October, Product: "cdn_usage", UsageType: name, Unit: unit, ServiceID: fmt.Sprintf("id%03d", i),
				ServiceName: fmt.Sprintf("www-%03d", i), Quantity: decimal.NewFromInt(int64(1000 + (160-i)*(160-i)*(m+1))),
			})
		}
	}
	if err := totals.Add(page); err != nil {
		t.Fatal(err)
	}
	q := report.Question{Months: untilOctober(1), By: report.ByService, Top: 30}
	data := report.Data{Rows: sampledata.Rows(sampledata.October, of("cdn_usage", "Bandwidth", 1)), Services: totals}
	got := blocks.PlainText(asked(q, data, nil))
	rows := 0
	for line := range strings.Lines(got) {
		if strings.HasPrefix(line, "www-") && !strings.Contains(line, "made") {
			rows++
		}
	}
	if rows != 30 || !strings.Contains(got, "\n130 others") || strings.Contains(got, "more\n") {
		t.Errorf("%d rows of\n%s", rows, got)
	}
}
