package alertview

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/viewtest"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

// said is a message about budgets for a reason.
func said(kind alerts.DeliveryKind, why alerts.Reason, lines ...alerts.BudgetLine) blocks.Message {
	return Alert(alerts.Delivery{Kind: kind, Channel: "cdn-budget", Message: alerts.Message{Reason: why, Budgets: lines}}, alertContext)
}

// ending is a forecast from low to high terabytes.
func ending(low, high float64, change func(*alerts.Forecast)) func(*alerts.BudgetLine) {
	f := &alerts.Forecast{Threshold: 100, Low: viewtest.Tera(low), Expected: viewtest.Tera((low + high) / 2), High: viewtest.Tera(high)}
	if change != nil {
		change(f)
	}
	return func(l *alerts.BudgetLine) { l.Forecast = f }
}

func likely(f *alerts.Forecast) {
	f.Likely, f.RunsOut = true, &forecast.RunOut{First: viewtest.November(26, 0), Likely: viewtest.November(26, 0), Last: viewtest.November(27, 0)}
}

func mayRunOut(f *alerts.Forecast) {
	f.RunsOut = &forecast.RunOut{First: viewtest.November(28, 0), Likely: viewtest.November(29, 0), Last: viewtest.November(28, 0)}
}

func onCourse(f *alerts.Forecast) { f.OnCourse = true }

func grown(by float64, parts ...alerts.Part) func(*alerts.BudgetLine) {
	return func(l *alerts.BudgetLine) {
		l.Drivers = &alerts.Drivers{Month: sampledata.October, Days: 21, Before: viewtest.Tera(331.2), Change: viewtest.Tera(by), Parts: parts}
	}
}

func TestTheMessageOfABudget(t *testing.T) {
	parent, update, broadcast := alerts.DeliverParent, alerts.DeliverUpdate, alerts.DeliverBroadcast
	first, rose := alerts.ReasonFirstThreshold, alerts.ReasonThresholdRose
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"a threshold that is reached", said(parent, first, na(402.6, 80)), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"a higher one over the limit is read by itself, without buttons", said(broadcast, rose, na(521.3, 100)), `
North America Bandwidth is over budget: 521 TB used, 104% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: Over Budget, 104% Used
'██████████' 104%, 521.3 of 500 TB after 21 of 30 days (an even pace is 70%).

Data to the end of Nov 21 · owner: @S0614TZR7 · rule 'na-bandwidth'
`},
		{"the last threshold has no next message", said(parent, first, na(640, 125)), `
North America Bandwidth is over budget: 640 TB used, 128% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: Over Budget, 128% Used
'██████████' 128%, 640 of 500 TB after 21 of 30 days (an even pace is 70%).

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: @S0614TZR7 · rule 'na-bandwidth'
`},
		{"several thresholds at once are named", said(parent, first, na(640, 125, func(l *alerts.BudgetLine) { l.Passed = []rules.Threshold{80, 100, 125} })), `
North America Bandwidth is over budget: 640 TB used, 128% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: Over Budget, 128% Used
'██████████' 128%, 640 of 500 TB after 21 of 30 days (an even pace is 70%).
It crossed 80%, 100% and 125% at once.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: @S0614TZR7 · rule 'na-bandwidth'
`},
		{"a likely end above the limit, when it runs out and what that costs", said(parent, first, na(402.6, 80, ending(552, 598, likely), func(l *alerts.BudgetLine) {
			l.Above = &alerts.Above{
				Amount: decimal.RequireFromString("6874.40"), Currency: "USD", Rates: sampledata.October, Excess: decimal.New(75, 12), Types: 1,
			}
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB, likely to end near 575 TB (115%). Rule na-bandwidth.

North America Bandwidth: 80% Used, Likely Over
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Likely end of month: 552–598 TB, 110–120% of the budget. It runs out about Nov 26–27.
About $6,870 over budget, at the rate of October's last tier (75.0 TB at $91.66 per TB).

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"a forecast before any threshold", said(parent, alerts.ReasonLikelyOver, na(310, 0, ending(552, 598, likely))), `
North America Bandwidth: 310 TB used, 62% of November's 500 TB, likely to end near 575 TB (115%). Rule na-bandwidth.

North America Bandwidth: Likely Over, 62% Used
'██████░░░░' 62%, 310 of 500 TB after 21 of 30 days (an even pace is 70%).
Likely end of month: 552–598 TB, 110–120% of the budget. It runs out about Nov 26–27.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"an end that may go either way", said(parent, first, na(402.6, 80, ending(470, 534, mayRunOut))), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB, likely to end near 502 TB (100%). Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Likely end of month: 470–534 TB, 94–107% of the budget. It may run out about Nov 28.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"an end of one figure", said(parent, first, na(402.6, 80, ending(470, 470, nil))), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB, likely to end near 470 TB (94%). Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Likely end of month: 470 TB, 94% of the budget.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"an end that nobody can tell yet", said(parent, first, na(402.6, 80, ending(1, 2, func(f *alerts.Forecast) { f.Unknown = "too few days" }))), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Too early to forecast.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"what grew, the first with what its share is of", said(parent, first, na(402.6, 80, grown(71.4,
			alerts.Part{Name: "media *prod*", Used: viewtest.Tera(38.9)}, alerts.Part{Name: "www-shop", Used: viewtest.Tera(-14.2)}), func(l *alerts.BudgetLine) {
			l.Drivers.Others, l.Drivers.OthersChange, l.Drivers.Unexplained = 397, viewtest.Tera(40), viewtest.Tera(6.7)
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Growth vs. Oct 1–21: +71.4 TB (+21.6%)
• media *prod* +38.9 TB, 54% of the growth
• www-shop −14.2 TB, −20%
• 397 others +40.0 TB, 56%
• without a service +6.70 TB, 9%

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"growth that nothing tells apart", said(parent, first, na(402.6, 80, grown(-7.4))), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Compared with Oct 1–21: −7.40 TB (−2.2%).

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"growth against average days", said(parent, first, na(402.6, 80, grown(7.4), func(l *alerts.BudgetLine) { l.Drivers.Days = 0 })), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Compared with October's daily average: +7.40 TB (+2.2%).

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"the largest where nothing is known of what grew", said(parent, first, na(402.6, 80, func(l *alerts.BudgetLine) {
			l.Largest = []alerts.Part{{Name: "Asia_", Used: viewtest.Tera(300)}, {Name: "Europe", Used: viewtest.Tera(102.6)}}
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Largest: Asia_ 300 TB · Europe 103 TB

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"the first month can name the largest alone", said(parent, first, na(402.6, 80, func(l *alerts.BudgetLine) {
			l.NoHistory, l.Largest = true, []alerts.Part{{Name: "Asia", Used: viewtest.Tera(300)}}
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Largest: Asia 300 TB. From Dec 1, I'll show what grew.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"the first month of one usage type", said(parent, first, na(402.6, 80, func(l *alerts.BudgetLine) { l.NoHistory = true })), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
From Dec 1, I'll show what grew.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"budgets of parts that cross at the same time", said(parent, first, na(402.6, 80, func(l *alerts.BudgetLine) {
			l.Narrower = []alerts.NarrowerLine{{Title: "Asia", Used: viewtest.Tera(90), Limit: viewtest.Tera(100)}, {Title: "Shop", Instance: "www", Used: viewtest.Tera(12), Limit: viewtest.Tera(10)}}
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).
Includes Asia (90% of its own budget) and Shop: www (120% of its own budget), also over a threshold.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"figures that came down below the first threshold", said(update, alerts.ReasonRestated, na(388.1, 0)), `
North America Bandwidth: 388 TB used, 77% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: Back on Course, 77% Used
'███████░░░' 77%, 388.1 of 500 TB after 21 of 30 days (an even pace is 70%).
Fastly corrected its figures: usage is back below the first threshold.

[By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"figures that came down to a lower one", said(update, alerts.ReasonRestated, na(420, 80)), `
North America Bandwidth: 420 TB used, 84% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 84% Used
'████████░░' 84%, 420 of 500 TB after 21 of 30 days (an even pace is 70%).
Fastly corrected its figures: usage is back to the 80% threshold.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"a threshold that usage wavers around", said(update, alerts.ReasonWavers, na(521.3, 100)), `
North America Bandwidth is over budget: 521 TB used, 104% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: Over Budget, 104% Used
'██████████' 104%, 521.3 of 500 TB after 21 of 30 days (an even pace is 70%).
Fastly's figures keep moving around this threshold. I posted it twice, and I'll post it again only after they stay below it for three days.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: @S0614TZR7 · rule 'na-bandwidth'
`},
		{"no longer likely over", said(update, alerts.ReasonBackOn, na(310, 0, ending(458, 471, onCourse))), `
North America Bandwidth: 310 TB used, 62% of November's 500 TB, likely to end near 465 TB (93%). Rule na-bandwidth.

North America Bandwidth: Back on Course, 62% Used
'██████░░░░' 62%, 310 of 500 TB after 21 of 30 days (an even pace is 70%).
Likely end of month: 458–471 TB, 92–94% of the budget. Nothing to do.
The month is no longer likely to end above the budget.

[By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"the whole month is counted", said(update, alerts.ReasonUpdate, na(480, 80, func(l *alerts.BudgetLine) { l.CountedTo = sampledata.November.End() })), `
North America Bandwidth: 480 TB used, 96% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 96% Used
'█████████░' 96%, 480 of 500 TB in the whole month.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Data to the end of Nov 30 · owner: finops · rule 'na-bandwidth'
`},
		{"Fastly did not say up to when", said(parent, first, na(402.6, 80, func(l *alerts.BudgetLine) { l.CountedTo = time.Time{} })), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Read from Fastly 10:42 UTC; Fastly didn't say what period this covers · owner: finops · rule 'na-bandwidth'
`},
		{"nor when it was read", said(parent, first, na(402.6, 80, func(l *alerts.BudgetLine) { l.CountedTo, l.ReadAt = time.Time{}, time.Time{} })), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Fastly didn't say what period this covers · owner: finops · rule 'na-bandwidth'
`},
		{"acknowledged, with what still comes", said(update, alerts.ReasonUpdate, na(402.6, 80, func(l *alerts.BudgetLine) {
			l.Ack = sampledata.Answer("U0ANNA001", "launch of the *shop*", 80)
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Acknowledged by @U0ANNA001, Nov 22, 10:14 UTC: “launch of the *shop*”. You'll still be alerted at 100%.

[Undo] [By Service] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"muted, and nothing comes", said(update, alerts.ReasonUpdate, na(402.6, 80, func(l *alerts.BudgetLine) {
			l.Ack, l.Mute = sampledata.Answer("U0ANNA001", "", 80), sampledata.Answer("U0BORIS01", "", 80)
		})), `
North America Bandwidth: 403 TB used, 80% of November's 500 TB. Rule na-bandwidth.

North America Bandwidth: 80% Used
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Acknowledged by @U0ANNA001, Nov 22, 10:14 UTC.
Muted until Dec 1 by @U0BORIS01, Nov 22, 10:14 UTC. It stays in '/budget' and in the digest.

[Undo] [By Service] [Why This Message]

Data to the end of Nov 21 · owner: finops · rule 'na-bandwidth'
`},
		{"the estimate of a service's cost", said(parent, first, money(5146.58, 6000, func(l *alerts.BudgetLine) { l.Instance, l.Estimate = "shop", true })), `
Fastly's Bill: shop, about $5,147 used, 85% of November's $6,000. Rule bill.

Fastly's Bill: shop, 85% Used
'████████░░' 85%, about $5,147 of $6,000 after 21.2 of 30 days.
This is an estimate: its usage at the account's rates, without flat fees.

[Acknowledge] [Mute Until Dec 1] [Why This Message]

Bill as of Nov 22, 06:00 UTC · owner: finops · rule 'bill'
`},
		{"a bill has no even pace", said(parent, first, money(67204.19, 84000, nil)), `
Fastly's Bill: $67,204.19 used, 80% of November's $84,000. Rule bill.

Fastly's Bill: 80% Used
'████████░░' 80%, $67,204.19 of $84,000 after 21.2 of 30 days.

[Acknowledge] [By Service] [Mute Until Dec 1] [Why This Message]

Bill as of Nov 22, 06:00 UTC · owner: finops · rule 'bill'
`},
		{"credits beyond what was charged use nothing", said(update, alerts.ReasonUpdate, money(-12, 84000, func(l *alerts.BudgetLine) { l.Threshold = 0 })), `
Fastly's Bill: −$12 used, 0% of November's $84,000. Rule bill.

Fastly's Bill: Back on Course, 0% Used
'░░░░░░░░░░' 0%, −$12 of $84,000 after 21.2 of 30 days.

[By Service] [Mute Until Dec 1] [Why This Message]

Bill as of Nov 22, 06:00 UTC · owner: finops · rule 'bill'
`},
	})
}

// money is a budget in dollars.
func money(used, limit float64, change func(*alerts.BudgetLine)) alerts.BudgetLine {
	l := sampledata.Line("bill", "Fastly's Bill", sampledata.Bandwidth, 0, 0, 80)
	l.Measure, l.Used, l.Limit, l.CountedTo = billing.Cost("USD"), decimal.NewFromFloat(used), decimal.NewFromFloat(limit), viewtest.November(22, 6)
	if change != nil {
		change(&l)
	}
	return l
}

func TestTheMessageOfAMonthThatIsOver(t *testing.T) {
	final := func(tb float64) func(*alerts.BudgetLine) {
		return func(l *alerts.BudgetLine) {
			l.CountedTo, l.Final = sampledata.November.End(), decimal.NewNullDecimal(viewtest.Tera(tb))
		}
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"closed within its limit", said(alerts.DeliverUpdate, alerts.ReasonClosed, na(480, 80, final(480))), `
North America Bandwidth: November is closed: 480 TB, 96%. Rule na-bandwidth.

North America Bandwidth: November Closed at 96%
'█████████░' 96%, 480 of 500 TB in the whole month.

Data to the end of Nov 30 · rule 'na-bandwidth'
`},
		{"closed above it", said(alerts.DeliverUpdate, alerts.ReasonClosed, na(571, 100, final(571))), `
North America Bandwidth: November is closed: 571 TB, 114%. Rule na-bandwidth.

North America Bandwidth: November Closed at 114%, Over Budget
'██████████' 114%, 571 of 500 TB in the whole month.

Data to the end of Nov 30 · rule 'na-bandwidth'
`},
		{"restated after its close", said(alerts.DeliverReply, alerts.ReasonReopened, na(571, 100, final(550))), `
North America Bandwidth: Fastly restated November to 571 TB, 114%. Rule na-bandwidth.

North America Bandwidth: November Restated to 114%, Over Budget
Fastly restated November. It closed at 550 TB.
'██████████' 114%, 571 of 500 TB in the whole month.

Data to the end of Nov 30 · rule 'na-bandwidth'
`},
		{"a rule that was removed", said(alerts.DeliverUpdate, alerts.ReasonUnwatched, na(402.6, 80)), `
North America Bandwidth: I no longer watch this budget. Its last figure was 403 TB, 80%. Rule na-bandwidth.

North America Bandwidth: No Longer Watched
Its rule was removed, so I no longer watch this budget. These are its last figures.
'████████░░' 80%, 402.6 of 500 TB after 21 of 30 days (an even pace is 70%).

Data to the end of Nov 21 · rule 'na-bandwidth'
`},
	})
}

func TestMessagesAboutSeveralBudgets(t *testing.T) {
	asia := sampledata.Line("asia", "Asia", sampledata.Bandwidth, 90, 100, 80)
	ahead := na(310, 0, ending(552, 598, likely))
	var many []alerts.BudgetLine
	for i := range 23 {
		many = append(many, sampledata.Line(fmt.Sprintf("r%02d", i), "", sampledata.Bandwidth, 120-float64(i), 100, 100))
	}
	october := asia
	october.Month = sampledata.October
	first := alerts.ReasonFirstThreshold
	start := func(m alerts.Message) blocks.Message {
		return Alert(alerts.Delivery{Kind: alerts.DeliverStart, Message: m}, alertContext)
	}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"a list of those that reached a threshold", said(alerts.DeliverList, first, na(521.3, 100), asia), `
2 budgets crossed a threshold: North America Bandwidth 104% and Asia 90%.

2 Budgets Crossed a Threshold

Budget                   Used   Limit  State
--------------------------------------------------
North America Bandwidth  104%  500 TB  Over Budget
Asia                      90%  100 TB  Past 80%

Data to the end of Nov 21 · owner: @S0614TZR7 · if one rises further, it gets its own message
`},
		{"a list of those that are likely to go over has a column for it", said(alerts.DeliverList, alerts.ReasonLikelyOver, ahead), `
1 budget likely to go over: North America Bandwidth 62%.

1 Budget Likely to Go Over

Budget                 Used   Limit  Likely End  State
------------------------------------------------------------
North America Bandwi…   62%  500 TB  552–598 TB  Likely Over

Data to the end of Nov 21 · if one rises further, it gets its own message
`},
		{"a list of both", said(alerts.DeliverList, first, asia, ahead), `
2 budgets crossed a threshold or are likely to go over: Asia 90% and North America Bandwidth 62%.

2 Budgets Crossed a Threshold or Are Likely to Go Over

Budget                 Used   Limit  Likely End  State
------------------------------------------------------------
Asia                    90%  100 TB           –  Past 80%
North America Bandwi…   62%  500 TB  552–598 TB  Likely Over

Data to the end of Nov 21 · if one rises further, it gets its own message
`},
		{"a list of a month that is over", said(alerts.DeliverList, first, october, october), `
2 budgets crossed a threshold in October: Asia 90% and Asia 90%.

2 Budgets Crossed a Threshold in October

Budget  Used   Limit  State
------------------------------
Asia     90%  100 TB  Past 80%
Asia     90%  100 TB  Past 80%

Data to the end of Nov 21 · if one rises further, it gets its own message
`},
		{"a list has twenty rows, and counts the others", said(alerts.DeliverList, first, many...), `
23 budgets crossed a threshold: r00 120%, r01 119%, r02 118% and 20 more.

23 Budgets Crossed a Threshold

Budget    Used   Limit  State
-----------------------------------
r00       120%  100 TB  Over Budget
r01       119%  100 TB  Over Budget
r02       118%  100 TB  Over Budget
r03       117%  100 TB  Over Budget
r04       116%  100 TB  Over Budget
r05       115%  100 TB  Over Budget
r06       114%  100 TB  Over Budget
r07       113%  100 TB  Over Budget
r08       112%  100 TB  Over Budget
r09       111%  100 TB  Over Budget
r10       110%  100 TB  Over Budget
r11       109%  100 TB  Over Budget
r12       108%  100 TB  Over Budget
r13       107%  100 TB  Over Budget
r14       106%  100 TB  Over Budget
r15       105%  100 TB  Over Budget
r16       104%  100 TB  Over Budget
r17       103%  100 TB  Over Budget
r18       102%  100 TB  Over Budget
r19       101%  100 TB  Over Budget
+ 3 more     –       –  –

Data to the end of Nov 21 · owner: @S0614TZR7 · if one rises further, it gets its own message
`},
		{"the first start", start(alerts.Message{Reason: alerts.ReasonFirstStart, Rules: 1, Channels: 1}), `
I watch 1 rule in 1 channel.

I watch 1 rule in 1 channel.
`},
		{"the first start names what is past a threshold, what is broken and what is rough", start(alerts.Message{
			Reason: alerts.ReasonFirstStart, Rules: 8, Channels: 4, Budgets: []alerts.BudgetLine{asia}, Rough: 3, RoughUntil: viewtest.November(20, 0),
			Route: &alerts.RouteTrouble{Channel: "shop-cdn", Reason: "not_in_channel", Waiting: 2},
		}), `
I watch 8 rules in 4 channels. 1 budget is already over a threshold: Asia 90%. I'll post again only when one of them reaches a higher threshold. I can't post to #shop-cdn: not invited. Type '/invite @budgetbot' there; 2 alerts are waiting. Forecasts for 3 budgets will be rough until Nov 20: there isn't enough daily history yet.

I watch 8 rules in 4 channels.
1 budget is already over a threshold: Asia 90%. I'll post again only when one of them reaches a higher threshold.
I can't post to #shop-cdn: not invited. Type '/invite @budgetbot' there; 2 alerts are waiting.
Forecasts for 3 budgets will be rough until Nov 20: there isn't enough daily history yet.
`},
		{"rules that were added ping the owners of what is past the threshold for it", start(alerts.Message{
			Reason: alerts.ReasonRulesNew, Budgets: []alerts.BudgetLine{na(521.3, 100), asia},
		}), `
Rules were added or changed. 2 budgets are already over a threshold: North America Bandwidth 104% and Asia 90%. I'll post again only when one of them reaches a higher threshold. owner: @S0614TZR7

Rules were added or changed.
2 budgets are already over a threshold: North America Bandwidth 104% and Asia 90%. I'll post again only when one of them reaches a higher threshold.
owner: @S0614TZR7
`},
	})
}

func TestNobodyHasAnswered(t *testing.T) {
	waits := func(kind alerts.DeliveryKind, c phrase.AlertContext, lines ...alerts.BudgetLine) blocks.Message {
		m := alerts.Message{Reason: alerts.ReasonUnanswered, Budgets: lines, Since: viewtest.November(21, 8)}
		return Alert(alerts.Delivery{Kind: kind, Message: m}, c)
	}
	shop := sampledata.Line("shop", "", sampledata.Bandwidth, 30, 20, 100)
	shop.Instance = "www"
	other := phrase.AlertContext{Now: sampledata.Now}
	viewtest.CheckGolden(t, []viewtest.Golden{
		{"under the message its owners are called", waits(alerts.DeliverReply, alertContext, na(521.3, 100)), `
North America Bandwidth is over budget, 104% used, and nobody has answered. Rule na-bandwidth.

@S0614TZR7 North America Bandwidth is over budget, 104% used, and nobody has answered since Nov 21, 08:00 UTC.
Press Acknowledge under the message above to stop these reminders.

Data to the end of Nov 21 · rule 'na-bandwidth'
`},
		{"in another channel the command is named", waits(alerts.DeliverEscalation, alertContext, shop), `
shop: www is over budget, 150% used, and nobody has answered. Rule shop.

@S0614TZR7 shop: www is over budget, 150% used, and nobody has answered since Nov 21, 08:00 UTC.
'/budget ack shop www' stops these reminders.

Data to the end of Nov 21 · rule 'shop'
`},
		{"the command has a name of its own where none was given", waits(alerts.DeliverEscalation, other, shop), `
shop: www is over budget, 150% used, and nobody has answered. Rule shop.

@S0614TZR7 shop: www is over budget, 150% used, and nobody has answered since Nov 21, 08:00 UTC.
'/budget ack shop www' stops these reminders.

Data to the end of Nov 21 · rule 'shop'
`},
		{"several are a list", waits(alerts.DeliverEscalation, alertContext, na(521.3, 100), shop), `
2 budgets are over, and nobody has answered: North America Bandwidth 104% and shop: www 150%.

2 budgets are over, and nobody has answered since Nov 21, 08:00 UTC.
owner: @S0614TZR7
Acknowledge a budget to stop its reminders: '/budget ack na-bandwidth'.

Budget                   Used   Limit  State
--------------------------------------------------
North America Bandwidth  104%  500 TB  Over Budget
shop: www                150%   20 TB  Over Budget

Data to the end of Nov 21
`},
	})
}
