package usageview

import (
	"cmp"
	"strings"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// chargesNamed are the words for the kinds of charges in a sentence.
var chargesNamed = map[billing.ChargeKind]string{billing.ChargeFixed: "fees", billing.ChargeCredit: "credits"}

// chargesOf names the kinds of charges in a heading.
func chargesOf(q report.Question) string {
	var kinds []string
	for _, kind := range q.Charges.List() {
		kinds = append(kinds, blocks.Capital(chargesNamed[billing.ChargeKind(kind)]))
	}
	return blocks.And(kinds)
}

// wanted lists the names in the question.
func wanted(q report.Question) string {
	if part := blocks.Joined(" ", listed(cmp.Or(q.UsageType, q.Product)), listed(q.Measure)) + ofWhom(q); q.Measure != "" || ofWhom(q) != "" {
		return blocks.Escape(strings.TrimSpace(part))
	}
	switch {
	case q.Charges != "":
		return strings.ToLower(chargesOf(q))
	case q.UsageType != "" && q.Product != "":
		return blocks.Escape(listed(q.UsageType)) + " (" + blocks.Escape(listed(q.Product)) + ")"
	case q.UsageType != "" || q.Product != "":
		return blocks.Escape(listed(q.UsageType + q.Product))
	}
	return "this"
}

// headed joins the nouns of measures in a heading: "Bandwidth and vCPU Time".
func headed(measures billing.Names) string {
	each := measures.List()
	for i, noun := range each {
		each[i] = billing.Heading(noun)
	}
	return blocks.And(each)
}

// listed joins the names of one kind: "Asia and Europe".
func listed(names billing.Names) string {
	each := names.List()
	for i, name := range each {
		each[i] = blocks.Clean(name)
	}
	return blocks.And(each)
}

// ofWhom says which part of the account the answer is about.
func ofWhom(q report.Question) string {
	var of string
	if q.Region != "" {
		of += " in " + cells(q.Region)
	}
	if q.Service != "" {
		of += " of " + cells(q.Service)
	}
	if q.Team != "" {
		of += " of " + blocks.Plural(len(q.Team.List()), "Team", "Teams") + " " + cells(q.Team)
	}
	return of
}

// cells joins the names of one kind, each as short as in a table.
func cells(names billing.Names) string {
	each := names.List()
	for i, name := range each {
		each[i] = phrase.NameCell(blocks.Clean(name))
	}
	return blocks.And(each)
}
