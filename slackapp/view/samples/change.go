package samples

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func billions(n float64) decimal.Decimal { return decimal.NewFromFloat(n).Shift(9) }

// sampleGrowth is of requests that rose by 38% in November.
func sampleGrowth() alerts.Growth {
	return alerts.Growth{
		Title: "Requests", Measure: sampledata.Requests, Versus: report.Comparison{Month: sampledata.November, Against: sampledata.November.Add(-1), Days: 21},
		PerDay: billions(4.41), Before: billions(3.2), Ratio: decimal.New(378, -3), Extra: billions(25.4),
		Drivers: []alerts.Part{
			{Name: "Asia Requests", Used: billions(14.2)}, {Name: "Europe Requests", Used: billions(9.1)}, {Name: "India Requests", Used: billions(3)},
		},
		Others: 4, OthersExtra: billions(-0.9), Over: 30, AtLeast: billions(2), CountedTo: sampledata.ToNov21, ReadAt: sampledata.Now,
		Owners: []rules.Person{sampledata.FinOps},
	}
}

func growthSample(name string, kind alerts.DeliveryKind, why alerts.Reason, g alerts.Growth) Sample {
	d := alerts.Delivery{
		Kind: kind, BudgetID: alerts.BudgetID{Rule: "requests-jump", Month: sampledata.November},
		Message: alerts.Message{Reason: why, Report: alerts.Report{Growth: &g}},
	}
	return Sample{name, view.Alert(d, sampleAlert)}
}

func changeSamples() []Sample {
	up, calm, closed, odd := sampleGrowth(), sampleGrowth(), sampleGrowth(), sampleGrowth()
	calm.Ratio, calm.PerDay, calm.Extra, calm.Drivers, calm.Others = decimal.New(12, -2), billions(3.58), billions(8.1), nil, 0
	closed.Closed, closed.Versus.Days, closed.Drivers, closed.CountedTo = true, 0, nil, sampledata.November.End()
	odd.Title, odd.Drivers, odd.Owners = sampledata.Hostile, []alerts.Part{{Name: sampledata.Hostile, Used: billions(1)}}, []rules.Person{{Name: sampledata.Hostile, ID: "<!here>"}}
	odd.Measure = billing.Measure{Noun: sampledata.Hostile}
	return append([]Sample{
		growthSample("change-parent", alerts.DeliverParent, alerts.ReasonGrew, up),
		growthSample("change-update", alerts.DeliverUpdate, alerts.ReasonUpdate, up),
		growthSample("change-back-on-course", alerts.DeliverUpdate, alerts.ReasonCalm, calm),
		growthSample("change-ended", alerts.DeliverUpdate, alerts.ReasonEnded, closed),
		growthSample("change-withdrawn", alerts.DeliverUpdate, alerts.ReasonWithdrawn, up),
		growthSample("change-hostile-names", alerts.DeliverParent, alerts.ReasonGrew, odd),
	}, watchSamples()...)
}

func watchSamples() []Sample {
	up, calm, gap, young := sampleGrowth(), sampleGrowth(), alerts.Growth{}, alerts.Growth{Unknown: "too early to tell: I compare after 3 complete days"}
	calm.Ratio, calm.Drivers = decimal.New(12, -2), nil
	gap.Versus = report.Comparison{
		Month: sampledata.November, Against: sampledata.November.Add(-1), Days: 21, Unknown: true, Why: report.GapNoRecord,
		WatchingSince: time.Date(2026, 10, 30, 4, 0, 0, 0, time.UTC),
	}
	of := func(rule, title string, g *alerts.Growth, state alerts.IncidentState) budgetview.Watch {
		return budgetview.Watch{
			Rule:   rules.Rule{Name: rule, Title: title, Kind: rules.RuleChange, Channel: "cdn-budget", Match: rules.Match{Product: "cdn_usage", UsageType: "* Requests"}},
			Growth: g, State: state, Since: sampledata.Now.AddDate(0, 0, -3),
		}
	}
	watches := []budgetview.Watch{
		of("requests-jump", "Requests", &calm, alerts.IncidentQuiet), of("bandwidth-jump", "Bandwidth", &up, alerts.IncidentOpen),
		of("image-jump", "image-jump", &gap, alerts.IncidentQuiet), of("new-jump", "new-jump", nil, ""),
		of("young-jump", "young-jump", &young, alerts.IncidentQuiet), of("calm-jump", "calm-jump", &calm, alerts.IncidentOver),
		of("once-jump", "once-jump", &up, alerts.IncidentWatched), of(sampledata.Hostile, sampledata.Hostile, &up, alerts.IncidentOpen),
	}
	o := budgetview.Overview{
		Month: sampledata.November, Now: sampledata.Now, Lines: sampleStates(), Watches: watches, Command: "/budget",
		Checks: sampledata.Checks,
	}
	only := o
	only.Lines = nil
	detail := func(w budgetview.Watch) blocks.Message {
		return watchDetail(w, o.Checks)
	}
	return []Sample{
		{"budgets-with-changes", budgetview.Budgets(o)},
		{"budgets-changes-only", budgetview.Budgets(only)},
		{"watch-detail", detail(watches[1])},
		{"watch-detail-unknown", detail(watches[2])},
		{"watch-detail-unchecked", detail(watches[3])},
		{"watch-detail-hostile", detail(watches[7])},
	}
}

func watchDetail(w budgetview.Watch, checks alerts.CheckStatus) blocks.Message {
	d := budgetview.Detail{Rule: w.Rule, Now: sampledata.Now, Checks: checks}
	d.State.Line.BudgetID = alerts.BudgetID{Rule: w.Rule.Name, Month: sampledata.November}
	return budgetview.WatchOf(d, w)
}
