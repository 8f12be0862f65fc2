package samples

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func sampleStates() []alerts.BudgetStatus {
	known := func(l alerts.BudgetLine, since time.Time) alerts.BudgetStatus {
		return alerts.BudgetStatus{Line: l, Known: true, Since: since, Channel: "cdn-budget"}
	}
	stale := known(sampledata.Line("image-optimizer", "Image Optimizer", sampledata.Requests, 1.28, 2, 0), time.Time{})
	stale.Unknown, stale.Stale = "Fastly did not answer", true
	stale.Line.CountedTo = sampledata.Now.Add(-41 * time.Hour)
	uncounted := known(sampledata.Line("object-storage", "Object Storage", sampledata.Bandwidth, 0.3, 0.5, 0), time.Time{})
	uncounted.Unknown = "it covers usage in gb and in unit, and a budget needs one unit"
	never := alerts.BudgetStatus{
		Line: sampledata.Line("kv-store", "KV Store", sampledata.Requests, 0, 3, 0), Unknown: "no row of Fastly matches the rule", Channel: "cdn-budget",
	}
	return []alerts.BudgetStatus{
		known(sampledata.Line("eu-bandwidth", "Europe Bandwidth", sampledata.Bandwidth, 221.4, 400, 0), time.Time{}),
		known(sampledata.Line("na-bandwidth", "North America Bandwidth", sampledata.Bandwidth, 402.6, 500, 80), sampledata.Now.Add(-time.Hour)),
		known(sampledata.Line("asia-bandwidth", "Asia Bandwidth", sampledata.Bandwidth, 156.2, 150, 100), sampledata.Now.AddDate(0, 0, -2)),
		stale,
		uncounted,
		never,
		known(sampledata.Line("compute", "Compute", sampledata.Requests, 1.45, 2, 0), time.Time{}),
		{Line: sampledata.Line("new-rule", "", sampledata.Requests, 0, 2, 0), Channel: "cdn-budget"},
	}
}

// forecastStates are the same with how the month is likely to end.
func forecastStates(states []alerts.BudgetStatus) []alerts.BudgetStatus {
	withForecast := func(s alerts.BudgetStatus, low, high float64, likely bool) alerts.BudgetStatus {
		exp := int32(12)
		p := alerts.Forecast{
			Threshold: 100, Likely: likely, OnCourse: !likely, Low: decimal.NewFromFloat(low).Shift(exp), High: decimal.NewFromFloat(high).Shift(exp),
		}
		p.Expected = p.Low.Add(p.High).Div(decimal.NewFromInt(2))
		if likely && s.Line.Used.LessThan(s.Line.Limit) {
			p.RunsOut = &forecast.RunOut{First: sampledata.ToNov21.AddDate(0, 0, 4), Likely: sampledata.ToNov21.AddDate(0, 0, 4), Last: sampledata.ToNov21.AddDate(0, 0, 6)}
		}
		s.Line.Forecast = &p
		return s
	}
	calm := known80(states[1])
	likely := states[0]
	likely.Line.Rule, likely.Line.Title, likely.Line.Used = "sa-bandwidth", "South America Bandwidth", decimal.New(280, 12)
	return []alerts.BudgetStatus{
		withForecast(states[0], 309, 321, false), withForecast(states[1], 552, 598, true), withForecast(states[2], 214, 232, true), states[3],
		withForecast(likely, 398, 433, true), withForecast(calm, 458, 471, false),
	}
}

// known80 is the state as that of another budget that is past 80%, too.
func known80(s alerts.BudgetStatus) alerts.BudgetStatus {
	s.Line.Rule, s.Line.Title = "compute-bandwidth", "Compute Bandwidth"
	return s
}

func budgetSamples() []Sample {
	o := budgetview.Overview{
		Month: sampledata.November, Now: sampledata.Now, Lines: sampleStates(), Command: "/budget", Others: 4,
		Checks:  sampledata.Checks,
		Actions: []blocks.Action{{Label: "Show All", ID: "budget_all", Value: "all"}},
	}
	troubled := o
	troubled.Checks.FailedAt, troubled.Checks.Failure = sampledata.Now, "Fastly refused the token"
	troubled.OldRules = true
	for i := range 7 {
		channel := fmt.Sprintf("shop-%d", i)
		troubled.Routes = append(troubled.Routes, alerts.RouteTrouble{Channel: channel, Reason: "not_in_channel", Waiting: i})
	}
	answered := o
	answered.Lines = []alerts.BudgetStatus{answeredState(o.Lines[1]), answeredState(o.Lines[2]), o.Lines[0]}
	answered.Lines[1].Line.Mute = alerts.Answer{}
	forecast := o
	forecast.Lines = forecastStates(o.Lines)
	many, odd := o, o
	many.Lines, odd.Lines = nil, nil
	for i := range 400 {
		l := sampledata.Line(fmt.Sprintf("rule-%03d", i), fmt.Sprintf("Budget %03d", i), sampledata.Bandwidth, float64(i), 350, 0)
		many.Lines = append(many.Lines, alerts.BudgetStatus{Line: l, Known: true, Channel: "cdn-budget"})
	}
	manyForeseen := many
	manyForeseen.Lines = append(slices.Clone(forecast.Lines[:5]), many.Lines...)
	line := sampledata.Line(sampledata.Hostile, sampledata.Hostile, billing.Measure{Noun: sampledata.Hostile}, 1, 0, 0)
	odd.Lines = []alerts.BudgetStatus{{Line: line, Known: true, Unknown: sampledata.Hostile, Channel: sampledata.Hostile}}
	odd.Checks.FailedAt, odd.Checks.Failure, odd.OldRules = sampledata.Now, sampledata.Hostile, true
	odd.Routes = []alerts.RouteTrouble{{Channel: sampledata.Hostile, Reason: "not_in_channel"}}
	second := many
	second.Page, second.Others = 2, 0
	second.Actions = []blocks.Action{{Label: "Previous", ID: "budget_all:previous", Value: "all page 1"}, {Label: "Next", ID: "budget_all:next", Value: "all page 3"}}
	only := forecast
	only.Lines, only.Only, only.Others = []alerts.BudgetStatus{forecast.Lines[1], forecast.Lines[4]}, []string{"likely over", "in this channel"}, 0
	nothing := only
	nothing.Lines, nothing.Of, nothing.Only, nothing.Hidden = nil, forecast.Lines[:1], []string{"over", "owned by you"}, true
	none := budgetview.Overview{Month: sampledata.November, Now: sampledata.Now, Command: "/budget"}
	return []Sample{
		{"budgets", budgetview.Budgets(o)},
		{"budgets-foreseen", budgetview.Budgets(forecast)},
		{"budgets-answered", budgetview.Budgets(answered)},
		{"budgets-troubled", budgetview.Budgets(troubled)},
		{"budgets-400", budgetview.Budgets(many)},
		{"budgets-405-foreseen", budgetview.Budgets(manyForeseen)},
		{"budgets-hostile-names", budgetview.Budgets(odd)},
		{"budgets-400-page-2", budgetview.Budgets(second)},
		{"budgets-only", budgetview.Budgets(only)},
		{"budgets-only-none", budgetview.Budgets(nothing)},
		{"budgets-none", budgetview.Budgets(none)},
	}
}

// endedSamples are of October: all recorded, with a changed limit and without a record, not final yet, many, and hostile.
func endedSamples() []Sample {
	states := sampleStates()
	ended := func(s alerts.BudgetStatus, days ...int) alerts.BudgetStatus {
		s.Line.Month, s.Line.CountedTo, s.Unknown, s.Stale, s.Line.Forecast = sampledata.November.Add(-1), sampledata.November.Start(), "", false, nil
		s.Ending = &alerts.Ending{Recorded: true, Final: true, Thresholds: []rules.Threshold{80, 100, 125}, LimitNow: s.Line.Limit}
		for i, day := range days {
			at := time.Date(2026, 10, day, 9, 0, 0, 0, time.UTC)
			s.Ending.Reached = append(s.Ending.Reached, alerts.Alert{Threshold: s.Ending.Thresholds[i], At: at, Reason: alerts.ReasonThresholdRose})
		}
		return s
	}
	e := budgetview.Ended{Gone: 1, Overview: budgetview.Overview{
		Month: sampledata.November.Add(-1), Now: sampledata.Now, Command: "/budget",
		Lines: []alerts.BudgetStatus{ended(states[0]), ended(states[1], 27), ended(states[2], 19, 26), ended(states[6])},
	}}
	since, open, many, odd, only := e, e, e, e, e
	since.Lines = slices.Clone(e.Lines)
	since.Lines[0].Ending, since.Lines[1].Ending, since.Lines[3].Ending = new(*since.Lines[0].Ending), new(*since.Lines[1].Ending), new(*since.Lines[3].Ending)
	since.Lines[0].Ending.Recorded, since.Lines[3].Ending.Recorded, since.Lines[1].Ending.LimitNow = false, false, decimal.New(600, 12)
	since.Lines[2].Unknown = "Fastly did not answer"
	open.Now = sampledata.November.Start().Add(8 * time.Hour)
	open.Lines = []alerts.BudgetStatus{ended(states[1], 27)}
	open.Lines[0].Ending.Final, open.Lines[0].Line.CountedTo = false, sampledata.November.Start().Add(-24*time.Hour)
	many.Lines, many.Page, many.Gone = nil, 2, 0
	for i := range 400 {
		l := sampledata.Line(fmt.Sprintf("rule-%03d", i), fmt.Sprintf("Budget %03d", i), sampledata.Bandwidth, float64(i), 350, 0)
		many.Lines = append(many.Lines, ended(alerts.BudgetStatus{Line: l, Known: true}))
	}
	line := sampledata.Line(sampledata.Hostile, sampledata.Hostile, billing.Measure{Noun: sampledata.Hostile}, 1, 0, 0)
	odd.Lines = []alerts.BudgetStatus{ended(alerts.BudgetStatus{Line: line, Known: true})}
	odd.Lines[0].Unknown, odd.Lines[0].Ending.Recorded = sampledata.Hostile, false
	only.Lines, only.Of, only.Only, only.Hidden = nil, e.Lines, []string{"no data", "owned by you"}, true
	return []Sample{
		{"budgets-ended", budgetview.EndedBudgets(e)},
		{"budgets-ended-changed-since", budgetview.EndedBudgets(since)},
		{"budgets-ended-not-final", budgetview.EndedBudgets(open)},
		{"budgets-ended-400-page-2", budgetview.EndedBudgets(many)},
		{"budgets-ended-hostile-names", budgetview.EndedBudgets(odd)},
		{"budgets-ended-none", budgetview.EndedBudgets(only)},
	}
}

func detailSamples() []Sample {
	states := sampleStates()
	d := budgetview.Detail{
		Rule:  rules.Rule{Match: rules.Match{Product: "cdn_usage", UsageType: "North America Bandwidth"}, Thresholds: []rules.Threshold{80, 100, 125}},
		State: states[1], Now: sampledata.Now,
		Reached: []alerts.Alert{
			{Threshold: 80, At: sampledata.Now.Add(-time.Hour), Reason: alerts.ReasonFirstThreshold, Channel: "cdn-budget", DeliveryID: "d1", Posted: true},
		},
		BudgetCommand: "/budget", Checks: sampledata.Checks,
	}
	over := d
	over.State, over.Rule = states[2], rules.Rule{Thresholds: []rules.Threshold{80, 100}}
	over.Reached = []alerts.Alert{
		{Threshold: 80, At: sampledata.Now.AddDate(0, 0, -9), Reason: alerts.ReasonNewRule},
		{Threshold: 100, At: sampledata.Now.AddDate(0, 0, -2), Reason: alerts.ReasonThresholdRose, Channel: "shop-cdn", DeliveryID: "d2"},
	}
	over.State.Channel = "shop-cdn"
	over.Route = &alerts.RouteTrouble{Channel: "shop-cdn", Reason: "not_in_channel", Waiting: 2}
	answered := d
	answered.State = answeredState(states[1])
	stale, never, odd := d, d, d
	stale.State, stale.Rule.Thresholds = states[3], nil
	never.State, never.Rule.Thresholds = states[4], nil
	odd.State.Line.Title, odd.State.Line.Rule = sampledata.Hostile, sampledata.Hostile
	odd.Rule.Match = rules.Match{Product: sampledata.Hostile, UsageType: strings.Repeat(sampledata.Hostile, 100)}
	odd.State.Channel, odd.State.Line.Owners = sampledata.Hostile, []rules.Person{{Name: sampledata.Hostile, ID: sampledata.Hostile}}
	forecast := d
	forecast.State = forecastStates(states)[1]
	return []Sample{
		{"budget-detail", budgetview.BudgetDetail(d)},
		{"budget-detail-answered", budgetview.BudgetDetail(answered)},
		{"budget-detail-over", budgetview.BudgetDetail(over)},
		{"budget-detail-foreseen", budgetview.BudgetDetail(forecast)},
		{"budget-detail-stale", budgetview.BudgetDetail(stale)},
		{"budget-detail-unknown", budgetview.BudgetDetail(never)},
		{"budget-detail-hostile-names", budgetview.BudgetDetail(odd)},
	}
}

func settingSamples() []Sample {
	terabytes := func(n int64) billing.Amount { return billing.Amount{Value: decimal.New(n, 12), Kind: billing.Bytes} }
	rule := &rules.Rule{Name: "na-bandwidth", Kind: rules.RuleBudget, Budget: terabytes(500), Line: 25}
	wanted := billing.Step{Amount: terabytes(600)}
	tenth := billing.Step{Way: billing.WayUp, Percent: decimal.NewNullDecimal(decimal.NewFromInt(10))}
	s := budgetview.Setting{Rule: rule, Month: sampledata.November, Wanted: &wanted, RulesURL: sampleRulesURL, Command: "/budget"}
	bare, fresh, odd, raised := s, s, s, s
	raised.Wanted = &tenth
	bare.Wanted, bare.RulesURL = nil, ""
	fresh.Rule = nil
	odd.Rule = &rules.Rule{
		Name: "shop", Kind: rules.RuleBudget, Budget: terabytes(20), Per: rules.PerService, Except: map[string]billing.Amount{"shop images": terabytes(60)}, Line: 31,
	}
	odd.Instance, odd.Wanted, odd.Fault = rules.Instance{Name: "www-shop"}, nil, "\"0,6 PB\" has a comma for a decimal point; write 0.6 PB"
	return []Sample{
		{"budget-set", s.Message()},
		{"budget-set-by-a-tenth", raised.Message()},
		{"budget-set-without-amount", bare.Message()},
		{"budget-set-new", fresh.Message()},
		{"budget-set-one-service", odd.Message()},
	}
}

// answeredState is the budget with both answers.
func answeredState(s alerts.BudgetStatus) alerts.BudgetStatus {
	s.Line.Ack = sampledata.Answer("U0ANNA001", "launch of the video shop", s.Line.Threshold)
	s.Line.Mute = sampledata.Answer("U0BORIS01", "", s.Line.Threshold)
	return s
}
