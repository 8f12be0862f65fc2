package view

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// maxSums is how many measures the finding names; the table has them all.
const maxSums = 3

// findingOf says what matters in a table: how much in all, what changed most, and who made the change. It is mrkdwn.
func findingOf(t report.Table) string {
	if isApart(t) && len(t.Groups[0].Rows) > 0 {
		return joined(" ", products(t.Groups), biggestChange(t), missing(t), unread(t))
	}
	sentences := []string{sums(t.Groups) + "."}
	if t.Question.By != report.ByUsageType || t.Versus == nil || t.Versus.Unknown {
		sentences = append(sentences, largest(t.Groups))
	}
	sentences = append(sentences, biggestChange(t), missing(t), unread(t))
	return joined(" ", sentences...)
}

// products names the product that made most of the first measure, and what it made of the first two. Products are not
// added up: the requests of two of them may be the same requests.
func products(groups []report.Group) string {
	top := biggest(groups[0].Rows)
	parts := []string{amount(groups[0].Measure, top.Sum)}
	for _, g := range groups[1:] {
		for _, r := range g.Rows {
			if r.Product == top.Product && r.Name == top.Name && len(parts) < 2 {
				parts = append(parts, amount(g.Measure, r.Sum))
			}
		}
	}
	return Escape(top.Name) + " came to " + and(parts) + "."
}

// biggest returns the row with the largest share.
func biggest(rows []report.Row) report.Row {
	top := rows[0]
	for _, r := range rows {
		if r.Share.Decimal.GreaterThan(top.Share.Decimal) {
			top = r
		}
	}
	return top
}

// sums lists what each measure comes to over all months.
func sums(groups []report.Group) string {
	var parts []string
	for _, g := range groups[:min(len(groups), maxSums)] {
		parts = append(parts, amount(g.Measure, g.Total.Sum))
	}
	if len(groups) > maxSums {
		parts = append(parts, counted(len(groups)-maxSums, "other measure"))
	}
	return and(parts)
}

// amount returns a figure with what it is of: "2.62 PB of bandwidth", "263 B requests".
func amount(m billing.Measure, d decimal.Decimal) string {
	if m.Bytes || m.Billed {
		return Escape(m.Format(d)) + " of " + Escape(m.Noun)
	}
	return Escape(m.Format(d))
}

// largest names the row that makes most of the first measure.
func largest(groups []report.Group) string {
	g := groups[0]
	if len(g.Rows) < 2 || !g.Total.Sum.IsPositive() {
		return ""
	}
	top := biggest(g.Rows)
	return fmt.Sprintf("%s made %s of the %s.",
		Escape(shortName(top.Name, g.Measure)), Escape(billing.FormatShare(top.Share.Decimal)), Escape(g.Measure.Noun))
}

// biggestChange tells which of the measures that are named changed most, and of the row that made most of that.
func biggestChange(t report.Table) string {
	if t.Versus == nil || t.Versus.Unknown {
		return ""
	}
	var most *report.Group
	for i, g := range t.Groups[:min(len(t.Groups), maxSums)] {
		if !g.Total.Change.Valid || i > 0 && isApart(t) {
			continue
		}
		if most == nil || g.Total.Change.Decimal.Abs().GreaterThan(most.Total.Change.Decimal.Abs()) {
			most = &t.Groups[i]
		}
	}
	if most == nil {
		return ""
	}
	change := most.Total.Change.Decimal
	month, against := sides(*t.Versus)
	when, in := "Per day, "+month, " in "+Escape(whatOf(*most, t))
	if t.Versus.Whole {
		when, in = month, ""
	}
	if change.Round(3).IsZero() {
		return when + " was level with " + against + in + "."
	}
	word, noun := "above", "rise"
	if change.IsNegative() {
		word, noun = "below", "fall"
	}
	figure := strings.TrimLeft(billing.FormatChange(change), "+−")
	return when + " was *" + figure + " " + word + " " + against + "*" + in +
		maker(*most, noun) + "."
}

// whatOf names what one group of several counts: its only usage type, since a unit such as ms says nothing to most, or what its
// rows share.
func whatOf(g report.Group, t report.Table) string {
	if t.Question.By == report.ByUsageType && len(t.Groups) > 1 && len(g.Rows) == 1 {
		return g.Rows[0].Name
	}
	return g.Measure.Noun
}

// sides names the two stretches that a change compares.
func sides(v report.Comparison) (month, against string) {
	if v.Days > 0 {
		return firstDays(v.Month, v.Days), firstDays(v.Against, v.Days)
	}
	return longMonth(v.Month), longMonth(v.Against)
}

// maker names the row that made most of a group's change, where one made a good part of it.
func maker(g report.Group, noun string) string {
	whole, ok := difference(g.Total)
	if !ok || len(g.Rows) < 2 {
		return ""
	}
	var name string
	best := decimal.New(1, -1) // less than a tenth explains nothing
	for _, r := range g.Rows {
		d, ok := difference(r)
		if !ok {
			continue
		}
		if part := d.Div(whole); part.GreaterThan(best) {
			name, best = shortName(r.Name, g.Measure), part
		}
	}
	switch {
	case name == "":
		return ""
	case best.Round(2).GreaterThanOrEqual(decimal.New(1, 0)):
		return ", all of it in " + Escape(name)
	}
	return ", and " + Escape(name) + " made " + Escape(billing.FormatShare(best)) + " of that " + noun
}

// earlier returns what a row came to in the stretch before, in as many days as the last month has counted. It is worked out
// from the change, and not known where that is not, or where it left nothing.
func earlier(r report.Row) (decimal.Decimal, bool) {
	now, factor := last(r), r.Change.Decimal.Add(decimal.New(1, 0))
	if !r.Change.Valid || !now.Valid || !now.Decimal.IsPositive() || !factor.IsPositive() {
		return decimal.Decimal{}, false
	}
	return now.Decimal.Div(factor), true
}

// last returns the figure of the newest month.
func last(r report.Row) decimal.NullDecimal {
	if len(r.Figures) == 0 {
		return decimal.NullDecimal{}
	}
	return r.Figures[len(r.Figures)-1]
}

// difference returns by how much a row changed; not ok where that is unknown or nothing.
func difference(r report.Row) (decimal.Decimal, bool) {
	before, ok := earlier(r)
	if !ok {
		return decimal.Decimal{}, false
	}
	d := last(r).Decimal.Sub(before)
	return d, !d.IsZero()
}

// missing says of which months there is no figure.
func missing(t report.Table) string {
	if len(t.Missing) == 0 {
		return ""
	}
	return "Fastly has no rows for " + monthList(t) + ": unknown, not zero."
}

// mostUnread is how many things that could not be read are named.
const mostUnread = 3

// unread says what the figures leave out, and why.
func unread(t report.Table) string {
	if len(t.LeftOut) == 0 {
		return ""
	}
	var reasons []string
	for _, u := range t.LeftOut {
		if reason := prose(u.Why); !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	said := joined("; ", reasons[:min(len(reasons), mostUnread)]...)
	if more := len(reasons) - mostUnread; more > 0 {
		said += "; and " + counted(more, "other")
	}
	return "*Not in these figures:* " + said + "."
}

// monthList names the months that are missing.
func monthList(t report.Table) string {
	const most = 4
	years := t.Question.Months.First.Year() != t.Question.Months.Last.Year()
	var names []string
	for _, m := range t.Missing[:min(len(t.Missing), most)] {
		names = append(names, shortMonth(m, years))
	}
	if more := len(t.Missing) - most; more > 0 {
		names = append(names, counted(more, "other month"))
	}
	return and(names)
}

// shortName leaves out of a usage type what its group's heading says already: "Asia" of "Asia Bandwidth".
func shortName(name string, m billing.Measure) string {
	cut := len(name) - len(m.Noun) - 1
	if cut > 0 && strings.EqualFold(name[cut:], " "+m.Noun) {
		return name[:cut]
	}
	return name
}

// unmarked returns mrkdwn without its bold type, for a text that is read aloud. Code keeps its stars: they are part of it.
func unmarked(s string) string {
	parts := strings.Split(s, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.ReplaceAll(parts[i], "*", "")
	}
	return strings.Join(parts, "`")
}
