package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
)

// Sample is one message made of invented data.
type Sample struct {
	Name    string // a file name without its ending: lower case, words with hyphens between them
	Message Message
}

// Catalogue returns every message that the product can show, made of invented data: the common ones, and those of accounts
// that are empty, huge or hostile. It is what people look at when they change words, and what the tests sweep.
func Catalogue() []Sample {
	return slices.Concat(usageSamples(), costSamples(), wordSamples(), budgetSamples(), detailSamples(), groupSamples(), alertSamples(),
		answerSamples(), historySamples(), routeSamples(), troubleSamples(), digestSamples(), changeSamples(), thingSamples())
}

// hostile is a name of the kind that somebody tries sooner or later.
const hostile = "*b* _i_ ~s~ `c` <!channel> @here <@U0614TZR7> & https://x.example|y :boom:\n\u202Egnp.exe\x00"

// sampleNow is when the samples are made.
var sampleNow = time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)

var (
	november = billing.NewMonth(2026, time.November)
	october  = november.Add(-1)
	toNov21  = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
)

func sampleContext(asked string, labels ...string) UsageContext {
	c := UsageContext{Now: sampleNow, Command: "/usage", Asked: asked, Private: true}
	for i, label := range labels {
		c.Actions = append(c.Actions, Action{Label: label, ID: fmt.Sprintf("ask:%d", i), Value: asked})
	}
	return c
}

func wordSamples() []Sample {
	help := HelpContext{
		Now: sampleNow, UsageCommand: "/usage", BudgetCommand: "/budget", UsageType: "North America Requests",
		Products: []string{
			"cdn_usage", "compute_requests", "image_optimizer", "object_storage", "kv_store", "fanout", "websockets",
		},
		Teams: true, Rule: "na-bandwidth", CountedTo: toNov21,
	}
	bare := HelpContext{Now: sampleNow, UsageCommand: "/fastly-usage", BudgetCommand: "/fastly-budget"}
	odd := help
	odd.Products, odd.UsageType, odd.Rule = []string{hostile, strings.Repeat("x", 500)}, hostile, hostile
	return []Sample{
		{"help", Help(help)},
		{"help-nothing-known", Help(bare)},
		{"help-hostile-names", Help(odd)},
		{"mistake-product", Mistake{
			Sentence: "No product is called " + Quote("cdn_usge") + ". Did you mean " + Quote("cdn_usage") + "?",
			Command:  "/usage", Corrected: []string{"2023-01..2023-03 cdn_usage"},
		}.Message()},
		{"mistake-two-near", Mistake{
			Sentence: "No usage type is called " + Quote("america requests") + ".", Command: "/usage",
			Corrected: []string{"october cdn_usage North America Requests", "october cdn_usage South America Requests"},
		}.Message()},
		{"mistake-no-near-name", Mistake{
			Sentence: Quote("foo") + " is not a product or usage type that had usage in Jan–Mar 2023.", Command: "/usage",
			Hint: "Products then: `cdn_usage`, `compute_requests`, `image_optimizer`.",
		}.Message()},
		{"mistake-hostile", Mistake{
			Sentence: "No product is called " + Quote(hostile+strings.Repeat("!", 3000)) + ".", Command: "/usage",
			Corrected: []string{hostile, strings.Repeat("y", 2500)}, Hint: "An odd ` backtick.",
		}.Message()},
		{"refusal", Refusal("Usage is shown in #cdn-budget and #finops only.", "Ask there, or ask FinOps to add this channel.")},
		{"trouble", Trouble("Fastly did not answer within 25 seconds.", "Ask again in a minute.", "7F3A")},
		{"busy", Busy()},
		{"working", Working()},
	}
}

func routeSamples() []Sample {
	route := alerts.RouteTrouble{Channel: "shop-cdn", Reason: "not_in_channel", Since: sampleNow, Waiting: 1}
	var samples []Sample
	for _, reason := range []string{"not_in_channel", "is_archived", "missing_scope", "org_login_required", "internal_error", "some_new_error"} {
		route.Reason = reason
		m := alerts.Message{Reason: alerts.ReasonRoute, Route: new(route)}
		d := alerts.Delivery{Kind: alerts.DeliverRoute, Channel: "cdn-platform", Message: m}
		samples = append(samples, Sample{"route-" + strings.ReplaceAll(reason, "_", "-"), Alert(d, sampleAlert)})
	}
	return samples
}
