package phrase

import (
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
)

// MaxSums is how many measures the finding names; the table has them all.
const MaxSums = 3

// Amount returns a figure with what it is of: "2.62 PB of bandwidth", "263 B requests".
func Amount(m billing.Measure, d decimal.Decimal) string {
	if m.Bytes || m.Billed {
		return blocks.Escape(m.Format(d)) + " of " + blocks.Escape(m.Noun)
	}
	return blocks.Escape(m.Format(d))
}

// BiggestChange tells which of the measures that are named changed most, and of the row that made most of that.
func BiggestChange(t report.Table) string {
	if t.Versus == nil || t.Versus.Unknown {
		return ""
	}
	var most *report.Group
	for i, g := range t.Groups[:min(len(t.Groups), MaxSums)] {
		if !g.Total.Change.Valid || i > 0 && IsApart(t) {
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
	month, against := Sides(*t.Versus)
	when, in := "Per day, "+month, " in "+blocks.Escape(whatOf(*most, t))
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

// Sides names the two stretches that a change compares.
func Sides(v report.Comparison) (month, against string) {
	if v.Days > 0 {
		return blocks.FirstDays(v.Month, v.Days), blocks.FirstDays(v.Against, v.Days)
	}
	return blocks.LongMonth(v.Month), blocks.LongMonth(v.Against)
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
			name, best = ShortName(r.Name, g.Measure), part
		}
	}
	switch {
	case name == "":
		return ""
	case best.Round(2).GreaterThanOrEqual(decimal.New(1, 0)):
		return ", all of it in " + blocks.Escape(name)
	}
	return ", and " + blocks.Escape(name) + " made " + blocks.Escape(billing.FormatShare(best)) + " of that " + noun
}

// Earlier returns what a row came to in the stretch before, in as many days as the last month has counted. It is worked out
// from the change, and not known where that is not, or where it left nothing.
func Earlier(r report.Row) (decimal.Decimal, bool) {
	now, factor := LastFigure(r), r.Change.Decimal.Add(decimal.New(1, 0))
	if !r.Change.Valid || !now.Valid || !now.Decimal.IsPositive() || !factor.IsPositive() {
		return decimal.Decimal{}, false
	}
	return now.Decimal.Div(factor), true
}

// LastFigure returns the figure of the newest month.
func LastFigure(r report.Row) decimal.NullDecimal {
	if len(r.Figures) == 0 {
		return decimal.NullDecimal{}
	}
	return r.Figures[len(r.Figures)-1]
}

// difference returns by how much a row changed; not ok where that is unknown or nothing.
func difference(r report.Row) (decimal.Decimal, bool) {
	before, ok := Earlier(r)
	if !ok {
		return decimal.Decimal{}, false
	}
	d := LastFigure(r).Decimal.Sub(before)
	return d, !d.IsZero()
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
