package samples

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/phrase"
	"budgetbot/slackapp/view/sampledata"
)

var sampleAlert = phrase.AlertContext{Now: sampledata.Now, BudgetCommand: "/budget", Buttons: true}

func alertSample(name string, kind alerts.DeliveryKind, reason alerts.Reason, lines ...alerts.BudgetLine) Sample {
	d := alerts.Delivery{
		ID: "d1", Kind: kind, Channel: "cdn-budget", CreatedAt: sampledata.Now, Message: alerts.Message{Reason: reason, Budgets: lines},
	}
	return Sample{name, view.Alert(d, sampleAlert)}
}

func alertSamples() []Sample {
	first := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 402.6, 500, 80)
	all := sampledata.Line("all-bandwidth", "CDN Bandwidth", sampledata.Bandwidth, 812.4, 1000, 80)
	all.Largest = []alerts.Part{
		{Name: "North America Bandwidth", Used: decimal.New(4026, 11)}, {Name: "Europe Bandwidth", Used: decimal.New(2214, 11)},
	}
	over := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 521.3, 500, 100)
	over.Owners = []rules.Person{sampledata.FinOps, sampledata.OnCall}
	risen := sampledata.Line("asia-bandwidth", "Asia Bandwidth", sampledata.Bandwidth, 160, 150, 100)
	risen.Owners = []rules.Person{sampledata.OnCall}
	jumped := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 640, 500, 125)
	jumped.Passed, jumped.Next = []rules.Threshold{80, 100, 125}, 0
	fallen := sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 388.1, 500, 0)
	done := sampledata.Line("compute", "Compute", sampledata.Requests, 2.41, 2, 100)
	done.CountedTo = sampledata.November.End()
	undated := first
	undated.CountedTo = time.Time{}
	odd := sampledata.Line(sampledata.Hostile, sampledata.Hostile, billing.Measure{Noun: sampledata.Hostile}, 3, 2, 125)
	odd.Instance, odd.Owners = sampledata.Hostile, []rules.Person{{Name: sampledata.Hostile, ID: "<!channel>"}, {Name: "ok", ID: "U1\n<!here>"}}
	odd.Largest = []alerts.Part{{Name: sampledata.Hostile, Used: odd.Used}}
	return append(forecastSamples(first, all, fallen), append([]Sample{
		alertSample("alert-parent", alerts.DeliverParent, alerts.ReasonFirstThreshold, first),
		alertSample("alert-parent-parts", alerts.DeliverParent, alerts.ReasonFirstThreshold, all),
		alertSample("alert-parent-jumped", alerts.DeliverParent, alerts.ReasonFirstThreshold, jumped),
		alertSample("alert-parent-undated", alerts.DeliverParent, alerts.ReasonFirstThreshold, undated),
		alertSample("alert-broadcast-over", alerts.DeliverBroadcast, alerts.ReasonThresholdRose, over),
		alertSample("alert-update", alerts.DeliverUpdate, alerts.ReasonUpdate, over),
		alertSample("alert-update-restated", alerts.DeliverUpdate, alerts.ReasonRestated, fallen),
		alertSample("alert-update-wavers", alerts.DeliverUpdate, alerts.ReasonWavers, over),
		alertSample("alert-update-month-over", alerts.DeliverUpdate, alerts.ReasonUpdate, done),
		alertSample("alert-update-closed", alerts.DeliverUpdate, alerts.ReasonClosed, closed(done, 2.41)),
		alertSample("alert-reply-restated", alerts.DeliverReply, alerts.ReasonReopened, closed(done, 2.35)),
		escalationSample("alert-reply-unanswered", alerts.DeliverReply, over),
		escalationSample("alert-call-unanswered", alerts.DeliverEscalation, over),
		escalationSample("alert-call-unanswered-several", alerts.DeliverEscalation, over, risen),
		alertSample("alert-update-unwatched", alerts.DeliverUpdate, alerts.ReasonUnwatched, first),
		alertSample("alert-parent-hostile-names", alerts.DeliverParent, alerts.ReasonFirstThreshold, odd),
		alertSample("alert-list-one", alerts.DeliverList, alerts.ReasonFirstThreshold, first),
	}, gatheredSamples(over, first, done)...)...)
}

// terabytes are so many.
func terabytes(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(12) }

// withSale is a budget whose forecast includes a sale.
func withSale(l alerts.BudgetLine) alerts.BudgetLine {
	sale := *l.Forecast
	day := sampledata.November.Start()
	sale.Planned = []billing.Event{{Days: billing.Days{First: day.AddDate(0, 0, 26), Last: day.AddDate(0, 0, 29)}, Percent: 40, Name: "Black Friday"}}
	l.Forecast = &sale
	return l
}

// forecastSamples are messages that say how the month is likely to end and what grew.
func forecastSamples(first, all, fallen alerts.BudgetLine) []Sample {
	october := sampledata.November.Add(-1)
	nov := func(day int) time.Time { return sampledata.November.Start().AddDate(0, 0, day-1) }
	likely := alerts.Forecast{
		Threshold: 100, Likely: true, Low: terabytes(552), Expected: terabytes(575), High: terabytes(598),
		RunsOut: &forecast.RunOut{First: nov(26), Likely: nov(26), Last: nov(27)},
	}
	calm := alerts.Forecast{Threshold: 100, OnCourse: true, Low: terabytes(458), Expected: terabytes(465), High: terabytes(471)}
	open := alerts.Forecast{Threshold: 100, Low: terabytes(470), Expected: terabytes(502), High: terabytes(534), RunsOut: &forecast.RunOut{
		First: nov(27), Likely: nov(30), Last: nov(30),
	}}
	grown := alerts.Drivers{
		Month: october, Days: 21, Before: terabytes(331.2), Change: terabytes(71.4),
		Parts:  []alerts.Part{{Name: "media-assets-prod", Used: terabytes(38.9)}, {Name: "www-shop", Used: terabytes(14.2)}, {Name: "api-gateway", Used: terabytes(6.1)}},
		Others: 397, OthersChange: terabytes(12.2),
	}
	over, course, either, early, back, ahead, noHistory := first, first, first, first, fallen, fallen, all
	over.Forecast, over.Drivers = &likely, &grown
	over.Above = &alerts.Above{Amount: decimal.RequireFromString("6874.40"), Currency: "USD", Rates: october, Excess: terabytes(75), Types: 1}
	services := over
	average := grown
	average.Days, average.OthersChange, average.Unexplained = 0, terabytes(7.9), terabytes(4.3)
	services.Drivers = &average
	course.Forecast, course.Used = &calm, terabytes(402.6)
	less := alerts.Drivers{Month: october, Days: 21, Before: terabytes(410), Change: terabytes(-7.4)}
	course.Drivers = &less
	either.Forecast = &open
	early.Forecast = &alerts.Forecast{Threshold: 100, Unknown: "too early"}
	back.Forecast = &calm
	ahead.Used, ahead.Forecast = terabytes(310), &likely
	planned := withSale(ahead)
	noHistory.NoHistory = true
	alone := first
	alone.NoHistory = true
	noHistory.Narrower = []alerts.NarrowerLine{{Title: "North America Bandwidth", Used: terabytes(402.6), Limit: terabytes(500)}}
	why := budgetview.Why{
		Line: over, RulesURL: sampleRulesURL, RuleLine: 41, Now: sampledata.Now,
		Last: alerts.Alert{Kind: alerts.KindBudget, Threshold: 80, Reason: alerts.ReasonFirstThreshold, Used: terabytes(402.6), Limit: terabytes(500), At: sampledata.Now},
	}
	whyLikely, whyBack := why, why
	whyLikely.Last.Kind, whyLikely.Last.Threshold, whyLikely.Last.Reason, whyLikely.RulesURL = alerts.KindForecast, 100, alerts.ReasonLikelyOver, ""
	whyBack.Last = alerts.Alert{}
	return []Sample{
		alertSample("alert-parent-likely", alerts.DeliverParent, alerts.ReasonFirstThreshold, over),
		alertSample("alert-parent-likely-services", alerts.DeliverParent, alerts.ReasonFirstThreshold, services),
		alertSample("alert-parent-on-course", alerts.DeliverParent, alerts.ReasonFirstThreshold, course),
		alertSample("alert-parent-either-way", alerts.DeliverParent, alerts.ReasonFirstThreshold, either),
		alertSample("alert-parent-too-early", alerts.DeliverParent, alerts.ReasonFirstThreshold, early),
		alertSample("alert-parent-first-month", alerts.DeliverParent, alerts.ReasonFirstThreshold, noHistory),
		alertSample("alert-parent-first-month-one-type", alerts.DeliverParent, alerts.ReasonFirstThreshold, alone),
		alertSample("alert-parent-forecast", alerts.DeliverParent, alerts.ReasonLikelyOver, ahead),
		alertSample("alert-parent-forecast-planned", alerts.DeliverParent, alerts.ReasonLikelyOver, planned),
		alertSample("alert-list-planned", alerts.DeliverList, alerts.ReasonFirstThreshold, over, planned),
		alertSample("alert-update-back-on-course", alerts.DeliverUpdate, alerts.ReasonBackOn, back),
		alertSample("alert-list-likely", alerts.DeliverList, alerts.ReasonFirstThreshold, over, ahead),
		{"why", budgetview.WhyMessage(why)},
		{"why-forecast", budgetview.WhyMessage(whyLikely)},
		{"why-nothing-left", budgetview.WhyMessage(whyBack)},
	}
}

func escalationSample(name string, kind alerts.DeliveryKind, l ...alerts.BudgetLine) Sample {
	m := alerts.Message{Reason: alerts.ReasonUnanswered, Budgets: l, Since: sampledata.Now.Add(-26 * time.Hour)}
	return Sample{name, view.Alert(alerts.Delivery{Kind: kind, Message: m}, sampleAlert)}
}

// closed is the budget in a month that was closed with so many of billions.
func closed(l alerts.BudgetLine, final float64) alerts.BudgetLine {
	l.Final = decimal.NewNullDecimal(decimal.NewFromFloat(final).Shift(9))
	return l
}

// gatheredSamples are the messages about several budgets.
func gatheredSamples(lines ...alerts.BudgetLine) []Sample {
	var many []alerts.BudgetLine
	for i := range 400 {
		many = append(many, sampledata.Line(fmt.Sprintf("rule-%03d", i), fmt.Sprintf("Budget %03d", i), sampledata.Bandwidth, float64(700-i), 300, 100))
	}
	start := alerts.Message{
		Reason: alerts.ReasonFirstStart, Rules: 8, Channels: 4, Budgets: lines[:2],
		Route: &alerts.RouteTrouble{Channel: "shop-cdn", Reason: "not_in_channel"},
	}
	quiet := alerts.Message{Reason: alerts.ReasonFirstStart, Rules: 1, Channels: 1}
	rough := alerts.Message{Reason: alerts.ReasonFirstStart, Rules: 8, Channels: 4, Rough: 3, RoughUntil: sampledata.Now.AddDate(0, 0, 28), Budgets: lines[:1]}
	return []Sample{
		alertSample("alert-list", alerts.DeliverList, alerts.ReasonFirstThreshold, lines...),
		alertSample("alert-list-month-over", alerts.DeliverList, alerts.ReasonFirstThreshold, inOctober(lines)...),
		alertSample("alert-list-400", alerts.DeliverList, alerts.ReasonFirstThreshold, many...),
		{"alert-start", view.Alert(alerts.Delivery{Kind: alerts.DeliverStart, Message: start}, sampleAlert)},
		{"alert-start-many", view.Alert(alerts.Delivery{Kind: alerts.DeliverStart, Message: alerts.Message{
			Reason: alerts.ReasonFirstStart, Rules: 42, Channels: 1, Budgets: many[:24],
		}}, sampleAlert)},
		{"alert-start-rough", view.Alert(alerts.Delivery{Kind: alerts.DeliverStart, Message: rough}, sampleAlert)},
		{"alert-start-quiet", view.Alert(alerts.Delivery{Kind: alerts.DeliverStart, Message: quiet}, sampleAlert)},
		alertSample("alert-start-new-rules", alerts.DeliverStart, alerts.ReasonRulesNew, lines...),
	}
}

// inOctober are lines of the month before, as its last day is counted.
func inOctober(lines []alerts.BudgetLine) []alerts.BudgetLine {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i].Month = sampledata.November.Add(-1)
		lines[i].CountedTo = lines[i].Month.End()
	}
	return lines
}
