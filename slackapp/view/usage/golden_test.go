package usageview

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

// of is the usage of a type of a product, of so many terabytes or billions of requests in each month.
func of(product, usageType string, figures ...float64) sampledata.Figure {
	region, _, _ := strings.Cut(usageType, " ")
	return sampledata.Figure{Product: product, UsageType: usageType, Region: region, Figures: figures}
}

// asked answers a question about usage.
func asked(q report.Question, data report.Data, change func(*Context)) blocks.Message {
	c := Context{Now: sampledata.Now, Command: "/usage", Asked: "2026-10"}
	if change != nil {
		change(&c)
	}
	return Usage(sampledata.Tabulate(q, data), c)
}

// untilOctober are so many months, October the last.
func untilOctober(n int) billing.Range {
	return billing.Range{First: sampledata.October.Add(1 - n), Last: sampledata.October}
}

func usageOf(months billing.Range, figures ...sampledata.Figure) report.Data {
	return report.Data{Rows: sampledata.Rows(months.First, figures...)}
}

func TestUsage(t *testing.T) {
	one, two, six := untilOctober(1), untilOctober(2), untilOctober(6)
	traffic := []sampledata.Figure{
		of("cdn_usage", "Asia Bandwidth", 100, 139.5), of("cdn_usage", "Europe Bandwidth", 300, 331.7), of("cdn_usage", "Asia Requests", 10.42, 14.61),
	}
	long := []sampledata.Figure{of("cdn_usage", "Asia Bandwidth", 1, 2, 3, 4, 5, 6), of("cdn_usage", "Asia Requests", 1, 2, 3, 4, 5, 6)}
	november := billing.One(sampledata.November)
	running := usageOf(november, of("cdn_usage", "Asia Bandwidth", 139.5), of("cdn_usage", "Europe Bandwidth", 221.4))
	compared := running
	compared.Prior = report.Prior{
		Rows:      sampledata.Rows(sampledata.October, of("cdn_usage", "Asia Bandwidth", 81.3), of("cdn_usage", "Europe Bandwidth", 219.8)),
		CountedTo: sampledata.ToNov21.AddDate(0, -1, 0), WatchingSince: sampledata.ToNov21.AddDate(0, -4, 0),
	}
	undated := running
	undated.Fresh = billing.Freshness{ReadAt: sampledata.Now.Add(-time.Hour), Stale: "Fastly did not answer.", CountedTo: time.Time{}}
	products := []sampledata.Figure{of("cdn_usage", "Asia Bandwidth", 100, 139.5), of("cdn_usage", "Asia Requests", 10, 14), of("compute", "Compute Requests", 1, 2)}
	unreadable := usageOf(two, traffic...)
	unreadable.Unread = []billing.Usage{{Month: sampledata.October, Product: "kv", UsageType: "KV *x*", Unread: "its quantity is \x60abc\x60"}}
	// What people read of cdn_usage and of the running month, above the small type.
	const cdnUsageText = `
cdn_usage, Sep–Oct 2026: 871 TB of bandwidth and 25.0 B requests. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

`
	const cdnUsage = `cdn_usage, Sep–Oct 2026
871 TB of bandwidth and 25.0 B requests. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

Usage Type          Sep    Oct  Oct vs Sep, per Day
---------------------------------------------------
Bandwidth, TB     400.0  471.2               +14.0%
Europe Bandwidth  300.0  331.7                +7.0%
Asia Bandwidth    100.0  139.5               +35.0%
Asia Requests, B  10.42  14.61               +35.7%

`
	const soFar = `
Fastly Usage, November 2026 So Far: 361 TB of bandwidth. Europe made 61% of the bandwidth.

Fastly Usage, November 2026 So Far
361 TB of bandwidth. Europe made 61% of the bandwidth.

Usage Type        Nov 1–21  Share
---------------------------------
Bandwidth, TB        360.9   100%
Europe Bandwidth     221.4    61%
Asia Bandwidth       139.5    39%

`
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"months beside each other, with the change", asked(report.Question{Months: two, Product: "cdn_usage"}, usageOf(two, traffic...), nil), cdnUsageText + cdnUsage + `Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"of one month shares, since nothing is compared", asked(report.Question{Months: one}, usageOf(one, of("cdn_usage", "Asia Bandwidth", 100), of("cdn_usage", "Europe Bandwidth", 300)), nil), `
Fastly Usage, October 2026: 400 TB of bandwidth. Europe made 75% of the bandwidth.

Fastly Usage, October 2026
400 TB of bandwidth. Europe made 75% of the bandwidth.

Usage Type          Oct  Share
------------------------------
Bandwidth, TB     400.0   100%
Europe Bandwidth  300.0    75%
Asia Bandwidth    100.0    25%

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"more than four months are lines", asked(report.Question{Months: six}, usageOf(six, long...), nil), `
Fastly Usage, May–Oct 2026: 21.0 TB of bandwidth and 21.0 B requests. Per day, October was 16.1% above September in Asia Bandwidth.

Fastly Usage, May–Oct 2026
21.0 TB of bandwidth and 21.0 B requests. Per day, October was 16.1% above September in Asia Bandwidth.

Month     Bandwidth, TB  Change, per Day  Requests, B
-----------------------------------------------------
May 2026           1.00                –         1.00
Jun 2026           2.00          +106.7%         2.00
Jul 2026           3.00           +45.2%         3.00
Aug 2026           4.00           +33.3%         4.00
Sep 2026           5.00           +29.2%         5.00
Oct 2026           6.00           +16.1%         6.00
Total             21.00                –        21.00

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"the rows of one measure beside each other, with a total", asked(report.Question{Months: six}, usageOf(six, long[0], of("cdn_usage", "Europe Bandwidth", 6, 5, 4, 3, 2, 1)), nil), `
Fastly Usage, May–Oct 2026: 42.0 TB of bandwidth. Per day, October was 3.2% below September in bandwidth, all of it in Europe.

Fastly Usage, May–Oct 2026
42.0 TB of bandwidth. Per day, October was 3.2% below September in bandwidth, all of it in Europe.

          Asia Bandwidth,  Europe Bandwidth,         Change,
Month                  TB                 TB  Total  per Day
------------------------------------------------------------
May 2026             1.00               6.00   7.00        –
Jun 2026             2.00               5.00   7.00    +3.3%
Jul 2026             3.00               4.00   7.00    −3.2%
Aug 2026             4.00               3.00   7.00     0.0%
Sep 2026             5.00               2.00   7.00    +3.3%
Oct 2026             6.00               1.00   7.00    −3.2%
Total               21.00              21.00  42.00        –

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"one usage type", asked(report.Question{Months: two, Product: "cdn_usage", UsageType: "Asia Requests"}, usageOf(two, traffic...), nil), `
Asia Requests, Sep–Oct 2026: 25.0 B requests. Per day, October was 35.7% above September in requests.

Asia Requests, Sep–Oct 2026
25.0 B requests. Per day, October was 35.7% above September in requests.

Usage Type          Sep    Oct  Oct vs Sep, per Day
---------------------------------------------------
Asia Requests, B  10.42  14.61               +35.7%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"by region, the months as columns", asked(report.Question{Months: two, By: report.ByRegion}, usageOf(two, append(traffic, of("cdn_usage", "Europe Requests", 30, 33))...), nil), `
Fastly Usage by Region, Sep–Oct 2026: 871 TB of bandwidth and 88.0 B requests. Europe made 73% of the bandwidth. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

Fastly Usage by Region, Sep–Oct 2026
871 TB of bandwidth and 88.0 B requests. Europe made 73% of the bandwidth. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

Region           Sep    Oct  Share  Oct vs Sep, per Day
-------------------------------------------------------
Bandwidth, TB  400.0  471.2   100%               +14.0%
Europe         300.0  331.7    73%                +7.0%
Asia           100.0  139.5    27%               +35.0%
Requests, B    40.42  47.61   100%               +14.0%
Europe         30.00  33.00    72%                +6.5%
Asia           10.42  14.61    28%               +35.7%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"by region of a single measure", asked(report.Question{Months: two, By: report.ByRegion}, usageOf(two, traffic[:2]...), nil), `
Fastly Usage by Region, Sep–Oct 2026: 871 TB of bandwidth. Europe made 73% of the bandwidth. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

Fastly Usage by Region, Sep–Oct 2026
871 TB of bandwidth. Europe made 73% of the bandwidth. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

Region           Sep    Oct  Share  Oct vs Sep, per Day
-------------------------------------------------------
Bandwidth, TB  400.0  471.2   100%               +14.0%
Europe         300.0  331.7    73%                +7.0%
Asia           100.0  139.5    27%               +35.0%

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"one month by region, both measures side by side", asked(report.Question{Months: billing.One(two.Last), By: report.ByRegion}, usageOf(two, append(traffic, of("cdn_usage", "Europe Requests", 30, 33))...), nil), `
Fastly Usage by Region, October 2026: 471 TB of bandwidth and 47.6 B requests. Europe made 70% of the bandwidth. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

Fastly Usage by Region, October 2026
471 TB of bandwidth and 47.6 B requests. Europe made 70% of the bandwidth. Per day, October was 14.0% above September in bandwidth, and Asia made 63% of that rise.

        Bandwidth,                Change,  Requests,
Region          TB    Sep  Share  per Day          B  Share
-----------------------------------------------------------
Total        471.2  400.0   100%   +14.0%      47.61   100%
Europe       331.7  300.0    70%    +7.0%      33.00    69%
Asia         139.5  100.0    30%   +35.0%      14.61    31%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"more than four months by region are lines, the regions columns", asked(report.Question{Months: six, By: report.ByRegion}, usageOf(six, long[0], of("cdn_usage", "Europe Bandwidth", 6, 5, 4, 3, 2, 1), long[1]), nil), `
Fastly Usage by Region, May–Oct 2026: 42.0 TB of bandwidth and 21.0 B requests. Asia made 50% of the bandwidth. Per day, October was 3.2% below September in bandwidth, all of it in Europe.

Fastly Usage by Region, May–Oct 2026
42.0 TB of bandwidth and 21.0 B requests. Asia made 50% of the bandwidth. Per day, October was 3.2% below September in bandwidth, all of it in Europe.

Month     Bandwidth, TB  Change, per Day     Asia  Europe
---------------------------------------------------------
May 2026           7.00                –     1.00    6.00
Jun 2026           7.00            +3.3%     2.00    5.00
Jul 2026           7.00            −3.2%     3.00    4.00
Aug 2026           7.00             0.0%     4.00    3.00
Sep 2026           7.00            +3.3%     5.00    2.00
Oct 2026           7.00            −3.2%     6.00    1.00
Total             42.00                –    21.00   21.00
Share              100%                –      50%     50%
Change             0.0%                –  +500.0%  −83.3%

Months are UTC and closed; read from Fastly 10:42 UTC · Change: Oct vs May, per day · 1 of 2 measures: name another to see it (requests)
`},
		{"a region", asked(report.Question{Months: two, Region: "Asia"}, usageOf(two, traffic...), nil), `
Fastly Usage in Asia, Sep–Oct 2026: 240 TB of bandwidth and 25.0 B requests. Per day, October was 35.0% above September in Asia Bandwidth.

Fastly Usage in Asia, Sep–Oct 2026
240 TB of bandwidth and 25.0 B requests. Per day, October was 35.0% above September in Asia Bandwidth.

Usage Type            Sep    Oct  Oct vs Sep, per Day
-----------------------------------------------------
Asia Bandwidth, TB  100.0  139.5               +35.0%
Asia Requests, B    10.42  14.61               +35.7%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"a measure", asked(report.Question{Months: two, Measure: billing.NounRequests}, usageOf(two, traffic...), nil), `
Requests, Sep–Oct 2026: 25.0 B requests. Per day, October was 35.7% above September in requests.

Requests, Sep–Oct 2026
25.0 B requests. Per day, October was 35.7% above September in requests.

Usage Type          Sep    Oct  Oct vs Sep, per Day
---------------------------------------------------
Asia Requests, B  10.42  14.61               +35.7%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"products are not added up", asked(report.Question{Months: two, By: report.ByProduct}, usageOf(two, products...), nil), `
Fastly Usage by Product, Sep–Oct 2026: cdn_usage came to 240 TB of bandwidth and 24.0 B requests. Per day, October was 35.0% above September in bandwidth.

Fastly Usage by Product, Sep–Oct 2026
cdn_usage came to 240 TB of bandwidth and 24.0 B requests. Per day, October was 35.0% above September in bandwidth.

Product                    Sep    Oct  Oct vs Sep, per Day
----------------------------------------------------------
cdn_usage bandwidth, TB  100.0  139.5               +35.0%
cdn_usage requests, B    10.00  14.00               +35.5%
compute requests, B       1.00   2.00               +93.5%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"the largest product of each measure, by month", asked(report.Question{Months: six, By: report.ByProduct}, usageOf(six, append(long, of("compute", "Compute Requests", 1, 1, 1, 1, 1, 1))...), nil), `
Fastly Usage by Product, May–Oct 2026: cdn_usage came to 21.0 TB of bandwidth and 21.0 B requests. Per day, October was 16.1% above September in bandwidth.

Fastly Usage by Product, May–Oct 2026
cdn_usage came to 21.0 TB of bandwidth and 21.0 B requests. Per day, October was 16.1% above September in bandwidth.

          cdn_usage bandwidth,  Change,  cdn_usage requests,
Month                       TB  per Day                    B
------------------------------------------------------------
May 2026                  1.00        –                 1.00
Jun 2026                  2.00  +106.7%                 2.00
Jul 2026                  3.00   +45.2%                 3.00
Aug 2026                  4.00   +33.3%                 4.00
Sep 2026                  5.00   +29.2%                 5.00
Oct 2026                  6.00   +16.1%                 6.00
Total                    21.00        –                21.00

Months are UTC and closed; read from Fastly 10:42 UTC · 2 of 3 measures: name a product to see the others · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"the month that runs names its days", asked(report.Question{Months: november}, running, nil), soFar + `November has data to the end of Nov 21; read from Fastly 10:42 UTC · can't compare with Oct 1–21: I've only just started watching
`},
		{"and is compared with the same days", asked(report.Question{Months: november}, compared, nil), `
Fastly Usage, November 2026 So Far: 361 TB of bandwidth. Per day, Nov 1–21 was 19.9% above Oct 1–21 in bandwidth, and Asia made 97% of that rise.

Fastly Usage, November 2026 So Far
361 TB of bandwidth. Per day, Nov 1–21 was 19.9% above Oct 1–21 in bandwidth, and Asia made 97% of that rise.

Usage Type        Nov 1–21  Oct 1–21  Change, per Day
-----------------------------------------------------
Bandwidth, TB        360.9     301.1           +19.9%
Europe Bandwidth     221.4     219.8            +0.7%
Asia Bandwidth       139.5      81.3           +71.6%

November has data to the end of Nov 21; read from Fastly 10:42 UTC
`},
		{"figures of an unknown time, that are old", asked(report.Question{Months: november}, undated, nil), soFar + `Months are UTC; Fastly didn't say how much of November this covers; Fastly did not answer; these figures are from 09:42 UTC (1 h old) · can't compare with Oct 1–21: I've only just started watching
`},
		{"months without rows", asked(report.Question{Months: untilOctober(3)}, usageOf(one, of("cdn_usage", "Asia Bandwidth", 139.5)), nil), `
Fastly Usage, Aug–Oct 2026: 140 TB of bandwidth. Fastly has no usage data for August and September.

Fastly Usage, Aug–Oct 2026
140 TB of bandwidth. Fastly has no usage data for August and September.

Usage Type          Aug  Sep    Oct
-----------------------------------
Asia Bandwidth, TB    –    –  139.5

Months are UTC and closed; read from Fastly 10:42 UTC
`},
		{"what could not be read", asked(report.Question{Months: two}, unreadable, nil), `
Fastly Usage, Sep–Oct 2026: 871 TB of bandwidth and 25.0 B requests. Not in these figures: its quantity is 'abc'.

Fastly Usage, Sep–Oct 2026
871 TB of bandwidth and 25.0 B requests. Not in these figures: its quantity is 'abc'.

Usage Type          Sep    Oct  Oct vs Sep, per Day
---------------------------------------------------
Bandwidth, TB     400.0  471.2                    –
Europe Bandwidth  300.0  331.7                +7.0%
Asia Bandwidth    100.0  139.5               +35.0%
Asia Requests, B  10.42  14.61               +35.7%

Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)
`},
		{"shared in a channel", asked(report.Question{Months: two, Product: "cdn_usage"}, usageOf(two, traffic...), func(c *Context) {
			c.AskedBy, c.Actions = "U061F7AUR", []blocks.Action{{Label: "By Service", ID: "ask:0", Value: "x"}}
		}), cdnUsageText + "Asked by @U061F7AUR\n\n" + cdnUsage + `Months are UTC and closed; read from Fastly 10:42 UTC · B is billion; counts are single requests (Fastly bills per 10,000)

[By Service]
`},
		{"twenty rows, and how to see more", asked(sampledata.WideTable(25).Question, report.Data{Rows: sampledata.Rows(sampledata.October.Add(-1), wide(25)...)}, nil), `
Fastly Usage, Sep–Oct 2026: 719 TB of bandwidth. Per day, October was 17.3% above September in bandwidth.

Fastly Usage, Sep–Oct 2026
719 TB of bandwidth. Per day, October was 17.3% above September in bandwidth.

Usage Type        Sep    Oct  Oct vs Sep, per Day
-------------------------------------------------
Bandwidth, TB   325.0  394.0               +17.3%
R000 Bandwidth   25.0   25.0                −3.2%
R001 Bandwidth   24.0   25.0                +0.8%
R002 Bandwidth   23.0   25.0                +5.2%
R003 Bandwidth   22.0   25.0               +10.0%
R004 Bandwidth   21.0   25.0               +15.2%
R005 Bandwidth   20.0   25.0               +21.0%
R006 Bandwidth   19.0   25.0               +27.3%
R007 Bandwidth   18.0   18.0                −3.2%
R008 Bandwidth   17.0   18.0                +2.5%
R009 Bandwidth   16.0   18.0                +8.9%
R010 Bandwidth   15.0   18.0               +16.1%
R011 Bandwidth   14.0   18.0               +24.4%
R012 Bandwidth   13.0   18.0               +34.0%
R013 Bandwidth   12.0   18.0               +45.2%
R014 Bandwidth   11.0   11.0                −3.2%
R015 Bandwidth   10.0   11.0                +6.5%
R016 Bandwidth   9.00   11.0               +18.3%
R017 Bandwidth   8.00   11.0               +33.1%
R018 Bandwidth   7.00   11.0               +52.1%
R019 Bandwidth   6.00   11.0               +77.4%
5 others         15.0   27.0               +74.2%

Months are UTC and closed; read from Fastly 10:42 UTC · 20 of 25 rows: '/usage 2026-10 top 50' shows more, 'budgetbot usage -o csv' shows all
`},
	})
}

// wide are so many usage types over two months.
func wide(n int) []sampledata.Figure {
	var figures []sampledata.Figure
	for i := range n {
		figures = append(figures, of("cdn_usage", fmt.Sprintf("R%03d Bandwidth", i), float64(n-i), float64(n-i+i%7)))
	}
	return figures
}

func TestNoUsage(t *testing.T) {
	october, november := billing.One(sampledata.October), billing.One(sampledata.November)
	other := usageOf(october, of("cdn_usage", "Asia Bandwidth", 139.5))
	invoices := report.Data{Fresh: billing.Freshness{ReadAt: sampledata.Now, Source: billing.FromInvoices}}
	left := report.Data{Unread: []billing.Usage{{Month: sampledata.October, Product: "kv", UsageType: "KV", Unread: "its quantity is x"}}}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"no row of the month", asked(report.Question{Months: october}, report.Data{}, nil), `
Fastly has no usage data for October 2026, so I can't tell (it isn't necessarily zero). It may be too recent or too long ago, or the account has neither usage data nor invoices; the bot's operator can check with 'budgetbot doctor'.

Fastly has no usage data for October 2026, so I can't tell (it isn't necessarily zero).
It may be too recent or too long ago, or the account has neither usage data nor invoices; the bot's operator can check with 'budgetbot doctor'.

Read from Fastly 10:42 UTC
`},
		{"none where usage is read from invoices", asked(report.Question{Months: october}, invoices, nil), `
Fastly has no usage data for October 2026, so I can't tell (it isn't necessarily zero). This account's usage comes from its invoices, and Fastly has no invoice for that month yet, or no longer keeps it.

Fastly has no usage data for October 2026, so I can't tell (it isn't necessarily zero).
This account's usage comes from its invoices, and Fastly has no invoice for that month yet, or no longer keeps it.

Read from Fastly's invoices 10:42 UTC
`},
		{"none of the product, though others have some", asked(report.Question{Months: october, Product: "fanout_*"}, other, nil), `
No usage for fanout_* in October 2026; there was other usage then.

No usage for fanout_* in October 2026; there was other usage then.

Read from Fastly 10:42 UTC
`},
		{"none of the usage type", asked(report.Question{Months: october, Product: "cdn_usage", UsageType: "Mars"}, other, nil), `
No usage for Mars (cdn_usage) in October 2026; there was other usage then.

No usage for Mars (cdn_usage) in October 2026; there was other usage then.

Read from Fastly 10:42 UTC
`},
		{"none so far", asked(report.Question{Months: november, UsageType: "Mars"}, usageOf(november, of("cdn_usage", "Asia Bandwidth", 139.5)), nil), `
No usage for Mars in November 2026 so far; there was other usage then.

No usage for Mars in November 2026 so far; there was other usage then.

Read from Fastly 10:42 UTC
`},
		{"what there is cannot be read", asked(report.Question{Months: october, Product: "kv"}, left, func(c *Context) { c.Offers = []string{"2026-09 kv"} }), `
There's no figure for kv in October 2026, so I can't tell (it isn't necessarily zero). Not in these figures: its quantity is x. The bot's operator can save Fastly's answer with 'budgetbot doctor --save'. '/usage 2026-09 kv'

There's no figure for kv in October 2026, so I can't tell (it isn't necessarily zero). Not in these figures: its quantity is x.
The bot's operator can save Fastly's answer with 'budgetbot doctor --save'.
'/usage 2026-09 kv'

Read from Fastly 10:42 UTC

[Run It]
`},
	})
}

// bill is of one month: support, and traffic of so many dollars.
func bill(month billing.Month, traffic float64, change func(*billing.Bill)) billing.Bill {
	b := billing.Bill{Month: month, Currency: "USD", Invoices: []string{"INV-1"}, Charges: []billing.Charge{
		{Kind: billing.ChargeFixed, Name: "Gold Support", Product: "Support", Amount: decimal.NewFromInt(2600)},
		{Kind: billing.ChargeUsage, Name: "Asia Requests", Product: "cdn_usage", Region: "Asia", Amount: decimal.NewFromFloat(traffic)},
	}}
	if change != nil {
		change(&b)
	}
	for _, charge := range b.Charges {
		b.Total = b.Total.Add(charge.Amount)
	}
	return b
}

func TestCost(t *testing.T) {
	october, september := sampledata.October, sampledata.October.Add(-1)
	cost := func(q report.Question, change func(*Context), bills ...billing.Bill) blocks.Message {
		q.Cost = true
		return asked(q, report.Data{Bills: bills}, change)
	}
	both := billing.Range{First: september, Last: october}
	estimate := bill(sampledata.November, 1240.5, func(b *billing.Bill) { b.Invoices, b.AsOf = nil, sampledata.ToNov21 })
	credited := bill(october, 2832.16, func(b *billing.Bill) {
		b.Charges = append(b.Charges, billing.Charge{Kind: billing.ChargeCredit, Name: "Service Credit", Amount: decimal.NewFromFloat(-150.25)})
		b.Remarks = []string{"The statement was issued *again*."}
	})
	unknown := billing.Bill{Month: september, Unknown: "INV-12 is in EUR, and INV-11 in USD", NotCounted: []string{"INV-11"}}
	takenBack := billing.Bill{Month: october, Currency: "USD", NotCounted: []string{"INV-11"}, Remarks: []string{"INV-12 takes back INV-11."}}
	likely := func(fixed int64) func(*Context) {
		return func(c *Context) {
			c.Likely = &forecast.CostForecast{Low: decimal.NewFromFloat(3874.1), High: decimal.NewFromFloat(3921.7), Pending: decimal.NewFromInt(fixed)}
		}
	}
	var year []billing.Bill
	for i := range 6 {
		year = append(year, bill(october.Add(i-5), float64(2000+i*31), nil))
	}
	nameless := bill(october, 100, func(b *billing.Bill) { b.Currency = "" })
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"charges of a month, what of it is usage, and what is fixed", cost(report.Question{Months: billing.One(october)}, nil, bill(october, 2832.16, nil)), `
Fastly Cost, October 2026: $5,432.16: $2,832.16 for usage and $2,600 fixed.

Fastly Cost, October 2026
$5,432.16: $2,832.16 for usage and $2,600 fixed.

Charge              Oct  Share
------------------------------
Cost, USD      5,432.16   100%
Asia Requests  2,832.16    52%
Gold Support   2,600.00    48%

As invoiced; read from Fastly 10:42 UTC
`},
		{"by product, against the month before", cost(report.Question{Months: both, By: report.ByProduct}, nil, bill(september, 2700.45, nil), bill(october, 2832.16, nil)), `
Fastly Cost by Product, Sep–Oct 2026: $10,732.61: $5,532.61 for usage and $5,200 fixed. October was 2.5% above September; per day, usage cost rose 1.5% ($90.02 → $91.36), all of it in cdn_usage.

Fastly Cost by Product, Sep–Oct 2026
$10,732.61: $5,532.61 for usage and $5,200 fixed. October was 2.5% above September; per day, usage cost rose 1.5% ($90.02 → $91.36), all of it in cdn_usage.

                                              Usage Change,
Product            Sep       Oct  Oct vs Sep        per Day
-----------------------------------------------------------
Cost, USD     5,300.45  5,432.16       +2.5%          +1.5%
cdn_usage     2,700.45  2,832.16       +4.9%          +1.5%
Gold Support  2,600.00  2,600.00        0.0%              –

As invoiced; read from Fastly 10:42 UTC
`},
		{"credits and remarks", cost(report.Question{Months: billing.One(october)}, nil, credited), `
Fastly Cost, October 2026: $5,281.91: $2,832.16 for usage, $2,600 fixed and −$150.25 of credits. The statement was issued *again*.

Fastly Cost, October 2026
$5,281.91: $2,832.16 for usage, $2,600 fixed and −$150.25 of credits. The statement was issued *again*.

Charge               Oct  Share of Charges
------------------------------------------
Cost, USD       5,281.91                 –
Asia Requests   2,832.16               52%
Gold Support    2,600.00               48%
Service Credit   −150.25                 –

As invoiced; read from Fastly 10:42 UTC
`},
		{"many months, by what the bills are made of", cost(report.Question{Months: untilOctober(6), By: report.ByProduct}, nil, year...), `
Fastly Cost by Product, May–Oct 2026: $28,065: $12,465 for usage and $15,600 fixed. October was 0.7% above September; per day, usage cost fell 1.8% ($70.80 → $69.52), all of it in cdn_usage.

Fastly Cost by Product, May–Oct 2026
$28,065: $12,465 for usage and $15,600 fixed. October was 0.7% above September; per day, usage cost fell 1.8% ($70.80 → $69.52), all of it in cdn_usage.

              Cost,             Usage Change,
Month           USD      Usage        per Day      Fixed
--------------------------------------------------------
May 2026   4,600.00   2,000.00              –   2,600.00
Jun 2026   4,631.00   2,031.00          +4.9%   2,600.00
Jul 2026   4,662.00   2,062.00          −1.7%   2,600.00
Aug 2026   4,693.00   2,093.00          +1.5%   2,600.00
Sep 2026   4,724.00   2,124.00          +4.9%   2,600.00
Oct 2026   4,755.00   2,155.00          −1.8%   2,600.00
Total     28,065.00  12,465.00              –  15,600.00

As invoiced; read from Fastly 10:42 UTC
`},
		{"an estimate, and how the month is likely to end", cost(report.Question{Months: billing.One(sampledata.November), By: report.ByProduct}, likely(880), estimate), `
Fastly Cost by Product, November 2026 So Far: $3,840.50: $1,240.50 for usage and $2,600 fixed. Gold Support made 68% of the cost. Month-end forecast: $3,874–3,922, including $880 in fees (as last month) not billed yet.

Fastly Cost by Product, November 2026 So Far
$3,840.50: $1,240.50 for usage and $2,600 fixed. Gold Support made 68% of the cost. Month-end forecast: $3,874–3,922, including $880 in fees (as last month) not billed yet.

Product       Nov 1–21  Share
-----------------------------
Cost, USD     3,840.50   100%
Gold Support  2,600.00    68%
cdn_usage     1,240.50    32%

November is Fastly's estimate as of the end of Nov 21; read from Fastly 10:42 UTC
`},
		{"with no fee that has not landed", cost(report.Question{Months: billing.One(sampledata.November)}, likely(0), estimate), `
Fastly Cost, November 2026 So Far: $3,840.50: $1,240.50 for usage and $2,600 fixed. Month-end forecast: $3,874–3,922.

Fastly Cost, November 2026 So Far
$3,840.50: $1,240.50 for usage and $2,600 fixed. Month-end forecast: $3,874–3,922.

Charge         Nov 1–21  Share
------------------------------
Cost, USD      3,840.50   100%
Gold Support   2,600.00    68%
Asia Requests  1,240.50    32%

November is Fastly's estimate as of the end of Nov 21; read from Fastly 10:42 UTC
`},
		{"a month whose bill is unknown", cost(report.Question{Months: both}, nil, unknown, bill(october, 2832.16, nil)), `
Fastly Cost, Sep–Oct 2026: $5,432.16: $2,832.16 for usage and $2,600 fixed. I can't tell what September cost: INV-12 is in EUR, and INV-11 in USD.

Fastly Cost, Sep–Oct 2026
$5,432.16: $2,832.16 for usage and $2,600 fixed. I can't tell what September cost: INV-12 is in EUR, and INV-11 in USD.

Charge         Sep       Oct
----------------------------
Cost, USD        –  5,432.16
Asia Requests    –  2,832.16
Gold Support     –  2,600.00

As invoiced; read from Fastly 10:42 UTC
`},
		{"it is not compared with", cost(report.Question{Months: billing.One(october)}, nil, unknown, bill(october, 2832.16, nil)), `
Fastly Cost, October 2026: $5,432.16: $2,832.16 for usage and $2,600 fixed.

Fastly Cost, October 2026
$5,432.16: $2,832.16 for usage and $2,600 fixed.

Charge              Oct  Share
------------------------------
Cost, USD      5,432.16   100%
Asia Requests  2,832.16    52%
Gold Support   2,600.00    48%

As invoiced; read from Fastly 10:42 UTC · can't compare with September: INV-12 is in EUR, and INV-11 in USD
`},
		{"nothing else was asked for", cost(report.Question{Months: billing.One(september)}, nil, unknown), `
I can't tell what September 2026 cost. It isn't necessarily zero. INV-12 is in EUR, and INV-11 in USD.

I can't tell what September 2026 cost. It isn't necessarily zero.
INV-12 is in EUR, and INV-11 in USD.

Read from Fastly 10:42 UTC
`},
		{"a month without a bill", cost(report.Question{Months: both}, nil, bill(september, 2700.45, nil)), `
Fastly Cost, Sep–Oct 2026: $5,300.45: $2,700.45 for usage and $2,600 fixed. There's no bill for October yet.

Fastly Cost, Sep–Oct 2026
$5,300.45: $2,700.45 for usage and $2,600 fixed. There's no bill for October yet.

Charge              Sep  Oct
----------------------------
Cost, USD      5,300.45    –
Asia Requests  2,700.45    –
Gold Support   2,600.00    –

Fastly posts an invoice a few days after the month ends; read from Fastly 10:42 UTC
`},
		{"Fastly did not say the currency", cost(report.Question{Months: billing.One(october)}, nil, nameless), `
Fastly Cost, October 2026: 2,700: 100 for usage and 2,600 fixed.

Fastly Cost, October 2026
2,700: 100 for usage and 2,600 fixed.

Charge              Oct  Share
------------------------------
Cost           2,700.00   100%
Gold Support   2,600.00    96%
Asia Requests    100.00     4%

As invoiced; read from Fastly 10:42 UTC · Fastly didn't say which currency
`},
		{"not invoiced yet", cost(report.Question{Months: billing.One(october)}, nil), `
Fastly has no bill for October 2026. It isn't necessarily zero. Fastly posts an invoice a few days after the month ends.

Fastly has no bill for October 2026. It isn't necessarily zero.
Fastly posts an invoice a few days after the month ends.

Read from Fastly 10:42 UTC
`},
		{"no estimate of the month that runs", cost(report.Question{Months: billing.One(sampledata.November)}, nil), `
Fastly has no bill for November 2026. It isn't necessarily zero. Fastly gives no month-to-date estimate for this account (for example, because a parent account is billed). I'll know the cost once it is invoiced.

Fastly has no bill for November 2026. It isn't necessarily zero.
Fastly gives no month-to-date estimate for this account (for example, because a parent account is billed). I'll know the cost once it is invoiced.

Read from Fastly 10:42 UTC
`},
		{"before there were invoices", cost(report.Question{Months: billing.One(october.Add(-90))}, nil), `
Fastly has no bill for April 2019. It isn't necessarily zero. Fastly's invoices may start later, or the account may not get any.

Fastly has no bill for April 2019. It isn't necessarily zero.
Fastly's invoices may start later, or the account may not get any.

Read from Fastly 10:42 UTC
`},
		{"nothing is due", cost(report.Question{Months: billing.One(october)}, nil, takenBack), `
Nothing is due for October 2026. INV-12 takes back INV-11.

Nothing is due for October 2026.
INV-12 takes back INV-11.

Read from Fastly 10:42 UTC
`},
		{"the bill has no such charge", cost(report.Question{Months: billing.One(october), Product: "fanout_*"}, nil, bill(october, 2832.16, nil)), `
The bill for October 2026 has no charge for fanout_*.

The bill for October 2026 has no charge for fanout_*.

Read from Fastly 10:42 UTC
`},
	})
}

func TestHelp(t *testing.T) {
	help := func(change func(*HelpContext)) blocks.Message {
		c := HelpContext{Now: sampledata.Now, UsageCommand: "/usage", BudgetCommand: "/budget"}
		if change != nil {
			change(&c)
		}
		return Help(c)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"what anybody can ask", help(nil), `
Ask about Fastly usage: '/usage' for this month so far, '/usage last 3 months cdn_usage' for a range. Budgets: '/budget'.

Ask about Fastly usage (only you see the answers, until you share one)
'/usage'  this month so far
'/usage october cdn_usage'  one month, one product
'/usage 2026-08..2026-10 cdn_usage'  a range, by month
'/usage last 3 months cdn_usage by service top 20'  the largest services
'/usage last 7 days by region'  days, from Fastly's daily statistics
'/usage last month cost by product'  what Fastly billed, if your account gets invoices

When  october · oct 2025 · 2026-10 · 2026-05..2026-10 · last month · last quarter · q3 · 3m · ytd · q3 vs q2 · yoy · yesterday · this week · last 30 days · nov 10 to nov 20
What  a product, then a usage type, if you like · bandwidth · requests · a region · a service, or several with 'and'
How  by type · by product · by region · by service · by month · by day · by week · cost · forecast · rates · top changes · top 20 · csv
Units  K is thousand, M million, B billion, T trillion. Counts are single requests or operations, whatever blocks Fastly bills them by. Percentages of a budget are rounded down: 99.9% is not yet 100%
Budgets  '/budget' this channel's budgets · '/budget all' all budgets · '/budget over', 'likely', 'mine' some of them · '/budget october' how they ended · '/budget csv' as a file · '/budget digest' the next digests

Months and days are UTC
`},
		{"with this account's names", help(func(c *HelpContext) {
			c.Products, c.UsageType, c.Rule, c.Teams, c.CountedTo = []string{"cdn_usage", "b", "c", "d", "e", "f", "g", "h"}, "Asia Requests", "na-bandwidth", true, sampledata.ToNov21
		}), `
Ask about Fastly usage: '/usage' for this month so far, '/usage last 3 months cdn_usage' for a range. Budgets: '/budget'.

Ask about Fastly usage (only you see the answers, until you share one)
'/usage'  this month so far
'/usage october cdn_usage'  one month, one product
'/usage 2026-08..2026-10 cdn_usage'  a range, by month
'/usage last 3 months cdn_usage by service top 20'  the largest services
'/usage last 7 days by region'  days, from Fastly's daily statistics
'/usage last month cost by product'  what Fastly billed, if your account gets invoices
'/usage last month cdn_usage Asia Requests'  one usage type

When  october · oct 2025 · 2026-10 · 2026-05..2026-10 · last month · last quarter · q3 · 3m · ytd · q3 vs q2 · yoy · yesterday · this week · last 30 days · nov 10 to nov 20
What  'cdn_usage' · 'b' · 'c' · 'd' · 'e' · 'f' · 2 others, then a usage type, if you like · bandwidth · requests · a region · a service · a team, or several with 'and'
How  by type · by product · by region · by service · by team · by month · by day · by week · cost · forecast · rates · top changes · top 20 · csv
Units  K is thousand, M million, B billion, T trillion. Counts are single requests or operations, whatever blocks Fastly bills them by. Percentages of a budget are rounded down: 99.9% is not yet 100%
Budgets  '/budget' this channel's budgets · '/budget all' all budgets · '/budget over', 'likely', 'mine' some of them · '/budget october' how they ended · '/budget csv' as a file · '/budget digest' the next digests · '/budget na-bandwidth' one budget in detail
'/budget ack na-bandwidth' or 'mute' (also 'until friday'), 'undo', 'why', 'history', 'try': answer an alert, see its reason and history, preview its message

Your account: 8 products · Months and days are UTC · this month has data to the end of Nov 21
`},
	})
}
