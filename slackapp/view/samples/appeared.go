package samples

import (
	"fmt"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/budget"
	"budgetbot/slackapp/view/sampledata"
)

func item(subject rules.Subject, product, name string, perMille int64) alerts.Item {
	return alerts.Item{Subject: subject, Product: product, Name: name, Share: decimal.New(perMille, -3)}
}

func itemDelivery(why alerts.Reason, items ...alerts.Item) alerts.Delivery {
	kind := alerts.DeliverParent
	if why == alerts.ReasonBack {
		kind = alerts.DeliverUpdate
	}
	return alerts.Delivery{
		Kind: kind, BudgetID: alerts.BudgetID{Rule: "new-on-the-bill", Month: sampledata.November},
		Message: alerts.Message{Reason: why, Report: alerts.Report{Items: items, ReportContext: &alerts.ReportContext{
			AtLeast: 1, Owners: []rules.Person{sampledata.FinOps}, CountedTo: sampledata.ToNov21, ReadAt: sampledata.Now,
		}}},
	}
}

func itemSamples() []Sample {
	product := item(rules.SubjectProduct, "compute_requests", "compute_requests", 1000)
	asia := item(rules.SubjectUsageType, "cdn_usage", "Asia Bandwidth", 32)
	tiny := item(rules.SubjectUsageType, "cdn_usage", "India Bandwidth", 0)
	tiny.Share = decimal.New(1, -6)
	odd := item(rules.SubjectUsageType, sampledata.Hostile, sampledata.Hostile, 32)
	back := asia
	back.Back = true
	var many []alerts.Item
	for i := range 60 {
		many = append(many, item(rules.SubjectUsageType, "cdn_usage", fmt.Sprintf("Region %d Bandwidth", i), int64(60-i)))
	}
	sample := func(name string, why alerts.Reason, items ...alerts.Item) Sample {
		return Sample{name, view.Alert(itemDelivery(why, items...), sampleAlert)}
	}
	watch := func(kind rules.RuleKind, search *alerts.Search, items ...alerts.Item) budgetview.Watch {
		rule := rules.Rule{
			Name: string(kind) + "-things", Title: string(kind) + "-things", Kind: kind, Channel: "cdn-budget", Owners: []rules.Person{{Name: "finops", ID: "S0614TZR7"}},
		}
		return budgetview.Watch{Rule: rule, Search: search, Items: items}
	}
	o := budgetview.Overview{Month: sampledata.November, Now: sampledata.Now, Command: "/budget", Watches: []budgetview.Watch{
		watch(rules.RuleNew, &alerts.Search{}, product, asia), watch(rules.RuleVanished, &alerts.Search{}, back),
		watch(rules.RuleNew, &alerts.Search{}), watch(rules.RuleVanished, &alerts.Search{}), watch(rules.RuleNew, nil),
		watch(rules.RuleVanished, &alerts.Search{Unknown: "too early to tell: I look for it after 3 complete days"}),
	}}
	return []Sample{
		sample("new-one", alerts.ReasonNew, asia),
		sample("new-several", alerts.ReasonNew, product, asia, tiny),
		sample("new-60", alerts.ReasonNew, many...),
		sample("new-hostile-names", alerts.ReasonNew, odd),
		sample("vanished", alerts.ReasonVanished, asia),
		sample("vanished-back", alerts.ReasonBack, product, back),
		{"budgets-things", budgetview.Budgets(o)},
		{"watch-things-detail", watchDetail(o.Watches[0], alerts.CheckStatus{})},
	}
}
