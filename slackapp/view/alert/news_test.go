package alertview

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing/report"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/sampledata"
)

// billion are so many single requests.
func billion(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(9) }

func TestUsageThatHasRisen(t *testing.T) {
	risen := func(why alerts.Reason, change func(*alerts.Growth)) blocks.Message {
		g := alerts.Growth{
			Title: "Requests", Measure: sampledata.Requests, Versus: report.Comparison{Month: sampledata.November, Against: sampledata.October, Days: 21},
			PerDay: billion(4.41), Before: billion(3.2), Ratio: decimal.New(378, -3), Extra: billion(25.4),
			Drivers: []alerts.Part{{Name: "Asia *Requests*", Used: billion(14.2)}, {Name: "Europe", Used: billion(-2)}}, Others: 4, OthersExtra: billion(13.2),
			Over: 30, AtLeast: billion(2), CountedTo: sampledata.ToNov21, ReadAt: sampledata.Now, Owners: []rules.Person{sampledata.FinOps},
		}
		if change != nil {
			change(&g)
		}
		d := alerts.Delivery{
			Kind: alerts.DeliverParent, BudgetID: alerts.BudgetID{Rule: "requests-jump", Month: sampledata.November},
			Message: alerts.Message{Reason: why, Report: alerts.Report{Growth: &g}},
		}
		return Alert(d, alertContext)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"how much, and what grew", risen(alerts.ReasonGrew, nil), `
Requests: +37.8% per Day Against Oct 1–21. 4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far. Rule requests-jump.

Requests: +37.8% per Day Against Oct 1–21
4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far.
What grew
• Asia *Requests* +14.2 B requests, 56% of the growth
• Europe −2.00 B requests, −8%
• 4 others +13.2 B requests, 52%

Data to the end of Nov 21 · owner: finops · rule 'requests-jump'
`},
		{"a rule without a title or a floor in units", risen(alerts.ReasonGrew, func(g *alerts.Growth) { g.Title, g.AtLeast, g.Owners = "", decimal.Decimal{}, nil }), `
requests-jump: +37.8% per Day Against Oct 1–21. 4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far. Rule requests-jump.

requests-jump: +37.8% per Day Against Oct 1–21
4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far.
What grew
• Asia *Requests* +14.2 B requests, 56% of the growth
• Europe −2.00 B requests, −8%
• 4 others +13.2 B requests, 52%

Data to the end of Nov 21 · rule 'requests-jump'
`},
		{"back below", risen(alerts.ReasonCalm, func(g *alerts.Growth) { g.Ratio, g.Extra = decimal.New(-5, -2), billion(-3) }), `
Requests: Back on Course, −5.0% per Day. 4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): down 3.00 B requests. Rule requests-jump.

Requests: Back on Course, −5.0% per Day
4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): down 3.00 B requests.

Data to the end of Nov 21 · owner: finops · rule 'requests-jump'
`},
		{"the month has ended", risen(alerts.ReasonEnded, func(g *alerts.Growth) { g.Closed, g.Versus.Days = true, 0 }), `
Requests: November Ended at +37.8% per Day. 4.41 B requests a day (November), 3.20 B requests a day (October): up 25.4 B requests. Rule requests-jump.

Requests: November Ended at +37.8% per Day
4.41 B requests a day (November), 3.20 B requests a day (October): up 25.4 B requests.
What grew
• Asia *Requests* +14.2 B requests, 56% of the growth
• Europe −2.00 B requests, −8%
• 4 others +13.2 B requests, 52%

Data to the end of Nov 21 · owner: finops · rule 'requests-jump'
`},
		{"the rule is gone", risen(alerts.ReasonWithdrawn, nil), `
Requests: No Longer Watched, +37.8% per Day. 4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far. Rule requests-jump.

Requests: No Longer Watched, +37.8% per Day
4.41 B requests a day (Nov 1–21), 3.20 B requests a day (Oct 1–21): up 25.4 B requests so far.
What grew
• Asia *Requests* +14.2 B requests, 56% of the growth
• Europe −2.00 B requests, −8%
• 4 others +13.2 B requests, 52%

Data to the end of Nov 21 · owner: finops · rule 'requests-jump'
`},
	})
}

func TestWhatIsNewOrHasVanished(t *testing.T) {
	item := func(subject rules.Subject, name string, share decimal.Decimal) alerts.Item {
		return alerts.Item{Subject: subject, Product: "cdn_usage", Name: name, Share: share}
	}
	news := func(why alerts.Reason, context *alerts.ReportContext, items ...alerts.Item) blocks.Message {
		d := alerts.Delivery{
			Kind: alerts.DeliverParent, BudgetID: alerts.BudgetID{Rule: "news", Month: sampledata.November},
			Message: alerts.Message{Reason: why, Report: alerts.Report{Items: items, ReportContext: context}},
		}
		return Alert(d, alertContext)
	}
	seen := &alerts.ReportContext{AtLeast: 1, Owners: []rules.Person{sampledata.FinOps}, CountedTo: sampledata.ToNov21, ReadAt: sampledata.Now}
	product := item(rules.SubjectProduct, "compute", decimal.New(1, 0))
	asia := item(rules.SubjectUsageType, "Asia *B*", decimal.New(32, -3))
	tiny := item(rules.SubjectService, "www", decimal.New(1, -6))
	back := asia
	back.Back = true
	var many []alerts.Item
	for i := range 22 {
		many = append(many, item(rules.SubjectService, fmt.Sprintf("s%02d", i), decimal.New(1, -1)))
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"one that is new is named in the heading", news(alerts.ReasonNew, seen, asia), `
New on the Bill: Asia *B*, 3.2% of cdn_usage. Rule news.

New on the Bill: Asia *B*
Not used in the six months before:
• Asia *B*, a usage type: 3.2% of cdn_usage

Data to the end of Nov 21 · owner: finops · rule 'news'
`},
		{"several are counted; a product has no share, and a share is never nothing", news(alerts.ReasonNew, seen, product, asia, tiny), `
New on the Bill: compute; Asia *B*, 3.2% of cdn_usage; www, <0.1% of cdn_usage. Rule news.

New on the Bill: 3 Items
Not used in the six months before:
• compute, a product
• Asia *B*, a usage type: 3.2% of cdn_usage
• www, a service: <0.1% of cdn_usage

Data to the end of Nov 21 · owner: finops · rule 'news'
`},
		{"twenty are listed", news(alerts.ReasonNew, nil, many...), `
New on the Bill: s00, 10% of cdn_usage; s01, 10% of cdn_usage; s02, 10% of cdn_usage; 19 more. Rule news.

New on the Bill: 22 Items
Not used in the six months before:
• s00, a service: 10% of cdn_usage
• s01, a service: 10% of cdn_usage
• s02, a service: 10% of cdn_usage
• s03, a service: 10% of cdn_usage
• s04, a service: 10% of cdn_usage
• s05, a service: 10% of cdn_usage
• s06, a service: 10% of cdn_usage
• s07, a service: 10% of cdn_usage
• s08, a service: 10% of cdn_usage
• s09, a service: 10% of cdn_usage
• s10, a service: 10% of cdn_usage
• s11, a service: 10% of cdn_usage
• s12, a service: 10% of cdn_usage
• s13, a service: 10% of cdn_usage
• s14, a service: 10% of cdn_usage
• s15, a service: 10% of cdn_usage
• s16, a service: 10% of cdn_usage
• s17, a service: 10% of cdn_usage
• s18, a service: 10% of cdn_usage
• s19, a service: 10% of cdn_usage
• 2 more

Fastly didn't say what period this covers · rule 'news'
`},
		{"one that has vanished", news(alerts.ReasonVanished, seen, asia), `
Gone From the Bill: Asia *B*, was at least 3.2% of cdn_usage. Rule news.

Gone From the Bill: Asia *B*
Used in each of the three months before, but not now:
• Asia *B*, a usage type: was at least 3.2% of cdn_usage

Data to the end of Nov 21 · owner: finops · rule 'news'
`},
		{"one that is used again", news(alerts.ReasonBack, seen, back), `
Gone From the Bill: Asia *B*, was at least 3.2% of cdn_usage. Rule news.

Gone From the Bill: Asia *B*
• Asia *B*, a usage type: was at least 3.2% of cdn_usage; back in use

Data to the end of Nov 21 · owner: finops · rule 'news'
`},
	})
}
