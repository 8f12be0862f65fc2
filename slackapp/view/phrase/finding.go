package phrase

import (
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// MaxSums is how many measures the finding names; the table has them all.
const MaxSums = 3

// Amount returns a figure with what it is of: "2.62 PB of bandwidth", "7.00 B requests".
func Amount(m billing.Measure, d decimal.Decimal) string {
	if m.Bytes || m.Time || m.Billed {
		return blocks.Escape(m.Format(d)) + " of " + blocks.Escape(m.Noun)
	}
	return blocks.Escape(m.Format(d))
}

// MainChange says how the first comparable measure changed, and which row made most of that change. Measures have one fixed order, so that it is about
// the same measure in every answer.
func MainChange(t report.Table) string {
	switch {
	case t.Versus == nil || t.Versus.Unknown:
		return ""
	case t.Versus.IsPerDay:
		return perDayOnly(t)
	}
	i := slices.IndexFunc(t.Groups, func(g report.Group) bool { return g.Total.Change.Valid && t.AddsUp(g.Measure) })
	if i < 0 || i > 0 && IsApart(t) {
		return ""
	}
	first := &t.Groups[i]
	if t.Versus.Whole {
		return billChange(*first, *t.Versus)
	}
	sentence, noun := perDay(first.Total.Change.Decimal, whatOf(*first, t), *t.Versus)
	if noun == "" {
		return sentence + "."
	}
	row, part, found := first.Maker(leastMade)
	return sentence + made(row, part, found, first.Measure, noun) + "."
}

// perDay says how a measure changed per day, without a full stop; noun is "rise" or "fall", and empty if it did not change.
func perDay(change decimal.Decimal, what string, v report.Comparison) (sentence, noun string) {
	month, against := Sides(v)
	when, in := "Per day, "+month, " in "+blocks.Escape(what)
	if change.Round(3).IsZero() {
		return when + " was level with " + against + in, ""
	}
	figure, word, noun := direction(change)
	return when + " was *" + figure + " " + word + " " + against + "*" + in, noun
}

// Lead returns the row to speak of if the first measure has no sum: the product with the most, or else the largest row. Of top changes it is the row
// that changed most.
func Lead(t report.Table) (lead report.Row, found bool) {
	addsUp := func(g report.Group) bool { return t.AddsUp(g.Measure) }
	switch first := t.Groups[0]; {
	case addsUp(first), !IsApart(t) && slices.ContainsFunc(t.Groups, addsUp), len(first.Rows) == 0:
		return lead, false
	case first.Total.Product != "":
		return first.Total, true
	case t.Question.Show == report.ShowChanges:
		return first.Rows[0], true
	default:
		return slices.MaxFunc(first.Rows, func(a, b report.Row) int { return a.Sum.Cmp(b.Sum) }), true
	}
}

// LeadChange says how the row of Lead changed. It follows a sentence about that row.
func LeadChange(t report.Table) string {
	lead, found := Lead(t)
	if !found || !lead.Change.Valid || t.Versus == nil || t.Versus.Unknown {
		return ""
	}
	sentence, _ := perDay(lead.Change.Decimal, "its "+t.Groups[0].Measure.Noun, *t.Versus)
	return sentence + "."
}

// billChange compares two bills as a whole, and, if a month is shorter than the other, what was counted per day: a short month is no saving.
func billChange(g report.Group, v report.Comparison) string {
	month, against := Sides(v)
	sentence, noun := month+" was level with "+against, ""
	if change := g.Total.Change.Decimal; !change.Round(3).IsZero() {
		var figure, word string
		figure, word, noun = direction(change)
		sentence = month + " was *" + figure + " " + word + " " + against + "*"
	}
	row, part, found := g.Maker(leastMade)
	used := usagePerDay(g, v)
	if found = found && noun != "" && (used == "" || row.Usage == nil); found {
		sentence += made(row, part, found, g.Measure, noun)
	}
	return sentence + used + "."
}

// usagePerDay compares what was counted per day, if months of different length are compared.
func usagePerDay(g report.Group, v report.Comparison) string {
	if used := usageCost(g); v.IsUneven() && used != "" {
		return "; per day, " + used
	}
	return ""
}

// usageCost compares what was counted per day.
func usageCost(g report.Group) string {
	u := g.Total.Usage
	if u == nil || !u.Change.Valid {
		return ""
	}
	before, now := MoneyPair(g.Measure, u.Earlier, u.PerDay)
	figures := " (" + blocks.Escape(before+" → "+now) + ")"
	if u.Change.Decimal.Round(3).IsZero() {
		return "usage cost was level" + figures
	}
	figure, _, noun := direction(u.Change.Decimal)
	verb := map[string]string{"rise": "rose", "fall": "fell"}[noun]
	row, part, found := g.UsageMaker(leastMade)
	return "usage cost *" + verb + " " + figure + "*" + figures + made(row, part, found, g.Measure, noun)
}

// direction returns a change without its sign, with the words for its direction.
func direction(change decimal.Decimal) (figure, word, noun string) {
	figure = strings.TrimLeft(billing.FormatChange(change), "+−")
	if change.IsNegative() {
		return figure, "below", "fall"
	}
	return figure, "above", "rise"
}

// AboveOrBelow returns "12% above" or "3.1% below".
func AboveOrBelow(change decimal.Decimal) string {
	figure, word, _ := direction(change)
	return blocks.Escape(figure) + " " + word
}

// whatOf names what one group of several counts: its only usage type, since a unit of Fastly's own says nothing to most, or what its
// rows share.
func whatOf(g report.Group, t report.Table) string {
	if t.Question.By == report.ByUsageType && len(t.Groups) > 1 && len(g.Rows) == 1 {
		return g.Rows[0].Name
	}
	return g.Measure.Noun
}

// Sides names the two stretches that a change compares.
func Sides(v report.Comparison) (month, against string) {
	switch {
	case v.Span != billing.Range{}:
		return spans(v)
	case v.Days == 0:
		return blocks.LongMonth(v.Month), blocks.LongMonth(v.Against)
	case v.Until.IsZero(): // of an earlier version
		return blocks.FirstDays(v.Month, v.Days), blocks.FirstDays(v.Against, v.Days)
	}
	return blocks.Until(v.Month, v.Until), blocks.Until(v.Against, v.AgainstUntil)
}

// ShortSides are the sides for the head of a column, if a whole month has its short name.
func ShortSides(v report.Comparison) (month, against string) {
	month, against = Sides(v)
	short := func(name string, m billing.Month) string {
		if name == blocks.LongMonth(m) {
			return blocks.ShortMonth(m, false)
		}
		return name
	}
	return short(month, v.Month), short(against, v.Against)
}

// leastMade is the least part of a change that is worth naming its maker: less explains nothing.
var leastMade = decimal.New(1, -1)

// made names the row that made most of a group's change, if one made a good part of it.
func made(row report.Row, part decimal.Decimal, found bool, m billing.Measure, noun string) string {
	name := ShortName(row.Name, m)
	switch {
	case !found:
		return ""
	case part.Round(2).GreaterThanOrEqual(decimal.New(1, 0)):
		return ", all of it in " + blocks.Escape(name)
	}
	return ", and " + blocks.Escape(name) + " made " + blocks.Escape(billing.FormatShare(part)) + " of that " + noun
}

// ShortName leaves out of a usage type what its group's heading says already: "Asia" of "Asia Bandwidth".
func ShortName(name string, m billing.Measure) string {
	cut := len(name) - len(m.Noun) - 1
	if cut > 0 && strings.EqualFold(name[cut:], " "+m.Noun) {
		return name[:cut]
	}
	return name
}

// IsApart reports whether the rows are not added up: the requests of two products may be the same requests, counted twice.
func IsApart(t report.Table) bool { return t.Question.By == report.ByProduct && !t.Question.Cost }

// NameCell returns a name for a cell, never empty.
func NameCell(name string) string {
	if billing.IsBlank(name) {
		return blocks.NoName
	}
	return name
}

// perDayOnly compares bills that are not compared as a whole: what the earlier one came to, the usage of both per day, and their fees.
func perDayOnly(t report.Table) string {
	g := t.Groups[0]
	_, against := Sides(*t.Versus)
	if !t.Question.IsComparison() {
		against = blocks.LongMonth(t.Versus.Against)
	}
	sentence := ""
	if earlier := g.Total.Earlier; earlier.Valid {
		sentence = against + " came to " + blocks.Escape(g.Measure.Format(earlier.Decimal))
	}
	if sentence == "" {
		return ""
	}
	rest := fees(t)
	if used := usageCost(g); used != "" {
		rest = strings.TrimSuffix("per day, "+used+"; "+rest, "; ")
	}
	if rest != "" {
		rest = blocks.Capital(rest) + "."
	}
	return blocks.Joined(" ", sentence+".", rest)
}

// fees says what two periods have beside usage, as a whole.
func fees(t report.Table) string {
	var now, before decimal.Decimal
	for i, m := range t.Makeup {
		if t.Question.Months.Contains(t.Months[i]) {
			now = now.Add(m.Fixed).Add(m.Credit)
		} else {
			before = before.Add(m.Fixed).Add(m.Credit)
		}
	}
	if !t.Question.IsComparison() || now.IsZero() && before.IsZero() {
		return ""
	}
	m := t.Groups[0].Measure
	return "fees and credits came to " + blocks.Escape(m.Format(now)) + " (before: " + blocks.Escape(m.Format(before)) + ")"
}
