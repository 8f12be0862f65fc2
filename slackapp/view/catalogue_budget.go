package view

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
)

var (
	bandwidth = billing.Measure{Noun: "bandwidth", Bytes: true}
	requests  = billing.Measure{Noun: "requests"}
	finops    = rules.Person{Name: "finops", ID: "S0614TZR7"}
	oncall    = rules.Person{Name: "oncall", ID: "U061F7AUR"}
)

// sampleLine is a budget of terabytes, or of billions of requests, in November.
func sampleLine(rule, title string, measure billing.Measure, used, limit float64, level rules.Level) alerts.BudgetLine {
	exp := int32(9)
	if measure.Bytes {
		exp = 12
	}
	l := alerts.BudgetLine{
		BudgetID: alerts.BudgetID{Rule: rule, Month: november}, Title: title, Level: level, Measure: measure,
		Used: decimal.NewFromFloat(used).Shift(exp), Limit: decimal.NewFromFloat(limit).Shift(exp),
		CountedTo: toNov21, ReadAt: sampleNow, Owners: []rules.Person{finops}, PingAt: 100,
	}
	if level > 0 {
		l.Passed = []rules.Level{level}
	}
	for _, next := range []rules.Level{80, 100, 125} {
		if next > level && l.Next == 0 {
			l.Next = next
		}
	}
	return l
}

func sampleStates() []BudgetState {
	known := func(l alerts.BudgetLine, since time.Time) BudgetState {
		return BudgetState{Line: l, Known: true, Since: since, Channel: "cdn-budget"}
	}
	stale := known(sampleLine("image-optimizer", "Image Optimizer", requests, 1.28, 2, 0), time.Time{})
	stale.Unknown, stale.Stale = "Fastly did not answer", true
	stale.Line.CountedTo = sampleNow.Add(-41 * time.Hour)
	uncounted := known(sampleLine("object-storage", "Object Storage", bandwidth, 0.3, 0.5, 0), time.Time{})
	uncounted.Unknown = "it covers usage in gb and in unit, and a budget needs one unit"
	never := BudgetState{
		Line: sampleLine("kv-store", "KV Store", requests, 0, 3, 0), Unknown: "no row of Fastly matches the rule", Channel: "cdn-budget",
	}
	return []BudgetState{
		known(sampleLine("eu-bandwidth", "Europe Bandwidth", bandwidth, 221.4, 400, 0), time.Time{}),
		known(sampleLine("na-bandwidth", "North America Bandwidth", bandwidth, 402.6, 500, 80), sampleNow.Add(-time.Hour)),
		known(sampleLine("asia-bandwidth", "Asia Bandwidth", bandwidth, 156.2, 150, 100), sampleNow.AddDate(0, 0, -2)),
		stale,
		uncounted,
		never,
		known(sampleLine("compute", "Compute", requests, 1.45, 2, 0), time.Time{}),
		{Line: sampleLine("new-rule", "", requests, 0, 2, 0), Channel: "cdn-budget"},
	}
}

// foreseenStates are the same with how the month is likely to end.
func foreseenStates(states []BudgetState) []BudgetState {
	foresee := func(s BudgetState, low, high float64, likely bool) BudgetState {
		exp := int32(12)
		p := alerts.Prospect{
			Level: 100, Likely: likely, OnCourse: !likely, Low: decimal.NewFromFloat(low).Shift(exp), High: decimal.NewFromFloat(high).Shift(exp),
		}
		p.Expected = p.Low.Add(p.High).Div(decimal.NewFromInt(2))
		if likely && s.Line.Used.LessThan(s.Line.Limit) {
			p.RunsOut = &forecast.RunOut{First: toNov21.AddDate(0, 0, 4), Likely: toNov21.AddDate(0, 0, 4), Last: toNov21.AddDate(0, 0, 6)}
		}
		s.Line.Prospect = &p
		return s
	}
	likely := states[0]
	likely.Line.Rule, likely.Line.Title, likely.Line.Used = "sa-bandwidth", "South America Bandwidth", decimal.New(280, 12)
	return []BudgetState{
		foresee(states[0], 309, 321, false), foresee(states[1], 552, 598, true), foresee(states[2], 214, 232, true), states[3],
		foresee(likely, 398, 433, true),
	}
}

func budgetSamples() []Sample {
	o := Overview{
		Month: november, Now: sampleNow, Lines: sampleStates(), Command: "/budget", Others: 4,
		Checked: sampleNow.Add(-12 * time.Minute), NextCheck: sampleNow.Add(48 * time.Minute),
		Actions: []Action{{Label: "Show All", ID: "budget_all", Value: "all"}},
	}
	troubled := o
	troubled.CheckFailure = "Fastly refused the token"
	troubled.RulesTrouble = "rules.yaml:14:3: `budgt` is not a key; did you mean `budget`?"
	for i := range 7 {
		channel := fmt.Sprintf("shop-%d", i)
		troubled.Routes = append(troubled.Routes, alerts.RouteTrouble{Channel: channel, Reason: "not_in_channel", Waiting: i})
	}
	answered := o
	answered.Lines = []BudgetState{answeredState(o.Lines[1]), answeredState(o.Lines[2]), o.Lines[0]}
	answered.Lines[1].Line.Mute = alerts.Answer{}
	foreseen := o
	foreseen.Lines = foreseenStates(o.Lines)
	many, odd := o, o
	many.Lines, odd.Lines = nil, nil
	for i := range 400 {
		l := sampleLine(fmt.Sprintf("rule-%03d", i), fmt.Sprintf("Budget %03d", i), bandwidth, float64(i), 350, 0)
		many.Lines = append(many.Lines, BudgetState{Line: l, Known: true, Channel: "cdn-budget"})
	}
	manyForeseen := many
	manyForeseen.Lines = append(slices.Clone(foreseen.Lines), many.Lines...)
	line := sampleLine(hostile, hostile, billing.Measure{Noun: hostile}, 1, 0, 0)
	odd.Lines = []BudgetState{{Line: line, Known: true, Unknown: hostile, Channel: hostile}}
	odd.CheckFailure, odd.RulesTrouble = hostile, strings.Repeat(hostile, 100)
	odd.Routes = []alerts.RouteTrouble{{Channel: hostile, Reason: hostile}}
	none, here := Overview{Month: november, Now: sampleNow, Command: "/budget"}, o
	here.Lines, here.Others = nil, 4
	return []Sample{
		{"budgets", Budgets(o)},
		{"budgets-foreseen", Budgets(foreseen)},
		{"budgets-answered", Budgets(answered)},
		{"budgets-troubled", Budgets(troubled)},
		{"budgets-400", Budgets(many)},
		{"budgets-405-foreseen", Budgets(manyForeseen)},
		{"budgets-hostile-names", Budgets(odd)},
		{"budgets-none", Budgets(none)},
		{"budgets-none-here", Budgets(here)},
	}
}

func detailSamples() []Sample {
	states := sampleStates()
	d := Detail{
		State: states[1], Now: sampleNow, Product: "cdn_usage", UsageType: "North America Bandwidth",
		Levels: []LevelState{
			{Level: 80, ReachedAt: sampleNow.Add(-time.Hour), Reason: alerts.ReasonFirstLevel, Channel: "cdn-budget"},
			{Level: 100},
			{Level: 125},
		},
		Silence: alerts.ReasonAlreadySaid, BudgetCommand: "/budget", Checked: sampleNow.Add(-12 * time.Minute), NextCheck: sampleNow.Add(48 * time.Minute),
	}
	over := d
	over.State, over.Product, over.UsageType = states[2], "", ""
	over.Levels = []LevelState{
		{Level: 80, ReachedAt: sampleNow.AddDate(0, 0, -9), Reason: alerts.ReasonNewRule},
		{Level: 100, ReachedAt: sampleNow.AddDate(0, 0, -2), Reason: alerts.ReasonLevelRose, Channel: "shop-cdn", Pending: true},
	}
	over.State.Channel = "shop-cdn"
	over.Route = &alerts.RouteTrouble{Channel: "shop-cdn", Reason: "not_in_channel", Waiting: 2}
	answered := d
	answered.State = answeredState(states[1])
	answered.Silence = alerts.ReasonMuted
	stale, never, odd := d, d, d
	stale.State, stale.Levels, stale.Silence = states[3], nil, alerts.ReasonUnknown
	never.State, never.Levels, never.Silence = states[4], nil, alerts.ReasonUnknown
	odd.State.Line.Title, odd.State.Line.Rule, odd.Product, odd.UsageType = hostile, hostile, hostile, strings.Repeat(hostile, 100)
	odd.State.Channel, odd.State.Line.Owners = hostile, []rules.Person{{Name: hostile, ID: hostile}}
	foreseen := d
	foreseen.State = foreseenStates(states)[1]
	return []Sample{
		{"budget-detail", BudgetDetail(d)},
		{"budget-detail-answered", BudgetDetail(answered)},
		{"budget-detail-over", BudgetDetail(over)},
		{"budget-detail-foreseen", BudgetDetail(foreseen)},
		{"budget-detail-stale", BudgetDetail(stale)},
		{"budget-detail-unknown", BudgetDetail(never)},
		{"budget-detail-hostile-names", BudgetDetail(odd)},
	}
}

// answeredState is the budget with both answers.
func answeredState(s BudgetState) BudgetState {
	s.Line.Ack = sampleAnswer("U0ANNA001", "launch of the video shop", s.Line.Level)
	s.Line.Mute = sampleAnswer("U0BORIS01", "", s.Line.Level)
	return s
}
