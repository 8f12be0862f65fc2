package usageview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/layout"
	"budgetbot/slackapp/view/phrase"
)

// findingOf summarises a table: the total, what changed most, and who made the change. It is mrkdwn.
func findingOf(t report.Table) string {
	total, most := summed(t), ""
	switch {
	case phrase.IsApart(t) && len(t.Groups[0].Rows) > 0:
		total = products(t) + ofLater(t) + "."
	case t.Question.By != report.ByUsageType || t.Versus == nil || t.Versus.Unknown:
		most = largest(t.Groups)
	}
	return blocks.Joined(" ", total, most, phrase.MainChange(t), phrase.LeadChange(t), uncompared(t), missing(t), unread(t))
}

// products names the product with the most of the first measure, and its figures of the first two measures. It does not add up products: two of them may
// count the same requests.
func products(t report.Table) string {
	groups := t.Groups
	top, found := phrase.Lead(t)
	if !found {
		top = layout.Biggest(groups[0].Rows)
	}
	parts := []string{phrase.Amount(groups[0].Measure, top.Sum)}
	for _, g := range groups[1:] {
		for _, r := range g.Rows {
			if r.Product == top.Product && r.Name == top.Name && len(parts) < 2 {
				parts = append(parts, phrase.Amount(g.Measure, r.Sum))
			}
		}
	}
	return blocks.Escape(top.Name) + " came to " + blocks.And(parts)
}

// summed lists the sums of the measures that have one.
func summed(t report.Table) string {
	groups := slices.DeleteFunc(slices.Clone(t.Groups), func(g report.Group) bool { return !t.AddsUp(g.Measure) })
	if len(groups) == 0 {
		return uncounted(t)
	}
	return sums(groups) + ofLater(t) + "."
}

// sums lists the sums of measures over all months.
func sums(groups []report.Group) string {
	amount := func(g report.Group) string { return phrase.Amount(g.Measure, g.Total.Sum) }
	return blocks.And(blocks.Most(groups, phrase.MaxSums, amount, blocks.CountedAs("other measure")))
}

// leastNamed is the least share of the first measure that is worth naming.
var leastNamed = decimal.New(1, -1)

// largest names the row with the largest share of the first measure.
func largest(groups []report.Group) string {
	g := groups[0]
	if len(g.Rows) < 2 {
		return ""
	}
	top := layout.Biggest(g.Rows)
	if top.Share.Decimal.LessThan(leastNamed) {
		return ""
	}
	whole := g.Measure.Noun
	if !g.Total.Share.Valid {
		whole = "charges"
	}
	return fmt.Sprintf("%s made %s of the %s.",
		blocks.Escape(phrase.ShortName(top.Name, g.Measure)), blocks.Escape(billing.FormatShare(top.Share.Decimal)), blocks.Escape(whole))
}

// missing names the months without a figure.
func missing(t report.Table) string {
	if len(t.Missing) == 0 {
		return ""
	}
	return "Fastly has no usage data for " + monthList(t.Missing, t) + "."
}

// stillReading says that an answer is a part, what it lacks, and how to get the whole.
func stillReading(t report.Table) string {
	if len(t.StillReading) == 0 {
		return ""
	}
	lacks := billing.Range{First: t.StillReading[0], Last: t.StillReading[len(t.StillReading)-1]}
	named := monthList(t.StillReading, t)
	if n := len(t.StillReading); n > 2 && n == lacks.Len() {
		named = blocks.Period(lacks)
	}
	return "*Partial:* I'm still reading " + named + ". Ask again in a minute for all of it."
}

// mostUnread is how many unreadable items are named.
const mostUnread = 3

// unread explains what the figures leave out, and why.
func unread(t report.Table) string {
	var reasons []string
	for _, u := range t.LeftOut {
		reasons = append(reasons, u.Why)
	}
	return notIn("figures", reasons)
}

// notIn says what is not in an answer's figures or rates because it could not be read, and why. It is part of the finding, since it changes what they mean.
func notIn(what string, reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	rest := func(n int) string { return "and " + blocks.Counted(n, "other") }
	return "*Not in these " + what + ":* " + strings.Join(mostOf(reasons, blocks.Prose, rest), "; ") + "."
}

// mostOf returns the first reasons, each once, and what rest says about how many others there are.
func mostOf(reasons []string, text func(string) string, rest func(int) string) []string {
	var each []string
	for _, reason := range reasons {
		if reason = text(reason); !slices.Contains(each, reason) {
			each = append(each, reason)
		}
	}
	whole := func(reason string) string { return reason }
	return blocks.Most(each, mostUnread, whole, rest)
}

// monthList names some of the months of a table.
func monthList(months []billing.Month, t report.Table) string {
	const most = 4
	years := t.Question.IsComparison() || min(t.Question.Months.First.Year(), months[0].Year()) != t.Question.Months.Last.Year()
	name := func(m billing.Month) string {
		if years {
			return blocks.Period(billing.One(m))
		}
		return blocks.LongMonth(m)
	}
	return blocks.And(blocks.Most(months, most, name, blocks.CountedAs("other month")))
}

// uncounted is the first sentence if no measure has a sum.
func uncounted(t report.Table) string {
	g := t.Groups[0]
	if lead, found := phrase.Lead(t); found {
		return blocks.Escape(phrase.ShortName(lead.Name, g.Measure)) + " came to " + phrase.Amount(g.Measure, lead.Sum) + ofLater(t) + "."
	}
	return blocks.Capital(blocks.Escape(g.Measure.Noun)) + " of several products aren't added up."
}
