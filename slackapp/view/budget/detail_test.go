package budgetview_test

import (
	"testing"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func TestOneBudgetInDetail(t *testing.T) {
	detail := func(s alerts.BudgetStatus, change func(*budgetview.Detail)) blocks.Message {
		d := budgetview.Detail{
			Rule:  rules.Rule{Match: rules.Match{Product: "cdn_usage", UsageType: "North America Bandwidth"}},
			State: s, Now: sampledata.Now, BudgetCommand: "/budget",
			Checks: sampledata.Checks,
		}
		if change != nil {
			change(&d)
		}
		return budgetview.BudgetDetail(d)
	}
	na := budgetState("America", 402.6, 500, 80)
	instances := []alerts.BudgetStatus{}
	for i := range 23 {
		instances = append(instances, budgetState("shop", float64(25-i), 20, 0, func(s *alerts.BudgetStatus) { s.Line.Instance = "www-" + string(rune('a'+i)) }))
	}
	anything := func(d *budgetview.Detail) { d.Rule.Match = rules.Match{} }
	bill := budgetState("Bill", 0, 0, 0, ofMoney(55908.43, 84000))
	estimate := budgetState("Team", 0, 0, 0, ofMoney(5146.58, 6000), func(s *alerts.BudgetStatus) { s.Line.Estimate = true })
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"its figures, its thresholds, what it covers and where it posts", detail(na, func(d *budgetview.Detail) {
			d.RulesURL = "https://git.example.com/rules.yaml?a=1&b=2"
			d.Rule.Thresholds = []rules.Threshold{80, 90, 95, 97, 99, 100}
			d.Reached = []alerts.Alert{
				{Threshold: 80, At: viewtest.November(22, 9), Reason: alerts.ReasonFirstThreshold, Channel: "cdn-budget", DeliveryID: "d1", Posted: true},
				{Threshold: 90, At: viewtest.November(21, 9), Reason: alerts.ReasonNewRule},
				{Threshold: 95, At: viewtest.November(22, 10), Channel: "C0123456789", DeliveryID: "d2"},
				{Threshold: 97, At: viewtest.November(22, 10), Reason: alerts.ReasonThresholdRose, Channel: "cdn-budget", DeliveryID: "d3", Delivery: alerts.DeliveryDropped},
				{Threshold: 99, At: viewtest.November(22, 10), Reason: alerts.ReasonThresholdRose, Channel: "shop-cdn", DeliveryID: "d5", Delivery: alerts.DeliveryBroken},
				{Threshold: 100, Kind: alerts.KindForecast, At: viewtest.November(22, 10), Channel: "cdn-budget", DeliveryID: "d4", Posted: true},
			}
		}), `
America: 402.6 of 500 TB (80%). 80% used.

America, November
80% used.

'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Thresholds
• 80%: reached 09:00 UTC, posted in #cdn-budget
• 90%: reached Nov 21, 09:00 UTC, no separate alert: already reached when the rule was added; posted in a summary
• 95%: reached 10:00 UTC, queued for #C0123456789
• 97%: reached 10:00 UTC, no separate alert: higher threshold reached
• 99%: reached 10:00 UTC, waiting, because I can't post to #shop-cdn
• 100%: not reached

Rule 'america' in the rules file (https://git.example.com/rules.yaml?a=1&b=2)
Covers product 'cdn_usage' · usage type 'North America Bandwidth'
Posts to #cdn-budget · owner: finops (pinged from 100%) · nothing new to post

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"everything, in a channel that refuses", detail(na, func(d *budgetview.Detail) {
			anything(d)
			d.Route, d.State.Line.Owners = &alerts.RouteTrouble{Channel: "cdn-budget", Reason: "is_archived", Waiting: 2}, nil
		}), `
America: 402.6 of 500 TB (80%). 80% used.

America, November
80% used.

'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Rule 'america'
Covers everything
Posts to #cdn-budget · nothing new to post

I can't post to #cdn-budget: it's archived. Unarchive it, or name another channel in the rules file; 2 alerts are waiting.

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"owners who are never pinged", detail(na, func(d *budgetview.Detail) {
			d.State.Line.PingAt, d.Rule.Teams = 0, []rules.Team{{Name: "shop"}}
			d.Rule.Match.Region, d.Rule.Match.Service = "Asia", "www_*"
		}), `
America: 402.6 of 500 TB (80%). 80% used.

America, November
80% used.

'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Rule 'america'
Covers product 'cdn_usage' · usage type 'North America Bandwidth' · region 'Asia' · service 'www_*' · team 'shop'
Posts to #cdn-budget · owner: finops · nothing new to post

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"what people have decided", detail(budgetState("America", 402.6, 500, 80, func(s *alerts.BudgetStatus) {
			s.Line.Ack, s.Line.Mute = sampledata.Answer("U0ANNA001", "launch", 80), sampledata.Answer("U0BORIS01", "", 80)
		}), nil), `
America: 402.6 of 500 TB (80%). 80% used, acknowledged, muted until Dec 1.

America, November
80% used, acknowledged, muted until Dec 1.

'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Acknowledged by @U0ANNA001, Nov 22, 10:14 UTC: “launch”.
Muted until Dec 1 by @U0BORIS01, Nov 22, 10:14 UTC. It stays in '/budget' and in the digest.

Rule 'america'
Covers product 'cdn_usage' · usage type 'North America Bandwidth'
Posts to #cdn-budget · owner: finops (pinged from 100%) · not posting now: muted until Dec 1

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"where the month is likely to end", detail(budgetState("America", 402.6, 500, 80, forecastOf(552, 598, likelyOver)), nil), `
America: 402.6 of 500 TB (80%). 80% used, likely over, about Nov 26.

America, November
80% used, likely over, about Nov 26.

'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Likely end of month: 552–598 TB, 110–120% of the budget. It runs out about Nov 26–27.

Rule 'america'
Covers product 'cdn_usage' · usage type 'North America Bandwidth'
Posts to #cdn-budget · owner: finops (pinged from 100%) · nothing new to post

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
		{"figures that are not of now", detail(budgetState("America", 402.6, 500, 80, stale), nil), `
America: 402.6 of 500 TB (80%). No fresh data for 46 h: Fastly did not answer.

America, November
No fresh data for 46 h: Fastly did not answer.

Last known: '████████░░' 80%, 402.6 of 500 TB after 19.5 of 30 days (an even pace is 65%).

Rule 'america'
Covers product 'cdn_usage' · usage type 'North America Bandwidth'
Posts to #cdn-budget · owner: finops (pinged from 100%) · not posting now: no usage figure

Data to Nov 20, 12:00 UTC; checked 12 min ago, next in 48 min
`},
		{"no figure yet", detail(alerts.BudgetStatus{Line: na.Line, Unknown: "no rows.", Channel: "cdn-budget"}, nil), `
America: No figure yet: no rows.

America, November
No figure yet: no rows.

No figure yet. The limit is 500 TB.

Rule 'america'
Covers product 'cdn_usage' · usage type 'North America Bandwidth'
Posts to #cdn-budget · owner: finops (pinged from 100%) · not posting now: no usage figure

Checked 12 min ago, next in 48 min
`},
		{"the whole bill", detail(bill, func(d *budgetview.Detail) { anything(d); d.Rule.Charges = rules.ChargesAll }), `
Bill: $55,908.43 of $84,000 (66%). On course.

Bill, November
On course.

'██████░░░░' 66%, $55,908.43 of $84,000 after 21.2 of 30 days.

Rule 'bill'
Covers the whole bill
Posts to #cdn-budget · owner: finops (pinged from 100%) · not posting now: below the first threshold

Bill as of Nov 22, 06:00 UTC; checked 12 min ago, next in 48 min
`},
		{"usage charges of it", detail(bill, func(d *budgetview.Detail) { d.Rule.Charges = rules.ChargesUsage }), `
Bill: $55,908.43 of $84,000 (66%). On course.

Bill, November
On course.

'██████░░░░' 66%, $55,908.43 of $84,000 after 21.2 of 30 days.

Rule 'bill'
Covers product 'cdn_usage' · usage type 'North America Bandwidth' · usage charges, without flat fees and credits
Posts to #cdn-budget · owner: finops (pinged from 100%) · not posting now: below the first threshold

Bill as of Nov 22, 06:00 UTC; checked 12 min ago, next in 48 min
`},
		{"an estimate of everything that is billed", detail(estimate, func(d *budgetview.Detail) { anything(d); d.Rule.Charges = rules.ChargesUsage }), `
Team: about $5,147 of $6,000 (85%). On course.

Team, November
On course.

'████████░░' 85%, about $5,147 of $6,000 after 21.2 of 30 days.

Rule 'team'
Covers every usage type that is billed · an estimate at the account's rates, without flat fees
Posts to #cdn-budget · owner: finops (pinged from 100%) · not posting now: below the first threshold

Bill as of Nov 22, 06:00 UTC; checked 12 min ago, next in 48 min
`},
		{"a budget for each service, worst first, twenty of them", detail(status.Group(instances, viewtest.Tera(20), sampledata.Now), func(d *budgetview.Detail) {
			d.Rule.Per, d.Route = rules.PerService, &alerts.RouteTrouble{Channel: "x", Reason: "is_archived"}
		}), `
shop, November: 6 over, 5 ahead of an even pace, 12 on course.

shop, November
6 over, 5 ahead of an even pace, 12 on course.

Service   Used  Limit  State
--------------------------------------------
www-a     125%  20 TB  Over
www-b     120%  20 TB  Over
www-c     115%  20 TB  Over
www-d     110%  20 TB  Over
www-e     105%  20 TB  Over
www-f     100%  20 TB  Over
www-g      95%  20 TB  Ahead of an even pace
www-h      90%  20 TB  Ahead of an even pace
www-i      85%  20 TB  Ahead of an even pace
www-j      80%  20 TB  Ahead of an even pace
www-k      75%  20 TB  Ahead of an even pace
www-l      70%  20 TB  On course
www-m      65%  20 TB  On course
www-n      60%  20 TB  On course
www-o      55%  20 TB  On course
www-p      50%  20 TB  On course
www-q      45%  20 TB  On course
www-r      40%  20 TB  On course
www-s      35%  20 TB  On course
www-t      30%  20 TB  On course
+ 3 more     –      –  3 on course

Rule 'shop'
Covers product 'cdn_usage' · usage type 'North America Bandwidth' · a budget for each service
Posts to #cdn-budget · owner: finops (pinged from 100%)

I can't post to #x: it's archived. Unarchive it, or name another channel in the rules file.

Data to the end of Nov 21; checked 12 min ago, next in 48 min · page 1 of 2 (1–20 of 23, worst first)
`},
		{"a budget for each team", detail(status.Group(instances[:1], viewtest.Tera(20), sampledata.Now), func(d *budgetview.Detail) {
			d.Rule.Per, d.Rule.Teams = rules.PerTeam, []rules.Team{{Channel: "a"}, {Channel: "b"}}
		}), `
shop, November: 1 over.

shop, November
1 over.

Team   Used  Limit  State
-------------------------
www-a  125%  20 TB  Over

Rule 'shop'
Covers product 'cdn_usage' · usage type 'North America Bandwidth' · a budget for each team
Posts to each team's channel · owner: finops (pinged from 100%)

Data to the end of Nov 21; checked 12 min ago, next in 48 min
`},
	})
}

func TestHistory(t *testing.T) {
	line := sampledata.Line("na", "America *x*", sampledata.Bandwidth, 402.6, 500, 80)
	act := func(a alerts.Act, detail string, threshold rules.Threshold) budgetview.Event {
		return budgetview.Event{At: viewtest.November(21, 9), Act: &alerts.AuditEntry{Actor: "U0ANNA001", Act: a, BudgetID: line.BudgetID, Detail: detail, Threshold: threshold}}
	}
	posted := func(state alerts.DeliveryState) budgetview.Event {
		return budgetview.Event{At: viewtest.November(21, 9), Threshold: 80, Reason: alerts.ReasonFirstThreshold, Channel: "cdn-budget", State: state}
	}
	items := []alerts.Item{{Subject: rules.SubjectUsageType, Product: "cdn_usage", Name: "Asia"}}
	history := func(events ...budgetview.Event) blocks.Message {
		return budgetview.BudgetHistory(budgetview.History{Line: line, Events: events, Now: sampledata.Now})
	}
	event := func(change func(*budgetview.Event)) budgetview.Event {
		e := budgetview.Event{At: viewtest.November(21, 9), Channel: "cdn-budget", State: alerts.DeliverySent}
		change(&e)
		return e
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"nothing has happened", history(), `
Nothing to report for America *x* in November yet. It hasn't reached a threshold, and nobody has acknowledged or muted it.

Nothing to report for America *x* in November yet.
It hasn't reached a threshold, and nobody has acknowledged or muted it.
`},
		{"what was posted, and how far that has come", history(posted(alerts.DeliverySent), posted(alerts.DeliveryBroken), posted(alerts.DeliveryDropped), posted(alerts.DeliveryPending)), `
America *x*: Nov 21, 09:00 UTC, 80% reached, posted in #cdn-budget.

America *x*, November
• Nov 21, 09:00 UTC  80% reached, posted in #cdn-budget
• Nov 21, 09:00 UTC  80% reached, waiting, because I can't post to #cdn-budget
• Nov 21, 09:00 UTC  80% reached, superseded before posting
• Nov 21, 09:00 UTC  80% reached, queued for #cdn-budget

Newest first · rule 'na'
`},
		{"what people did", history(act(alerts.ActAcknowledge, "launch of the *shop*", 80), act(alerts.ActAcknowledge, "", 0), act(alerts.ActExplain, "launch", 80),
			act(alerts.ActUnacknowledge, "", 80), act(alerts.ActMute, "", 80), act(alerts.ActUnmute, "", 80), act("later", "", 0)), `
America *x*: Nov 21, 09:00 UTC, @U0ANNA001 acknowledged 80%: “launch of the *shop*”.

America *x*, November
• Nov 21, 09:00 UTC  @U0ANNA001 acknowledged 80%: “launch of the *shop*”
• Nov 21, 09:00 UTC  @U0ANNA001 acknowledged it
• Nov 21, 09:00 UTC  @U0ANNA001 added the reason: “launch”
• Nov 21, 09:00 UTC  @U0ANNA001 withdrew the acknowledgement
• Nov 21, 09:00 UTC  @U0ANNA001 muted it until Dec 1
• Nov 21, 09:00 UTC  @U0ANNA001 unmuted it
• Nov 21, 09:00 UTC  @U0ANNA001 later

Newest first · rule 'na'
`},
		{"what was passed over, forecast and corrected", history(
			event(func(e *budgetview.Event) { e.Channel, e.Threshold, e.Reason = "", 80, alerts.ReasonNewRule }),
			event(func(e *budgetview.Event) {
				e.Threshold, e.Reason, e.ForecastThreshold = 100, alerts.ReasonLikelyOver, true
			}),
			event(func(e *budgetview.Event) { e.Reason = alerts.ReasonBackOn }),
			event(func(e *budgetview.Event) { e.Reason, e.Threshold = alerts.ReasonRestated, 80 }),
			event(func(e *budgetview.Event) { e.Reason = alerts.ReasonRestated })), `
America *x*: Nov 21, 09:00 UTC, 80% reached, no separate alert: already reached when the rule was added; posted in a summary.

America *x*, November
• Nov 21, 09:00 UTC  80% reached, no separate alert: already reached when the rule was added; posted in a summary
• Nov 21, 09:00 UTC  likely to end above 100%, posted in #cdn-budget
• Nov 21, 09:00 UTC  no longer likely to end above the budget
• Nov 21, 09:00 UTC  Fastly corrected its figures: back to 80%
• Nov 21, 09:00 UTC  Fastly corrected its figures: below the first threshold

Newest first · rule 'na'
`},
		{"of a rule with change", history(
			event(func(e *budgetview.Event) { e.Growth, e.Reason = growth(nil), alerts.ReasonGrew }),
			event(func(e *budgetview.Event) { e.Growth, e.Reason = growth(nil), alerts.ReasonCalm })), `
America *x*: Nov 21, 09:00 UTC, +37.8% per day, posted in #cdn-budget.

America *x*, November
• Nov 21, 09:00 UTC  +37.8% per day, posted in #cdn-budget
• Nov 21, 09:00 UTC  +37.8% per day: usage per day is back under the alert thresholds

Newest first · rule 'na'
`},
		{"of a rule with new or vanished", history(
			event(func(e *budgetview.Event) { e.Items, e.Reason = items, alerts.ReasonNew }),
			event(func(e *budgetview.Event) { e.Items, e.Reason = items, alerts.ReasonVanished }),
			event(func(e *budgetview.Event) { e.Items, e.Reason = items, alerts.ReasonBack })), `
America *x*: Nov 21, 09:00 UTC, new: Asia, 0% of cdn_usage, posted in #cdn-budget.

America *x*, November
• Nov 21, 09:00 UTC  new: Asia, 0% of cdn_usage, posted in #cdn-budget
• Nov 21, 09:00 UTC  gone: Asia, was at least 0% of cdn_usage, posted in #cdn-budget
• Nov 21, 09:00 UTC  gone: Asia, was at least 0% of cdn_usage: back in use

Newest first · rule 'na'
`},
		{"earlier events are counted", budgetview.BudgetHistory(budgetview.History{Line: line, Events: []budgetview.Event{posted(alerts.DeliverySent)}, Earlier: 14, Now: sampledata.Now}), `
America *x*: Nov 21, 09:00 UTC, 80% reached, posted in #cdn-budget.

America *x*, November
• Nov 21, 09:00 UTC  80% reached, posted in #cdn-budget

Newest first · 14 earlier events not shown · rule 'na'
`},
	})
}

func TestTrial(t *testing.T) {
	trial := func(kind alerts.DeliveryKind) blocks.Message {
		return budgetview.Trial(blocks.Note("The *message*."), kind, "cdn-budget", alerts.ReasonFirstThreshold, 0)
	}
	silent := func(why alerts.Reason, posted rules.Threshold) blocks.Message {
		return budgetview.Trial(blocks.Note("The *message*."), "", "cdn-budget", why, posted)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"nothing would be posted of a threshold whose alert is out", silent(alerts.ReasonAlreadyPosted, 80), `
Preview, not posted: The message.

Preview. Nothing would be posted now: the 80% alert is already out. Nothing was recorded, and only you see this.

The message.
`},
		{"nothing would be posted of a forecast whose alert is out", silent(alerts.ReasonForecastPosted, 0), `
Preview, not posted: The message.

Preview. Nothing would be posted now: the Likely Over alert is already out. Nothing was recorded, and only you see this.

The message.
`},
		{"a check would post it", trial(alerts.DeliverParent), `
Preview, not posted: The message.

Preview. A check now would post this in #cdn-budget: first threshold reached. Nothing was recorded, and only you see this.

The message.
`},
		{"a check would edit its message", trial(alerts.DeliverUpdate), `
Preview, not posted: The message.

Preview. A check now would update its message in #cdn-budget: first threshold reached. Nothing was recorded, and only you see this.

The message.
`},
		{"a check would post nothing", trial(""), `
Preview, not posted: The message.

Preview. Nothing would be posted now: first threshold reached. Nothing was recorded, and only you see this.

The message.
`},
	})
}

func TestWhyAMessageWasPosted(t *testing.T) {
	why := func(change func(*budgetview.Why)) blocks.Message {
		w := budgetview.Why{
			Line: sampledata.Line("na", "America", sampledata.Bandwidth, 402.6, 500, 80), Now: sampledata.Now, RuleLine: 41, RulesURL: "https://git.example.com/rules.yaml",
			Last: alerts.Alert{Kind: alerts.KindBudget, Threshold: 80, Reason: alerts.ReasonFirstThreshold, Used: viewtest.Tera(401), Limit: viewtest.Tera(500), At: viewtest.November(22, 9)},
		}
		if change != nil {
			change(&w)
		}
		return budgetview.WhyMessage(w)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"the first threshold", why(nil), `
America: The check of Nov 22, 09:00 UTC found 401 TB of 500 TB used, which is 80% of the budget or more. It was the first threshold this month.

Why This Message: America
The check of Nov 22, 09:00 UTC found 401 TB of 500 TB used, which is 80% of the budget or more. It was the first threshold this month.
The next message comes at 100%. Each threshold is posted once a month; figures are updated once a day.

Rule 'na', line 41 of the rules file (https://git.example.com/rules.yaml#L41) · Data to the end of Nov 21
`},
		{"a higher one, and none is left", why(func(w *budgetview.Why) { w.Last.Reason, w.Line.Next, w.RulesURL = alerts.ReasonThresholdRose, 0, "" }), `
America: The check of Nov 22, 09:00 UTC found 401 TB of 500 TB used, which is 80% of the budget or more: a higher threshold than the last one I posted.

Why This Message: America
The check of Nov 22, 09:00 UTC found 401 TB of 500 TB used, which is 80% of the budget or more: a higher threshold than the last one I posted.
That was the last alert for this month.

Rule 'na', line 41 of the rules file · Data to the end of Nov 21
`},
		{"one that was passed over, of a budget that is muted", why(func(w *budgetview.Why) {
			w.Last.Reason, w.RuleLine, w.Line.Mute = alerts.ReasonNewRule, 0, sampledata.Answer("U1", "", 80)
		}), `
America: The check of Nov 22, 09:00 UTC found 401 TB of 500 TB used, which is 80% of the budget or more. I posted no separate alert: already reached when the rule was added; posted in a summary.

Why This Message: America
The check of Nov 22, 09:00 UTC found 401 TB of 500 TB used, which is 80% of the budget or more. I posted no separate alert: already reached when the rule was added; posted in a summary.
It's muted, so I'll post nothing more until Dec 1.

Rule 'na' · Data to the end of Nov 21
`},
		{"a forecast", why(func(w *budgetview.Why) { w.Last.Kind, w.Last.Reason = alerts.KindForecast, alerts.ReasonLikelyOver }), `
America: The check of Nov 22, 09:00 UTC found that the month is likely to end above 80% of the budget, with a probability of at least 80%; 401 TB of 500 TB was used then.

Why This Message: America
The check of Nov 22, 09:00 UTC found that the month is likely to end above 80% of the budget, with a probability of at least 80%; 401 TB of 500 TB was used then.
The next message comes at 100%. Each threshold is posted once a month; figures are updated once a day.

Rule 'na', line 41 of the rules file (https://git.example.com/rules.yaml#L41) · Data to the end of Nov 21
`},
		{"nothing holds any more", why(func(w *budgetview.Why) { w.Last = alerts.Alert{} }), `
America: Usage is below every threshold: 402.6 of 500 TB, 80%. The message stays and shows the current figures.

Why This Message: America
Usage is below every threshold: 402.6 of 500 TB, 80%. The message stays and shows the current figures.
The next message comes at 100%. Each threshold is posted once a month; figures are updated once a day.

Rule 'na', line 41 of the rules file (https://git.example.com/rules.yaml#L41) · Data to the end of Nov 21
`},
	})
}
