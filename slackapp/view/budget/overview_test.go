package budgetview_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

// overview is of budgets in November.
func overview(change func(*budgetview.Overview), lines ...alerts.BudgetStatus) blocks.Message {
	o := budgetview.Overview{
		Month: sampledata.November, Now: sampledata.Now, Lines: lines, Command: "/budget",
		Checks: sampledata.Checks,
	}
	if change != nil {
		change(&o)
	}
	return budgetview.Budgets(o)
}

func likelyOver(f *alerts.Forecast) {
	f.Likely, f.RunsOut = true, &forecast.RunOut{First: viewtest.November(26, 0), Likely: viewtest.November(26, 0), Last: viewtest.November(27, 0)}
}

func TestOverview(t *testing.T) {
	eu, na, asia := budgetState("Europe", 221.4, 400, 0), budgetState("America", 402.6, 500, 80), budgetState("Asia", 156.2, 150, 100)
	since := func(s *alerts.BudgetStatus) { s.Since = viewtest.November(20, 8) }
	fromStart := func(s *alerts.BudgetStatus) { s.Since, s.FromStart = viewtest.November(20, 8), true }
	ack := func(s *alerts.BudgetStatus) { s.Line.Ack = sampledata.Answer("U0ANNA001", "", s.Line.Threshold) }
	mute := func(s *alerts.BudgetStatus) { s.Line.Mute = sampledata.Answer("U0ANNA001", "", s.Line.Threshold) }
	uncounted := func(s *alerts.BudgetStatus) { s.Unknown = "it covers \x60gb\x60 and \x60unit\x60." }
	var many []alerts.BudgetStatus
	for i := range 23 {
		many = append(many, budgetState(fmt.Sprintf("Budget %02d", i), float64(100-i), 200, 0))
	}
	var services []alerts.BudgetStatus
	for i, used := range []float64{31, 18, 2} {
		services = append(services, budgetState("shop", used, 20, 0, func(s *alerts.BudgetStatus) { s.Line.Instance = fmt.Sprintf("www_%d", i) }))
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"the worst first, with what is used, the limit and the state", overview(nil, eu, na, asia), `
November budgets: 1 over, 1 past a threshold, 1 on course.

November Budgets, Day 21 of 30
1 over, 1 past a threshold, 1 on course. An even pace is 70%.

Budget   Used   Limit  State
--------------------------------
Asia     104%  150 TB  Over
America   80%  500 TB  80% used
Europe    55%  400 TB  On course

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"since when, and what people have decided", overview(nil, budgetState("Asia", 156.2, 150, 100, since, ack), budgetState("America", 402.6, 500, 80, since, ack, mute)), `
November budgets: 1 over, 1 past a threshold.

November Budgets, Day 21 of 30
1 over, 1 past a threshold. An even pace is 70%.

Budget   Used   Limit  State
---------------------------------------------------------------
Asia     104%  150 TB  Over since Nov 20, acknowledged
America   80%  500 TB  80% used since Nov 20, acknowledged, mu…

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"what was there before the rule was watched has no day", overview(nil, budgetState("Asia", 156.2, 150, 100, fromStart, ack)), `
November budgets: 1 over.

November Budgets, Day 21 of 30
1 over. An even pace is 70%.

Budget  Used   Limit  State
--------------------------------------------------------------
Asia    104%  150 TB  Over when I began watching, acknowledged

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"a column for the likely end where one is known", overview(nil, budgetState("Europe", 221.4, 400, 0, forecastOf(309, 321, func(f *alerts.Forecast) { f.OnCourse = true })), budgetState("America", 402.6, 500, 80, forecastOf(552, 598, likelyOver)), asia), `
November budgets: 1 over, 1 likely over, 1 on course.

November Budgets, Day 21 of 30
1 over, 1 likely over, 1 on course. An even pace is 70%.

Budget   Used   Limit  Likely End  State
----------------------------------------------------------------------
Asia     104%  150 TB           –  Over
America   80%  500 TB  552–598 TB  80% used, likely over, about Nov 26
Europe    55%  400 TB  309–321 TB  On course

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"likely over before any threshold, and one that may end over", overview(nil, budgetState("Europe", 250, 400, 0, forecastOf(390, 440, likelyOver)), budgetState("Asia", 50, 100, 0, forecastOf(90, 110, nil))), `
November budgets: 1 likely over, 1 may end over.

November Budgets, Day 21 of 30
1 likely over, 1 may end over. An even pace is 70%.

Budget  Used   Limit   Likely End  State
------------------------------------------------------------
Europe   62%  400 TB   390–440 TB  Likely over, about Nov 26
Asia     50%  100 TB  90.0–110 TB  May end over

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"budgets without a figure of now", overview(nil, budgetState("Stale", 200, 500, 0, stale), budgetState("Uncounted", 200, 500, 0, uncounted), alerts.BudgetStatus{Line: eu.Line, Unknown: "no rows"}, alerts.BudgetStatus{Line: na.Line}), `
November budgets: 4 without a current figure.

November Budgets, Day 21 of 30
4 without a current figure. An even pace is 70%.

Budget        Used   Limit  State
------------------------------------------------------------
America          –  500 TB  Not checked yet
Europe           –  400 TB  No figure yet: no rows
Stale      was 40%  500 TB  No fresh data for 46 h
Uncounted  was 40%  500 TB  No figure: it covers gb and unit

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"one that is over stays over", overview(nil, budgetState("Asia", 156.2, 150, 100, stale)), `
November budgets: 1 over.

November Budgets, 19.5 of 30 Days
1 over. An even pace is 65%.

Budget      Used   Limit  State
------------------------------------------------------
Asia    was 104%  150 TB  Over; no fresh data for 46 h

Data to Nov 20, 12:00 UTC; checked 12 min ago, next in 48 min
`},
		{"money and usage say each up to when they count", overview(nil, eu, budgetState("Bill", 0, 0, 0, ofMoney(55908.43, 84000))), `
November budgets: 2 on course.

November Budgets, Day 21 of 30
2 on course. An even pace is 70%.

Budget  Used    Limit  State
--------------------------------
Bill     66%  $84,000  On course
Europe   55%   400 TB  On course

Data to the end of Nov 21; bill as of Nov 22, 06:00 UTC; checked 12 min ago, next in 48 min
`},
		{"money alone", overview(nil, budgetState("Bill", 0, 0, 0, ofMoney(55908.43, 84000))), `
November budgets: 1 on course.

November Budgets, 21.2 of 30 Days
1 on course. An even pace is 71%.

Budget  Used    Limit  State
--------------------------------
Bill     66%  $84,000  On course

Bill as of Nov 22, 06:00 UTC; checked 12 min ago, next in 48 min
`},
		{"an estimate says about", overview(nil, budgetState("Team", 0, 0, 80, ofMoney(5146.58, 6000), func(s *alerts.BudgetStatus) { s.Line.Estimate = true })), `
November budgets: 1 past a threshold.

November Budgets, 21.2 of 30 Days
1 past a threshold. An even pace is 71%.

Budget       Used   Limit  State
-----------------------------------
Team    about 85%  $6,000  80% used

Bill as of Nov 22, 06:00 UTC; checked 12 min ago, next in 48 min
`},
		{"a rule with a budget for each service is one row, as the worst of them", overview(nil, status.Group(services, viewtest.Tera(20), sampledata.Now)), `
November budgets: 1 over.

November Budgets, Day 21 of 30
1 over. An even pace is 70%.

Budget    Used       Limit  State
--------------------------------------------------------------------
shop (3)  155%  20 TB each  Over: www_0; 1 ahead of an even pace, 1…

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"all of them on course", overview(nil, status.Group(services[2:], viewtest.Tera(20), sampledata.Now)), `
November budgets: 1 on course.

November Budgets, Day 21 of 30
1 on course. An even pace is 70%.

Budget    Used       Limit  State
---------------------------------------
shop (1)   10%  20 TB each  1 on course

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"twenty rows, and how the others stand", overview(nil, many...), `
November budgets: 23 on course.

November Budgets, Day 21 of 30
23 on course. An even pace is 70%.

Budget     Used   Limit  State
------------------------------------
Budget 00   50%  200 TB  On course
Budget 01   49%  200 TB  On course
Budget 02   49%  200 TB  On course
Budget 03   48%  200 TB  On course
Budget 04   48%  200 TB  On course
Budget 05   47%  200 TB  On course
Budget 06   47%  200 TB  On course
Budget 07   46%  200 TB  On course
Budget 08   46%  200 TB  On course
Budget 09   45%  200 TB  On course
Budget 10   45%  200 TB  On course
Budget 11   44%  200 TB  On course
Budget 12   44%  200 TB  On course
Budget 13   43%  200 TB  On course
Budget 14   43%  200 TB  On course
Budget 15   42%  200 TB  On course
Budget 16   42%  200 TB  On course
Budget 17   41%  200 TB  On course
Budget 18   41%  200 TB  On course
Budget 19   40%  200 TB  On course
+ 3 more      –       –  3 on course

Data to the end of Nov 21; checked 12 min ago, next in 48 min · page 1 of 2 (1–20 of 23, worst first)
`},
		{"nothing was checked yet, and it is the first day", overview(func(o *budgetview.Overview) { o.Checks.SucceededAt = time.Time{} }, budgetState("Europe", 1, 400, 0, func(s *alerts.BudgetStatus) { s.Line.CountedTo = viewtest.November(1, 12) })), `
November budgets: 1 on course.

November Budgets
1 on course. An even pace is 2%.

Budget  Used   Limit  State
-------------------------------
Europe   <1%  400 TB  On course

Data to Nov 1, 12:00 UTC; not checked yet, next in 48 min
`},
		{"the whole month is counted", overview(nil, budgetState("Europe", 300, 400, 0, func(s *alerts.BudgetStatus) { s.Line.CountedTo = sampledata.November.End() })), `
November budgets: 1 on course.

November Budgets
1 on course.

Budget  Used   Limit  State
-------------------------------
Europe   75%  400 TB  On course

Data to the end of Nov 30; checked 12 min ago, next in 48 min
`},
		{"checked just now, and failed", overview(func(o *budgetview.Overview) {
			o.Checks = alerts.CheckStatus{SucceededAt: sampledata.Now.Add(-time.Second), FailedAt: sampledata.Now, Failure: "Fastly refused the token."}
		}, eu), `
November budgets: 1 on course.

November Budgets, Day 21 of 30
1 on course. An even pace is 70%.

Budget  Used   Limit  State
-------------------------------
Europe   55%  400 TB  On course

Data to the end of Nov 21; last successful check just now, the latest check failed: Fastly refused the token
`},
		{"budgets of other channels", overview(func(o *budgetview.Overview) {
			o.Others, o.Actions = 4, []blocks.Action{{Label: "Show All", ID: "all", Value: "all"}}
		}, eu), `
November budgets: 1 on course.

November Budgets, Day 21 of 30
1 on course. An even pace is 70%.

Budget  Used   Limit  State
-------------------------------
Europe   55%  400 TB  On course

Data to the end of Nov 21; checked 12 min ago, next in 48 min · 4 rules in other channels: '/budget all'

[Show All]
`},
		{"no budget at all", overview(nil), `
There are no budgets: the rules file has no rules.

There are no budgets: the rules file has no rules.

Checked 12 min ago, next in 48 min
`},
	})
}

func TestBudgetsInADigest(t *testing.T) {
	digest := func(budgets ...alerts.BudgetStatus) blocks.Message {
		part := budgetview.InDigest(alerts.Bulletin{Month: sampledata.November, MadeAt: sampledata.Now, Budgets: budgets, Checked: sampledata.Now.Add(-time.Hour)})
		return blocks.Message{Text: part.Text, Blocks: append(part.Blocks, blocks.Context("facts", part.Facts...)...)}
	}
	eu := budgetState("Europe", 221.4, 400, 0)
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"one that is over is in a table", digest(eu, budgetState("Asia", 156.2, 150, 100)), `
November budgets: 1 over, 1 on course.

November Budgets, Day 21 of 30
1 over, 1 on course. An even pace is 70%.

Budget  Used   Limit  State
-------------------------------
Asia    104%  150 TB  Over
Europe   55%  400 TB  On course

Data to the end of Nov 21 · checked 1 h ago
`},
		{"so is one that is likely over", digest(eu, budgetState("Asia", 50, 100, 0, forecastOf(90, 130, likelyOver))), `
November budgets: 1 likely over, 1 on course.

November Budgets, Day 21 of 30
1 likely over, 1 on course. An even pace is 70%.

Budget  Used   Limit   Likely End  State
------------------------------------------------------------
Asia     50%  100 TB  90.0–130 TB  Likely over, about Nov 26
Europe   55%  400 TB            –  On course

Data to the end of Nov 21 · checked 1 h ago
`},
		{"nothing that asks for attention is a line", digest(eu, budgetState("Asia", 80, 100, 0)), `
November budgets: No budget is over or close to its limit: 1 ahead of an even pace, 1 on course.

November Budgets, Day 21 of 30
No budget is over or close to its limit: 1 ahead of an even pace, 1 on course. An even pace is 70%.

Data to the end of Nov 21 · checked 1 h ago
`},
		{"no figure asks for attention", digest(budgetState("Asia", 50, 100, 0, stale)), `
November budgets: 1 without a current figure.

November Budgets, 19.5 of 30 Days
1 without a current figure. An even pace is 65%.

Budget     Used   Limit  State
-----------------------------------------------
Asia    was 50%  100 TB  No fresh data for 46 h

Data to Nov 20, 12:00 UTC · checked 1 h ago
`},
	})
}

func TestADigestWithoutBudgetsSaysNothingOfThem(t *testing.T) {
	part := budgetview.InDigest(alerts.Bulletin{Month: sampledata.November, MadeAt: sampledata.Now, Checked: sampledata.Now})
	if part.Text != "" || part.Blocks != nil || part.Facts != nil {
		t.Errorf("it says %+v", part)
	}
}

// growth is of requests that rose by 38%.
func growth(change func(*alerts.Growth)) *alerts.Growth {
	billion := func(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(9) }
	g := &alerts.Growth{
		Measure: sampledata.Requests, Versus: report.Comparison{Month: sampledata.November, Against: sampledata.October, Days: 21},
		PerDay: billion(4.41), Before: billion(3.2), Ratio: decimal.New(378, -3), Extra: billion(25.4),
		Drivers: []alerts.Part{{Name: "Asia *R*", Used: billion(14.2)}}, Over: 30, CountedTo: sampledata.ToNov21, ReadAt: sampledata.Now,
	}
	if change != nil {
		change(g)
	}
	return g
}

func TestRulesThatAreNoBudgets(t *testing.T) {
	unknown := growth(func(g *alerts.Growth) {
		g.PerDay, g.Before, g.Drivers = decimal.Decimal{}, decimal.Decimal{}, nil
		g.Versus.Unknown, g.Versus.Why = true, report.GapNoRecord
	})
	early := &alerts.Growth{Unknown: "too early to tell"}
	of := func(name string, g *alerts.Growth, state alerts.IncidentState) budgetview.Watch {
		rule := rules.Rule{Name: name, Kind: rules.RuleChange, Channel: "cdn-budget", Match: rules.Match{Product: "cdn_usage", UsageType: "* Requests"}}
		return budgetview.Watch{Rule: rule, Growth: g, State: state, Since: viewtest.November(19, 8)}
	}
	item := func(name string, back bool) alerts.Item {
		return alerts.Item{Subject: rules.SubjectUsageType, Product: "cdn_usage", Name: name, Share: decimal.New(32, -3), Back: back}
	}
	news := func(kind rules.RuleKind, search *alerts.Search, items ...alerts.Item) budgetview.Watch {
		rule := rules.Rule{Name: string(kind), Title: "Rule *" + string(kind) + "*", Kind: kind, Channel: "cdn-budget", Match: rules.Match{Product: "cdn_usage", UsageType: "* Requests"}}
		return budgetview.Watch{Rule: rule, Search: search, Items: items}
	}
	all := func(watches ...budgetview.Watch) blocks.Message {
		return overview(func(o *budgetview.Overview) { o.Watches = watches })
	}
	var many []budgetview.Watch
	for i := range 12 {
		many = append(many, of(fmt.Sprintf("rule-%02d", i), nil, ""))
	}
	detail := func(w budgetview.Watch, change func(*budgetview.Detail)) blocks.Message {
		d := budgetview.Detail{
			Rule: w.Rule, Now: sampledata.Now, Checks: sampledata.Checks,
			State: alerts.BudgetStatus{Line: alerts.BudgetLine{BudgetID: alerts.BudgetID{Rule: w.Rule.Name, Month: sampledata.November}}},
		}
		if change != nil {
			change(&d)
		}
		return budgetview.WatchOf(d, w)
	}
	open, seen := of("open", growth(nil), alerts.IncidentOpen), &alerts.Search{}
	today := open
	today.Since = viewtest.November(22, 1)
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"what has risen comes first", all(of("calm", growth(nil), alerts.IncidentQuiet), open), `
November: 2 Rules, No Budgets.

November: 2 Rules, No Budgets

Other Rules
• open: +37.8% per day, up since Nov 19
• calm: +37.8% per day, on course

Checked 12 min ago, next in 48 min
`},
		{"risen once, back, since today, unknown, early and unchecked", all(of("once", growth(nil), alerts.IncidentWatched), of("back", growth(nil), alerts.IncidentOver), today,
			of("unknown", unknown, alerts.IncidentQuiet), of("open-unknown", unknown, alerts.IncidentOpen), of("early", early, alerts.IncidentQuiet), of("unchecked", nil, "")), `
November: 7 Rules, No Budgets.

November: 7 Rules, No Budgets

Other Rules
• open: +37.8% per day, up since today
• open-unknown: up since Nov 19; can't compare with Oct 1–21: I've only just started watching
• once: +37.8% per day, up; will be posted if the next figures confirm it
• back: +37.8% per day, back on course since Nov 19
• early: too early to tell
• unchecked: not checked yet
• unknown: can't compare with Oct 1–21: I've only just started watching

Checked 12 min ago, next in 48 min
`},
		{"what is new and what has vanished", all(news(rules.RuleNew, seen, item("Asia *B*", false), item("b", true), item("c", false), item("d", false)), news(rules.RuleVanished, seen, item("x", false))), `
November: 2 Rules, No Budgets.

November: 2 Rules, No Budgets

Other Rules
• Rule *new*: 4 new: Asia *B*, b (back in use), c and 1 more
• Rule *vanished*: 1 gone: x

Checked 12 min ago, next in 48 min
`},
		{"nothing new, nothing vanished, not looked for, and not to be told", all(news(rules.RuleNew, seen), news(rules.RuleVanished, seen), news(rules.RuleNew, nil), news(rules.RuleVanished, &alerts.Search{Unknown: "too early"})), `
November: 4 Rules, No Budgets.

November: 4 Rules, No Budgets

Other Rules
• Rule *new*: nothing new this month
• Rule *new*: not checked yet
• Rule *vanished*: nothing has disappeared this month
• Rule *vanished*: too early

Checked 12 min ago, next in 48 min
`},
		{"ten rules have a line", all(many...), `
November: 12 Rules, No Budgets.

November: 12 Rules, No Budgets

Other Rules
• rule-00: not checked yet
• rule-01: not checked yet
• rule-02: not checked yet
• rule-03: not checked yet
• rule-04: not checked yet
• rule-05: not checked yet
• rule-06: not checked yet
• rule-07: not checked yet
• rule-08: not checked yet
• rule-09: not checked yet
• 2 more rules

Checked 12 min ago, next in 48 min
`},
		{"beside budgets", overview(func(o *budgetview.Overview) { o.Watches = []budgetview.Watch{open} }, budgetState("Europe", 221.4, 400, 0)), `
November budgets: 1 on course.

November Budgets, Day 21 of 30
1 on course. An even pace is 70%.

Budget  Used   Limit  State
-------------------------------
Europe   55%  400 TB  On course

Other Rules
• open: +37.8% per day, up since Nov 19

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"one in detail, with what grew", detail(open, func(d *budgetview.Detail) { d.Rule.Owners = []rules.Person{sampledata.FinOps} }), `
open: +37.8% per day, up since Nov 19.

open, November
+37.8% per day, up since Nov 19.
4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far.
What grew
• Asia *R* +14.2 B requests, 56% of the growth

Rule 'open'
Covers product 'cdn_usage' · usage type '* Requests'
Posts to #cdn-budget · owner: finops · alerts from +30%

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"one that is not known, in a channel that refuses", detail(of("unknown", unknown, alerts.IncidentQuiet), func(d *budgetview.Detail) {
			d.Route = &alerts.RouteTrouble{Channel: "cdn-budget", Reason: "is_archived"}
		}), `
unknown: Can't compare with Oct 1–21: I've only just started watching.

unknown, November
Can't compare with Oct 1–21: I've only just started watching.

Rule 'unknown'
Covers product 'cdn_usage' · usage type '* Requests'
Posts to #cdn-budget

I can't post to #cdn-budget: it's archived. Unarchive it, or name another channel in the rules file.

Checked 12 min ago, next in 48 min
`},
		{"one about new usage lists it", detail(news(rules.RuleNew, seen, item("Asia *B*", false)), nil), `
Rule *new*: 1 new: Asia *B*.

Rule *new*, November
1 new: Asia *B*.
• Asia *B*, a usage type: 3.2% of cdn_usage

Rule 'new'
Covers product 'cdn_usage' · usage type '* Requests'
Posts to #cdn-budget

Checked 12 min ago, next in 48 min
`},
		{"one about vanished usage says what it was", detail(news(rules.RuleVanished, seen, item("Asia *B*", true)), func(d *budgetview.Detail) { d.Rule.Match = rules.Match{Region: "Asia", Service: "www"} }), `
Rule *vanished*: 1 gone: Asia *B* (back in use).

Rule *vanished*, November
1 gone: Asia *B* (back in use).
• Asia *B*, a usage type: was at least 3.2% of cdn_usage; back in use

Rule 'vanished'
Covers region 'Asia' · service 'www'
Posts to #cdn-budget

Checked 12 min ago, next in 48 min
`},
	})
}
