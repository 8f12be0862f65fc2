package usageview

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/sampledata"
)

// measured are usage types of five measures, in an order that is not theirs, each with the unit of its rows and the zeros that make it readable.
var measured = []struct {
	name, unit string
	zeros      int32
}{{"Object Storage", "gb", 0}, {"Asia Bandwidth", "gb", 0}, {"Compute vCPU Time", "ms", 6}, {"Asia Requests", "unit", 0}, {"KV Operations", "unit", 0}}

// byService is the usage of so many services up to October, of so many measures. The larger ones grow more.
func byService(tb testing.TB, months, services, measures, top int) report.Table {
	tb.Helper()
	totals := report.NewServiceTotals(nil, nil)
	q := report.Question{Months: untilOctober(months), By: report.ByService, Top: top}
	var page []billing.ServiceUsage
	var account []billing.Usage
	for i, month := range q.Months.Months() {
		for m, kind := range measured[:measures] {
			sum := decimal.Decimal{}
			for s := range services {
				size := int64(services-s) * int64(1000*(m+2)+37*i*(services-s))
				u := billing.ServiceUsage{
					Month: month, Product: "p" + kind.name, UsageType: kind.name, Unit: kind.unit, ServiceID: fmt.Sprintf("id%02d", s),
					ServiceName: fmt.Sprintf("www-%02d", s+1), Quantity: decimal.NewFromInt(size).Shift(kind.zeros),
				}
				page, sum = append(page, u), sum.Add(u.Quantity)
			}
			account = append(account, billing.Usage{Month: month, Product: "p" + kind.name, UsageType: kind.name, Unit: kind.unit, Quantity: sum})
		}
	}
	if err := totals.Add(page); err != nil {
		tb.Fatal(err)
	}
	return sampledata.Tabulate(q, report.Data{Rows: account, Services: totals})
}

func TestSeveralMonthsByService(t *testing.T) {
	answer := func(months, services, top int) blocks.Message {
		c := Context{Now: sampledata.Now, Command: "/usage", Asked: "by service"}
		return Usage(byService(t, months, services, 3, top), c)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"two months", answer(2, 4, 10), `
Fastly Usage by Service, Sep–Oct 2026: 61.1 TB of bandwidth, 22.5 K hours of vCPU time and 41.1 TB-months of storage. www-01 made 40% of the bandwidth. Per day, October was 0.4% above September in bandwidth, all of it in www-01.

Fastly Usage by Service, Sep–Oct 2026
61.1 TB of bandwidth, 22.5 K hours of vCPU time and 41.1 TB-months of storage. www-01 made 40% of the bandwidth. Per day, October was 0.4% above September in bandwidth, all of it in www-01.

Service               Sep    Oct  Share  Oct vs Sep, per Day
------------------------------------------------------------
Bandwidth, TB       30.00  31.11   100%                +0.4%
www-01              12.00  12.59    40%                +1.5%
www-02               9.00   9.33    30%                +0.4%
www-03               6.00   6.15    20%                −0.8%
www-04               3.00   3.04    10%                −2.0%
vCPU Time, K hours  11.11  11.42   100%                −0.5%
www-01              4.444  4.609    40%                +0.4%
www-02              3.333  3.426    30%                −0.5%
www-03               2.22   2.26    20%                −1.4%
www-04               1.11   1.12    10%                −2.3%
Storage, TB-months  20.00  21.11   100%                +2.1%
www-01               8.00   8.59    40%                +3.9%
www-02               6.00   6.33    30%                +2.1%
www-03               4.00   4.15    20%                +0.4%
www-04              2.000  2.037    10%                −1.4%

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"three months", answer(3, 4, 10), `
Fastly Usage by Service, Aug–Oct 2026: 93.3 TB of bandwidth, 34.3 K hours of vCPU time and 63.3 TB-months of storage. www-01 made 40% of the bandwidth. Per day, October was 0.2% above September in bandwidth, all of it in www-01.

Fastly Usage by Service, Aug–Oct 2026
93.3 TB of bandwidth, 34.3 K hours of vCPU time and 63.3 TB-months of storage. www-01 made 40% of the bandwidth. Per day, October was 0.2% above September in bandwidth, all of it in www-01.

                                                Oct vs Sep,
Service               Aug    Sep    Oct  Share      per Day
-----------------------------------------------------------
Bandwidth, TB       30.00  31.11  32.22   100%        +0.2%
www-01              12.00  12.59  13.18    40%        +1.3%
www-02               9.00   9.33   9.67    30%        +0.2%
www-03               6.00   6.15   6.30    20%        −0.9%
www-04              3.000  3.037  3.074    10%        −2.0%
vCPU Time, K hours  11.11  11.42  11.73   100%        −0.6%
www-01               4.44   4.61   4.77    40%        +0.2%
www-02               3.33   3.43   3.52    30%        −0.6%
www-03               2.22   2.26   2.30    20%        −1.5%
www-04               1.11   1.12   1.13    10%        −2.3%
Storage, TB-months  20.00  21.11  22.22   100%        +1.9%
www-01               8.00   8.59   9.18    41%        +3.4%
www-02              6.000  6.333  6.666    30%        +1.9%
www-03               4.00   4.15   4.30    20%        +0.2%
www-04              2.000  2.037  2.074    10%        −1.5%

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"of four months the measures that there is room for, each with all of its lines", answer(4, 5, 10), `
Fastly Usage by Service, Jul–Oct 2026: 192 TB of bandwidth, 70.1 K hours of vCPU time and 132 TB-months of storage. www-01 made 34% of the bandwidth. Per day, October was 0.8% above September in bandwidth, and www-01 made 91% of that rise.

Fastly Usage by Service, Jul–Oct 2026
192 TB of bandwidth, 70.1 K hours of vCPU time and 132 TB-months of storage. www-01 made 34% of the bandwidth. Per day, October was 0.8% above September in bandwidth, and www-01 made 91% of that rise.

                                                   Oct vs Sep,
Service           Jul    Aug    Sep    Oct  Share      per Day
--------------------------------------------------------------
Bandwidth, TB   45.00  47.04  49.07  51.11   100%        +0.8%
www-01          15.00  15.93  16.85  17.78    34%        +2.1%
www-02          12.00  12.59  13.18  13.78    27%        +1.1%
www-03           9.00   9.33   9.67  10.00    20%        +0.1%
www-04          6.000  6.148  6.296  6.444    13%        −1.0%
www-05           3.00   3.04   3.07   3.11     6%        −2.1%
vCPU Time, K…   16.67  17.23  17.80  18.36   100%        −0.2%
www-01           5.56   5.81   6.07   6.33    34%        +0.9%
www-02          4.444  4.609  4.773  4.938    27%        +0.1%
www-03           3.33   3.43   3.52   3.61    20%        −0.7%
www-04          2.222  2.263  2.304  2.346    13%        −1.5%
www-05           1.11   1.12   1.13   1.14     6%        −2.3%
Storage, TB-m…  30.00  32.04  34.07  36.11   100%        +2.6%
www-01          10.00  10.93  11.85  12.78    34%        +4.3%
www-02           8.00   8.59   9.18   9.78    27%        +3.0%
www-03           6.00   6.33   6.67   7.00    20%        +1.6%
www-04          4.000  4.148  4.296  4.444    13%        +0.1%
www-05          2.000  2.037  2.074  2.111     6%        −1.5%

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"of many services the first measure, and the footer names the others", answer(3, 12, 10), `
Fastly Usage by Service, Aug–Oct 2026: 774 TB of bandwidth, 280 K hours of vCPU time and 540 TB-months of storage. www-01 made 16% of the bandwidth. Per day, October was 5.8% above September in bandwidth, and www-01 made 26% of that rise.

Fastly Usage by Service, Aug–Oct 2026
774 TB of bandwidth, 280 K hours of vCPU time and 540 TB-months of storage. www-01 made 16% of the bandwidth. Per day, October was 5.8% above September in bandwidth, and www-01 made 26% of that rise.

                                           Oct vs Sep,
Service          Aug    Sep    Oct  Share      per Day
------------------------------------------------------
Bandwidth, TB  234.0  258.1  282.1   100%        +5.8%
www-01         36.00  41.33  46.66    16%        +9.3%
www-02          33.0   37.5   42.0    15%        +8.3%
www-03          30.0   33.7   37.4    13%        +7.4%
www-04          27.0   30.0   33.0    12%        +6.4%
www-05         24.00  26.37  28.74    10%        +5.5%
www-06          21.0   22.8   24.6     9%        +4.5%
www-07         18.00  19.33  20.66     7%        +3.4%
www-08         15.00  15.93  16.85     6%        +2.4%
www-09          12.0   12.6   13.2     5%        +1.3%
www-10          9.00   9.33   9.67     4%        +0.2%
2 others        9.00   9.19   9.37     4%        −1.3%

Months are UTC and closed; read from Fastly 10:42 UTC · 1 of 3 measures: name another to see it (vCPU time and storage)
`},
		{"more than four months are lines", answer(6, 12, 10), `
Fastly Usage by Service, May–Oct 2026: 1.76 PB of bandwidth, 620 K hours of vCPU time and 1.30 PB-months of storage. www-01 made 17% of the bandwidth. Per day, October was 3.8% above September in bandwidth, and www-01 made 26% of that rise.

Fastly Usage by Service, May–Oct 2026
1.76 PB of bandwidth, 620 K hours of vCPU time and 1.30 PB-months of storage. www-01 made 17% of the bandwidth. Per day, October was 3.8% above September in bandwidth, and www-01 made 26% of that rise.

          Bandwidth,  Change,
Month             TB  per Day  www-01  www-02  www-03  www-04  8 others
-----------------------------------------------------------------------
May 2026       234.0        –   36.00    33.0    30.0    27.0     108.0
Jun 2026       258.1   +14.0%   41.33    37.5    33.7    30.0     115.5
Jul 2026       282.1    +5.8%   46.66    42.0    37.4    33.0     123.1
Aug 2026       306.2    +8.5%   51.98    46.4    41.1    36.0     130.6
Sep 2026       330.2   +11.5%   57.31    50.9    44.8    39.0     138.2
Oct 2026       354.3    +3.8%   62.64    55.4    48.5    42.0     145.7
Total        1,764.8        –  295.92   265.2   235.5   207.0     761.2
Share           100%        –     17%     15%     13%     12%       43%
Change        +51.4%        –  +74.0%  +67.8%  +61.7%  +55.5%    +34.9%

Months are UTC and closed; read from Fastly 10:42 UTC · Change: Oct vs May, per day · 1 of 3 measures: name another to see it (vCPU time and storage)
`},
	})
}

// TestTheLinesBelowMonthsCanBeRecomputed: from the lines above them.
func TestTheLinesBelowMonthsCanBeRecomputed(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		months, services, measures := rapid.IntRange(5, 24).Draw(r, "months"), rapid.IntRange(2, 12).Draw(r, "services"), rapid.IntRange(1, 3).Draw(r, "measures")
		table := byService(t, months, services, measures, rapid.SampledFrom([]int{0, 1, 3, 10}).Draw(r, "top"))
		lines := cellsIn(r, layout.Grid(layout.Of(table).Table))
		if len(lines) != 1+months+3 || lines[1+months][0] != "Total" || lines[2+months][0] != "Share" || lines[3+months][0] != "Change" {
			r.Fatalf("the lines are %q", lines)
		}
		whole := 0.0
		first, last := table.Months[0], table.Months[months-1]
		for i := range lines[0] {
			before, _, isFigure := figureIn(lines[1][i])
			if !isFigure || strings.HasPrefix(lines[0][i], "Change") {
				continue
			}
			now, _, _ := figureIn(lines[months][i])
			total, _, _ := figureIn(lines[1+months][i])
			whole = max(whole, total)
			if again := billing.FormatShare(decimal.NewFromFloat(total / whole)); !near(again, lines[2+months][i], 1) {
				r.Errorf("%s has a share of %s, shown as %s", lines[0][i], again, lines[2+months][i])
			}
			again := billing.FormatChange(decimal.NewFromFloat(now/before*float64(first.Days())/float64(last.Days()) - 1))
			if !near(again, lines[3+months][i], 0.15) {
				r.Errorf("%s changed by %s, shown as %s in\n%q", lines[0][i], again, lines[3+months][i], lines)
			}
		}
	})
}

// near reports whether two percentages differ by no more than so many points.
func near(a, b string, points float64) bool {
	figure := func(text string) float64 {
		f, _ := strconv.ParseFloat(strings.Trim(strings.NewReplacer("−", "-", "+", "", ",", "").Replace(text), "<%"), 64)
		return f
	}
	return math.Abs(figure(a)-figure(b)) <= points
}

// TestWhatIsShownAddsUp: of months as columns, the lines of a measure give its head in each column, and Slack has room for all of them.
func TestWhatIsShownAddsUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		months, services, measures := rapid.IntRange(2, 4).Draw(r, "months"), rapid.IntRange(1, 40).Draw(r, "services"), rapid.IntRange(1, 5).Draw(r, "measures")
		table := byService(t, months, services, measures, rapid.SampledFrom([]int{0, 1, 3, 10}).Draw(r, "top"))
		shown := layout.Of(table).Table
		for _, g := range layout.Groups(shown) {
			for i := range shown.Months {
				var sum decimal.Decimal
				for _, row := range g.All() {
					sum = sum.Add(row.Figures[i].Decimal)
				}
				if !sum.Equal(g.Total.Figures[i].Decimal) {
					r.Errorf("the lines of %s give %s, and its head has %s", g.Measure.Noun, sum, g.Total.Figures[i].Decimal)
				}
			}
		}
		var buttons []blocks.Action
		for _, label := range []string{"By Team", "By Type", "By Region", "Previous Period", "Next Period", "Export CSV", "Share in Channel"} {
			buttons = append(buttons, blocks.Action{Label: label, ID: label, Value: "2026-07..2026-10 by service top 10"})
		}
		m := blocks.Fit(Usage(table, Context{Now: sampledata.Now, Command: "/usage", Asked: "2026-07..2026-10 by service", Actions: buttons}))
		if strings.Contains(string(m.JSON), " more\"") {
			r.Errorf("rows are missing in %s", m.JSON)
		}
	})
}
