package samples

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/alerts/status"
	"budgetbot/billing"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

// billAsOf is up to when the samples' bill counts.
var billAsOf = sampledata.Now.Add(-4*time.Hour - 42*time.Minute)

// sampleRulesURL is where the samples' rules file is.
const sampleRulesURL = "https://git.example.com/cdn/budgets/blob/main/rules.yaml?a=1&b=2"

// sampleCost is a budget of money.
func sampleCost(rule, title, used, limit string, threshold rules.Threshold) alerts.BudgetLine {
	l := sampledata.Line(rule, title, sampledata.Bandwidth, 0, 0, threshold)
	l.Measure, l.CountedTo = billing.Cost("USD"), billAsOf
	l.Used, l.Limit = decimal.RequireFromString(used), decimal.RequireFromString(limit)
	return l
}

// sampleInstance is the budget of one service of a rule that has one for each.
func sampleInstance(instance string, used, limit float64, threshold rules.Threshold) alerts.BudgetStatus {
	l := sampledata.Line("shop-services", "shop-services", sampledata.Bandwidth, used, limit, threshold)
	l.Instance = instance
	s := alerts.BudgetStatus{Line: l, Known: true, Channel: "shop-cdn"}
	if threshold > 0 {
		s.Since = sampledata.Now.AddDate(0, 0, -2)
	}
	return s
}

// sampleInstances are 42 services, one past a threshold and one unknown.
func sampleInstances() []alerts.BudgetStatus {
	gone := sampleInstance("shop-old", 9, 20, 0)
	gone.Unknown = "Fastly no longer lists usage of it"
	instances := []alerts.BudgetStatus{gone, sampleInstance("www-shop", 18.2, 20, 80), sampleInstance("shop-images", 31, 60, 0)}
	for i := range 39 {
		instances = append(instances, sampleInstance(fmt.Sprintf("shop-%02d", i), float64(i)/10, 20, 0))
	}
	return instances
}

func groupSamples() []Sample {
	twenty := decimal.New(20, 12)
	group := status.Group(sampleInstances(), twenty, sampledata.Now)
	calm := status.Group(sampleInstances()[3:], twenty, sampledata.Now)
	calm.Line.Rule, calm.Line.Title = "media-services", ""
	bill := sampleCost("monthly-bill", "Fastly's Bill", "55908.43", "84000", 0)
	team := sampleCost("team-cost", "team-cost", "5146.58", "6000", 80)
	team.Instance, team.Estimate = "shop", true
	parts := alerts.BudgetStatus{Line: team, Known: true, Since: sampledata.Now.AddDate(0, 0, -1)}
	over := sampleCost("monthly-bill", "Fastly's Bill", "86120.5", "84000", 100)
	eighty := sampleCost("monthly-bill", "Fastly's Bill", "67204.19", "84000", 80)
	o := budgetview.Overview{
		Month: sampledata.November, Now: sampledata.Now, Command: "/budget", Checks: sampledata.Checks,
		Lines: []alerts.BudgetStatus{
			sampleStates()[0], group, calm,
			{Line: bill, Known: true, Channel: "finops-private"},
			status.Group([]alerts.BudgetStatus{parts}, decimal.New(6000, 0), sampledata.Now),
		},
	}
	d := budgetview.Detail{
		Rule:  rules.Rule{Per: rules.PerService, Match: rules.Match{Product: "cdn_usage", UsageType: "* Bandwidth", Service: "shop-*"}},
		State: group, Now: sampledata.Now, RulesURL: sampleRulesURL, Checks: o.Checks,
	}
	teams := d
	teams.State = status.Group([]alerts.BudgetStatus{parts}, decimal.New(6000, 0), sampledata.Now)
	teams.Rule = rules.Rule{Per: rules.PerTeam, Charges: rules.ChargesUsage, Teams: []rules.Team{{Name: "shop", Channel: "shop"}, {Name: "media", Channel: "media"}}}
	ofBill := budgetview.Detail{
		State: alerts.BudgetStatus{Line: bill, Known: true, Channel: "finops-private"}, Now: sampledata.Now, Rule: rules.Rule{Charges: rules.ChargesAll, Thresholds: []rules.Threshold{80, 100}},
		Checks: o.Checks,
	}
	odd := d
	odd.State = status.Group([]alerts.BudgetStatus{sampleInstance(sampledata.Hostile, 30, 20, 125), sampleInstance(sampledata.Hostile+"2", 1, 20, 0)}, twenty, sampledata.Now)
	odd.State.Line.Rule, odd.State.Line.Title = sampledata.Hostile, sampledata.Hostile
	unknown := budgetview.Overview{Month: sampledata.November, Now: sampledata.Now, Command: "/budget", Lines: []alerts.BudgetStatus{
		{Line: sampleCost("monthly-bill", "Fastly's Bill", "0", "84000", 0), Unknown: "the bill is in EUR, and the budget in USD"}, odd.State,
	}}
	return []Sample{
		digestSample("digest-of-services-and-money", alerts.Bulletin{
			Digest: "monday", Month: sampledata.November, MadeAt: sampledata.Now, Budgets: o.Lines, Checked: o.Checks.SucceededAt,
		}),
		{"budgets-of-services-and-money", budgetview.Budgets(o)},
		{"budgets-of-services-odd", budgetview.Budgets(unknown)},
		{"budget-detail-services", budgetview.BudgetDetail(d)},
		{"budget-detail-teams", budgetview.BudgetDetail(teams)},
		{"budget-detail-services-hostile-names", budgetview.BudgetDetail(odd)},
		{"budget-detail-bill", budgetview.BudgetDetail(ofBill)},
		alertSample("alert-parent-service", alerts.DeliverParent, alerts.ReasonFirstThreshold, sampleInstances()[1].Line),
		alertSample("alert-parent-bill", alerts.DeliverParent, alerts.ReasonFirstThreshold, eighty),
		alertSample("alert-broadcast-bill-over", alerts.DeliverBroadcast, alerts.ReasonThresholdRose, over),
		alertSample("alert-parent-estimate", alerts.DeliverParent, alerts.ReasonFirstThreshold, team),
	}
}
