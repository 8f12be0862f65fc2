package samples

import (
	"slices"
	"strings"

	"budgetbot/alerts"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view"
	"budgetbot/slackapp/view/sampledata"
	"budgetbot/slackapp/view/usage"
)

// Sample is one message made of invented data.
type Sample struct {
	Name    string // a file name without its ending: lower case, words with hyphens between them
	Message blocks.Message
}

// All returns every message that the product can show, made of invented data: the common ones, and those of accounts
// that are empty, huge or hostile. It is what people look at when they change words, and what the tests sweep.
func All() []Sample {
	return slices.Concat(usageSamples(), costSamples(), periodSamples(), monthEndSamples(), rateSamples(), daysSamples(), wordSamples(), budgetSamples(), endedSamples(), detailSamples(), settingSamples(), groupSamples(), alertSamples(),
		answerSamples(), historySamples(), routeSamples(), troubleSamples(), digestSamples(), changeSamples(), spikeSamples(), itemSamples())
}

func wordSamples() []Sample {
	help := usageview.HelpContext{
		Now: sampledata.Now, UsageCommand: "/usage", BudgetCommand: "/budget", UsageType: "North America Requests",
		Products: []string{
			"cdn_usage", "compute_requests", "image_optimizer", "object_storage", "kv_store", "fanout", "websockets",
		},
		Teams: true, Rule: "na-bandwidth", CountedTo: sampledata.ToNov21,
	}
	bare := usageview.HelpContext{Now: sampledata.Now, UsageCommand: "/fastly-usage", BudgetCommand: "/fastly-budget"}
	odd := help
	odd.Products, odd.UsageType, odd.Rule = []string{sampledata.Hostile, strings.Repeat("x", 500)}, sampledata.Hostile, sampledata.Hostile
	return []Sample{
		{"help", usageview.Help(help)},
		{"help-nothing-known", usageview.Help(bare)},
		{"help-hostile-names", usageview.Help(odd)},
		{"mistake-product", blocks.Mistake{
			Sentence: "There's no product called " + blocks.Quote("cdn_usge") + ". Did you mean " + blocks.Quote("cdn_usage") + "?",
			Command:  "/usage", Corrected: []string{"2023-01..2023-03 cdn_usage"},
		}.Message()},
		{"mistake-two-near", blocks.Mistake{
			Sentence: "There's no usage type called " + blocks.Quote("america requests") + ".", Command: "/usage",
			Corrected: []string{"october cdn_usage North America Requests", "october cdn_usage South America Requests"},
		}.Message()},
		{"mistake-no-near-name", blocks.Mistake{
			Sentence: "There's nothing called " + blocks.Quote("foo") + " in Jan–Mar 2023.", Command: "/usage",
			Hint: "Products in those months: `cdn_usage`, `compute_requests`, `image_optimizer`.",
		}.Message()},
		{"mistake-hostile", blocks.Mistake{
			Sentence: "There's no product called " + blocks.Quote(sampledata.Hostile+strings.Repeat("!", 3000)) + ".", Command: "/usage",
			Corrected: []string{sampledata.Hostile}, Hint: "An odd ` backtick.",
		}.Message()},
		{"refusal", blocks.Refusal("Usage is shown in #cdn-budget and #finops only.", "Ask there, or ask FinOps to add this channel.")},
		{"trouble", blocks.Trouble("Fastly did not answer within 25 seconds.", "Ask again in a minute.", "7F3A")},
		{"busy", blocks.Busy()},
		{"working", blocks.Working()},
	}
}

func routeSamples() []Sample {
	route := alerts.RouteTrouble{Channel: "shop-cdn", Reason: "not_in_channel", Since: sampledata.Now, Waiting: 1}
	var samples []Sample
	for _, reason := range []string{"not_in_channel", "is_archived", "missing_scope", "org_login_required", "internal_error", "some_new_error"} {
		route.Reason = reason
		m := alerts.Message{Reason: alerts.ReasonRoute, Route: new(route)}
		d := alerts.Delivery{Kind: alerts.DeliverRoute, Channel: "cdn-platform", Message: m}
		samples = append(samples, Sample{"route-" + strings.ReplaceAll(reason, "_", "-"), view.Alert(d, sampleAlert)})
	}
	return samples
}
