package digestview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/digest"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

// row is usage that was before, and is now, in units of 10^exp.
func row(name string, exp int32, now, before float64) report.Row {
	figure, earlier := decimal.NewFromFloat(now).Shift(exp), decimal.NewFromFloat(before).Shift(exp)
	return report.Row{
		Name: name, Figures: []decimal.NullDecimal{decimal.NewNullDecimal(figure)}, Sum: figure,
		Change: decimal.NewNullDecimal(figure.DivRound(earlier, 6).Sub(decimal.New(1, 0))), Earlier: decimal.NewNullDecimal(earlier),
	}
}

// changes is what changed most in the first three weeks of November.
func changes(change func(*report.Table)) *report.Table {
	t := &report.Table{
		Question: report.Question{Months: billing.One(sampledata.November)}, Months: []billing.Month{sampledata.November},
		Fresh:  billing.Freshness{ReadAt: sampledata.Now, CountedTo: sampledata.ToNov21},
		Versus: &report.Comparison{Month: sampledata.November, Against: sampledata.October, Days: 21},
		Groups: []report.Group{
			{Measure: sampledata.Bandwidth, Total: row("Total", 12, 812.4, 706.2), Rows: []report.Row{row("Asia *B*", 12, 139.5, 81.3), row("Oceania", 12, 9.1, 17.2)}},
			{Measure: sampledata.Requests, Total: row("Total", 9, 61.2, 58.4), Rows: []report.Row{row("Asia Requests", 9, 14.6, 11.1)}},
		},
	}
	if change != nil {
		change(t)
	}
	return t
}

// budgets is what another surface says of them.
var budgets = phrase.Part{
	Text: "November budgets: 1 over.", Blocks: blocks.Section("tally", "*November Budgets*", "1 over."), Facts: []string{"data to Nov 21"},
}

func TestDigest(t *testing.T) {
	digest := func(part phrase.Part, table *report.Table, untold ...string) blocks.Message {
		return digestview.Digest(alerts.Bulletin{Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now, TopChanges: table, Missing: untold}, part)
	}
	unknown := func(t *report.Table) {
		t.Versus = &report.Comparison{Month: sampledata.November, Against: sampledata.October, Days: 21, Unknown: true, Why: report.GapNoRecord}
	}
	priced := func(whole float64, rows ...alerts.WorthOfRow) blocks.Message {
		return digestview.Digest(alerts.Bulletin{
			Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now, TopChanges: changes(nil),
			Cost: &alerts.RunningCost{
				Currency: "USD", SoFar: decimal.NewFromFloat(70_411.9), Likely: &alerts.LikelyCost{End: decimal.New(83_107, 0), Low: decimal.New(82_400, 0), High: decimal.New(83_900, 0)},
				Before: decimal.NewNullDecimal(decimal.NewFromFloat(81_966.86)), BeforeMonth: sampledata.October,
			},
			Worth: &alerts.Worth{Currency: "USD", Rates: sampledata.October, Whole: decimal.NewFromFloat(whole), Rows: rows},
		}, budgets)
	}
	of := func(name string, amount float64) alerts.WorthOfRow {
		return alerts.WorthOfRow{UsageType: name, Amount: decimal.NewFromFloat(amount)}
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"where the bill and rates are known, money comes first, and the largest amount before the first measure", priced(4_208.4, of("Asia Requests", 2_951.2), of("Oceania", -748.26)), `
November so far $70,412, likely $83,107 ($82,400–83,900); October $81,967. November budgets: 1 over. Usage for Nov 1–21 cost about $4,210 more than for Oct 1–21, at the rates of October's last tiers; Asia Requests made 70% of that rise.

November so far $70,412, likely $83,107 ($82,400–83,900); October $81,967.

November Budgets
1 over.

What Changed Most
Usage for Nov 1–21 cost about $4,210 more than for Oct 1–21, at the rates of October's last tiers; Asia Requests made 70% of that rise.
• Asia Requests +31.5% per day, to 14.6 B requests, about +$2,950
• Oceania −47.1% per day, to 9.10 TB, about −$748
• Asia *B* +71.6% per day, to 140 TB

Data to Nov 21 · digest 'monday'
`},
		{"where what rose costs as much as what fell", priced(12, of("Asia Requests", 2_951.2), of("Oceania", -2_939.2)), `
November so far $70,412, likely $83,107 ($82,400–83,900); October $81,967. November budgets: 1 over. Usage for Nov 1–21 cost about as much as for Oct 1–21, at the rates of October's last tiers.

November so far $70,412, likely $83,107 ($82,400–83,900); October $81,967.

November Budgets
1 over.

What Changed Most
Usage for Nov 1–21 cost about as much as for Oct 1–21, at the rates of October's last tiers.
• Asia Requests +31.5% per day, to 14.6 B requests, about +$2,950
• Oceania −47.1% per day, to 9.10 TB, about −$2,940
• Asia *B* +71.6% per day, to 140 TB

Data to Nov 21 · digest 'monday'
`},
		{"budgets, and what changed most", digest(budgets, changes(nil)), `
November budgets: 1 over. Per day, Nov 1–21 was 15.0% above Oct 1–21 in bandwidth, and Asia *B* made 55% of that rise.

November Budgets
1 over.

What Changed Most
Per day, Nov 1–21 was 15.0% above Oct 1–21 in bandwidth, and Asia *B* made 55% of that rise.
• Asia *B* +71.6% per day, to 140 TB
• Oceania −47.1% per day, to 9.10 TB
• Asia Requests +31.5% per day, to 14.6 B requests

Data to Nov 21 · digest 'monday'
`},
		{"without budgets the figures say how fresh they are themselves", digest(phrase.Part{}, changes(nil)), `
Per day, Nov 1–21 was 15.0% above Oct 1–21 in bandwidth, and Asia *B* made 55% of that rise.

What Changed Most
Per day, Nov 1–21 was 15.0% above Oct 1–21 in bandwidth, and Asia *B* made 55% of that rise.
• Asia *B* +71.6% per day, to 140 TB
• Oceania −47.1% per day, to 9.10 TB
• Asia Requests +31.5% per day, to 14.6 B requests

November has data to the end of Nov 21 · digest 'monday'
`},
		{"without changes it is about budgets", digest(budgets, nil), `
November budgets: 1 over.

November Budgets
1 over.

Data to Nov 21 · digest 'monday'
`},
		{"nothing moved", digest(budgets, changes(func(t *report.Table) { t.Groups = nil })), `
November budgets: 1 over. No usage type moved its measure by as much as 1%, per day, against Oct 1–21.

November Budgets
1 over.

What Changed Most
No usage type moved its measure by as much as 1%, per day, against Oct 1–21.

Data to Nov 21 · digest 'monday'
`},
		{"there is nothing to compare with", digest(budgets, changes(unknown)), `
November budgets: 1 over. Can't compare with Oct 1–21: I've only just started watching.

November Budgets
1 over.

What Changed Most
Can't compare with Oct 1–21: I've only just started watching.

Data to Nov 21 · digest 'monday'
`},
		{"nor where nothing was compared", digest(budgets, changes(func(t *report.Table) { t.Versus = nil })), `
November budgets: 1 over. There's nothing to compare with yet.

November Budgets
1 over.

What Changed Most
There's nothing to compare with yet.

Data to Nov 21 · digest 'monday'
`},
		{"the digest names what could not be read", digest(budgets, nil, "What changed is missing: \x60GET\x60 failed.", "The bill *too*."), `
November budgets: 1 over. What changed is missing: 'GET' failed. The bill *too*.

November Budgets
1 over.

What changed is missing: 'GET' failed.

The bill *too*.

Data to Nov 21 · digest 'monday'
`},
		{"without anything there is no rule", digest(phrase.Part{}, nil), `
There are no budgets: the rules file has no rules.

There are no budgets: the rules file has no rules.
`},
	})
}

func final(name string, used, limit, low, high float64) alerts.FinalLine {
	l := sampledata.Line(strings.ToLower(name), name, sampledata.Bandwidth, used, limit, 0)
	l.CountedTo = sampledata.November.End()
	f := alerts.FinalLine{BudgetLine: l}
	if high > 0 {
		f.ForecastRange = &alerts.ForecastRange{Low: viewtest.Tera(low), High: viewtest.Tera(high)}
	}
	return f
}

// dollars is a final line of money.
func dollars(used, limit, low, high float64) alerts.FinalLine {
	f := final("Bill", 0, 0, 1, 1)
	f.Measure, f.Used, f.Limit = billing.Cost("USD"), decimal.NewFromFloat(used), decimal.NewFromFloat(limit)
	f.ForecastRange.Low, f.ForecastRange.High = decimal.NewFromFloat(low), decimal.NewFromFloat(high)
	return f
}

func teams(m billing.Measure, exp int32, used ...float64) *report.Table {
	g := report.Group{Measure: m}
	for i, n := range used {
		g.Rows = append(g.Rows, report.Row{Name: fmt.Sprintf("team_%d", i), Sum: decimal.NewFromFloat(n).Shift(exp)})
	}
	return &report.Table{Groups: []report.Group{g}}
}

func TestCloseOfAMonth(t *testing.T) {
	closing := func(c alerts.Close, change func(*alerts.Bulletin)) blocks.Message {
		c.PostedOn = sampledata.November.Start().AddDate(0, 0, 9)
		b := alerts.Bulletin{Digest: "close", Month: sampledata.November, MadeAt: sampledata.November.End()}
		if change != nil {
			change(&b)
		}
		return digestview.Close(b, c)
	}
	na, asia, eu := final("Asia", 219.4, 150, 171, 198), final("North America", 571, 500, 540, 610), final("Europe", 310, 400, 0, 0)
	over := alerts.Close{Final: true, ForecastRecord: true, Count: 12, Over: 2, Budgets: []alerts.FinalLine{na, asia, eu}, Forecasts: 9, InRange: 7, Missed: &na}
	plain := over
	plain.ForecastRecord = false
	kept := alerts.Close{Final: true, Count: 12, Budgets: []alerts.FinalLine{eu}, Unknown: 1}
	one := alerts.Close{Final: true, Count: 1, Budgets: []alerts.FinalLine{eu}}
	ofMoney := alerts.Close{Final: true, ForecastRecord: true, Count: 2, Over: 1, Budgets: []alerts.FinalLine{dollars(6604.19, 6000, 6410, 6790)}}
	flat := alerts.Close{Final: true, ForecastRecord: true, Count: 2, Over: 2, Budgets: []alerts.FinalLine{final("Asia", 219.4, 150, 0.9, 198), final("Europe", 440, 400, 440, 440)}}
	many := alerts.Close{Teams: teams(sampledata.Bandwidth, 12, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"those that went over, the worst first, beside what was forecast", closing(over, nil), `
November is closed: 2 of 12 budgets went over. Asia ended at 219 TB, 146% (on Nov 10 I forecast 171–198 TB). North America ended at 571 TB, 114% (on Nov 10 I forecast 540–610 TB).

November 2026 Is Closed: 2 of 12 Budgets Went Over

Budget         Ended at   Limit  Used  Forecast Nov 10
------------------------------------------------------
Asia             219 TB  150 TB  146%       171–198 TB
North America    571 TB  500 TB  114%       540–610 TB
Europe           310 TB  400 TB   77%                –

Forecasts of Nov 10
7 of 9 forecasts were right (the month ended in the range; 4 in 5 is the target).
The farthest off was Asia: I forecast 171–198 TB, and it ended at 219 TB.

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"without forecasts the figures alone", closing(plain, nil), `
November is closed: 2 of 12 budgets went over. Asia ended at 219 TB, 146%. North America ended at 571 TB, 114%.

November 2026 Is Closed: 2 of 12 Budgets Went Over

Budget         Ended at   Limit  Used
-------------------------------------
Asia             219 TB  150 TB  146%
North America    571 TB  500 TB  114%
Europe           310 TB  400 TB   77%

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"where none went over, the nearest, and those without a figure", closing(kept, nil), `
November is closed: 12 of 13 budgets stayed within limit, 1 has no figure. Closest to its limit: Europe ended at 310 TB, 77%.

November 2026 Is Closed: 12 of 13 Budgets Stayed Within Limit, 1 Has No Figure
Closest to its limit: Europe ended at 310 TB, 77%.

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"the only budget was kept", closing(one, nil), `
November is closed: within budget. Europe ended at 310 TB, 77%.

November 2026 Is Closed: Within Budget
Europe ended at 310 TB, 77%.

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"no budget has a figure", closing(alerts.Close{Final: true, Unknown: 2}, nil), `
November is closed: no budget has a figure.

November 2026 Is Closed: No Budget Has a Figure

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"a range of money has no cents", closing(ofMoney, nil), `
November is closed: 1 of 2 budgets went over. Bill ended at $6,604.19, 110% (on Nov 10 I forecast $6,410–6,790).

November 2026 Is Closed: 1 of 2 Budgets Went Over
Bill ended at $6,604.19, 110% (on Nov 10 I forecast $6,410–6,790).

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"a range in the unit of its upper end, and one of a single figure", closing(flat, nil), `
November is closed: 2 of 2 budgets went over. Asia ended at 219 TB, 146% (on Nov 10 I forecast 0.900–198 TB). Europe ended at 440 TB, 110% (on Nov 10 I forecast 440 TB).

November 2026 Is Closed: 2 of 2 Budgets Went Over

Budget  Ended at   Limit  Used
------------------------------
Asia      219 TB  150 TB  146%
Europe    440 TB  400 TB  110%

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"without figures it says that the month is closed", closing(alerts.Close{}, nil), `
November is closed.

November 2026 Is Closed

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"what changed, what teams used and cost, and what is to press", closing(alerts.Close{
			CanExport: true, ByTeam: true, Teams: teams(sampledata.Bandwidth, 12, 312.4, 57.2), Costs: teams(billing.Cost("USD"), 0, 3121.5),
		}, func(b *alerts.Bulletin) { b.TopChanges, b.Missing = changes(nil), []string{"The bill is missing."} }), `
November is closed.

November 2026 Is Closed

What Changed Most
Per day, Nov 1–21 was 15.0% above Oct 1–21 in bandwidth, and Asia *B* made 55% of that rise.
• Asia *B* +71.6% per day, to 140 TB
• Oceania −47.1% per day, to 9.10 TB
• Asia Requests +31.5% per day, to 14.6 B requests

Teams
• team_0: 312 TB of bandwidth, about $3,122
• team_1: 57.2 TB of bandwidth

The bill is missing.

Months are UTC; Fastly may still correct November until Dec 15 · team costs are estimates: Fastly bills the account · digest 'close'

[Export CSV] [By Team] [By Type]
`},
		{"fifteen teams are named", closing(many, nil), `
November is closed.

November 2026 Is Closed

Teams
• team_0: 17.0 TB of bandwidth
• team_1: 16.0 TB of bandwidth
• team_2: 15.0 TB of bandwidth
• team_3: 14.0 TB of bandwidth
• team_4: 13.0 TB of bandwidth
• team_5: 12.0 TB of bandwidth
• team_6: 11.0 TB of bandwidth
• team_7: 10.0 TB of bandwidth
• team_8: 9.00 TB of bandwidth
• team_9: 8.00 TB of bandwidth
• team_10: 7.00 TB of bandwidth
• team_11: 6.00 TB of bandwidth
• team_12: 5.00 TB of bandwidth
• team_13: 4.00 TB of bandwidth
• team_14: 3.00 TB of bandwidth
• 2 other teams

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"no service is of any team", closing(alerts.Close{Teams: &report.Table{}}, nil), `
November is closed.

November 2026 Is Closed

Teams
Fastly lists no services of any team.

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"a budget of money waits for the invoice", closing(alerts.Close{Pending: 1, Statement: &alerts.Statement{
			Month: sampledata.November, Currency: "USD", Estimate: decimal.NewNullDecimal(decimal.New(655180, -2)), EstimatedAt: time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC),
		}}, nil), `
November is closed.

November 2026 Is Closed

What Fastly Billed
The invoice for November isn't in yet. I'll post it in this thread. Fastly's last estimate, as of Nov 30, 18:00 UTC, was $6,551.80.
1 cost budget is waiting for it.

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
		{"several wait, and nothing is known of the bill", closing(alerts.Close{Pending: 3, Statement: &alerts.Statement{Month: sampledata.November}}, nil), `
November is closed.

November 2026 Is Closed

What Fastly Billed
The invoice for November isn't in yet. I'll post it in this thread.
3 cost budgets are waiting for it.

Months are UTC; Fastly may still correct November until Dec 15 · digest 'close'

[By Type]
`},
	})
}

func TestInvoice(t *testing.T) {
	amount := func(cents int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.New(cents, -2)) }
	invoice := func(change func(*alerts.Statement)) blocks.Message {
		s := alerts.Statement{Month: sampledata.November, Version: "v1", Invoices: []string{"INV-1"}, Currency: "USD", Total: decimal.New(660419, -2)}
		if change != nil {
			change(&s)
		}
		return digestview.Invoice(s, sampledata.Now)
	}
	estimate := func(cents int64) func(*alerts.Statement) {
		return func(s *alerts.Statement) { s.Estimate, s.EstimatedAt = amount(cents), sampledata.November.End() }
	}
	apart := func(name string, counted, billed int64) report.Discrepancy {
		d := report.Discrepancy{UsageType: name}
		if counted > 0 {
			d.Counted = decimal.NewNullDecimal(decimal.New(counted, 0))
		}
		if billed > 0 {
			d.Billed = decimal.NewNullDecimal(decimal.New(billed, 0))
		}
		return d
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"an invoice that comes later", invoice(nil), `
The invoice for November is in: $6,604.19 (INV-1).

The invoice for November is in: $6,604.19 (INV-1).
`},
		{"above the last estimate", invoice(estimate(655180)), `
The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $6,551.80, so the bill is 0.8% above it.

The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $6,551.80, so the bill is 0.8% above it.
`},
		{"below it", invoice(estimate(700000)), `
The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $7,000, so the bill is 5.7% below it.

The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $7,000, so the bill is 5.7% below it.
`},
		{"as estimated", invoice(estimate(660419)), `
The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $6,604.19, as billed.

The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $6,604.19, as billed.
`},
		{"an estimate of nothing is no measure", invoice(estimate(0)), `
The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $0.

The invoice for November is in: $6,604.19 (INV-1); the last estimate, as of the end of Nov 30, was $0.
`},
		{"an estimate of an unknown time", invoice(func(s *alerts.Statement) { s.Estimate = amount(655180) }), `
The invoice for November is in: $6,604.19 (INV-1); the last estimate was $6,551.80, so the bill is 0.8% above it.

The invoice for November is in: $6,604.19 (INV-1); the last estimate was $6,551.80, so the bill is 0.8% above it.
`},
		{"corrected", invoice(func(s *alerts.Statement) { s.Was = amount(700000) }), `
Fastly corrected the invoice for November: $6,604.19 (INV-1) instead of $7,000.

Fastly corrected the invoice for November: $6,604.19 (INV-1) instead of $7,000.
`},
		{"issued again", invoice(func(s *alerts.Statement) { s.Was = amount(660419) }), `
Fastly issued the invoice for November again (INV-1); it stays at $6,604.19.

Fastly issued the invoice for November again (INV-1); it stays at $6,604.19.
`},
		{"no invoice counts, and the total stays", invoice(func(s *alerts.Statement) {
			s.Invoices, s.Total, s.Was, s.Remarks = nil, decimal.Zero, amount(0), []string{"INV-2 takes back INV-1, and *neither* counts."}
		}), `
No invoice for November counts now; the total stays at $0.

No invoice for November counts now; the total stays at $0.
INV-2 takes back INV-1, and *neither* counts.
`},
		{"many invoices are counted", invoice(func(s *alerts.Statement) { s.Invoices = []string{"1", "2", "3", "4"} }), `
The invoice for November is in: $6,604.19 (4 invoices).

The invoice for November is in: $6,604.19 (4 invoices).
`},
		{"budgets of money end with it", invoice(func(s *alerts.Statement) {
			for i := range 5 {
				l := dollars(float64(9000-i*1000), 8000, 0, 0).BudgetLine
				l.Title = fmt.Sprintf("Bill %d", i)
				s.Budgets = append(s.Budgets, l)
			}
		}), `
The invoice for November is in: $6,604.19 (INV-1). Bill 0 ended at 112% of $8,000, Bill 1 ended at 100% of $8,000, Bill 2 ended at 87% of $8,000 and 2 other cost budgets ended lower.

The invoice for November is in: $6,604.19 (INV-1). Bill 0 ended at 112% of $8,000, Bill 1 ended at 100% of $8,000, Bill 2 ended at 87% of $8,000 and 2 other cost budgets ended lower.
`},
		{"what was billed otherwise than counted", invoice(func(s *alerts.Statement) {
			s.Apart = []report.Discrepancy{apart("Asia *B*", 1000, 1008), apart("Fanout", 0, 12), apart("Europe", 1000, 990), apart("KV", 5, 0), apart("x", 1, 2)}
		}), `
The invoice for November is in: $6,604.19 (INV-1).

The invoice for November is in: $6,604.19 (INV-1).
Fastly billed 0.8% more Asia *B* than it counted.
Fastly billed Fanout, which isn't in its usage data.
Fastly billed 1.0% less Europe than it counted.
The same goes for 2 other usage types.
`},
		{"what was counted and not billed", invoice(func(s *alerts.Statement) { s.Apart = []report.Discrepancy{apart("KV", 5, 0)} }), `
The invoice for November is in: $6,604.19 (INV-1).

The invoice for November is in: $6,604.19 (INV-1).
Fastly counted KV, which isn't on the invoice.
`},
	})
}
