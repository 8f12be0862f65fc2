package usageview

import (
	"cmp"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// chargesNamed are the kinds of charges in a sentence.
var chargesNamed = map[billing.ChargeKind]string{billing.ChargeFixed: "fees", billing.ChargeCredit: "credits"}

// wanted names what the question was narrowed to.
func wanted(q report.Question) string {
	if part := blocks.Joined(" ", cmp.Or(q.UsageType, q.Product), q.Measure) + ofWhom(q); q.Measure != "" || ofWhom(q) != "" {
		return blocks.Escape(strings.TrimSpace(part))
	}
	switch {
	case q.Charges != "":
		return chargesNamed[q.Charges]
	case q.UsageType != "" && q.Product != "":
		return blocks.Escape(q.UsageType) + " (" + blocks.Escape(q.Product) + ")"
	case q.UsageType != "" || q.Product != "":
		return blocks.Escape(q.UsageType + q.Product)
	}
	return "this"
}

// ofWhom says which part of the account was asked about.
func ofWhom(q report.Question) string {
	var of string
	if q.Region != "" {
		of += " in " + phrase.NameCell(blocks.Clean(q.Region))
	}
	if q.Service != "" {
		of += " of " + phrase.NameCell(blocks.Clean(q.Service))
	}
	if q.Team != "" {
		of += " of Team " + phrase.NameCell(blocks.Clean(q.Team))
	}
	return of
}
