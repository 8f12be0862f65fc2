package usageview

import (
	"cmp"
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

// factsOf returns the small type of an answer: how fresh the figures are, what they are not compared with, what is left out and how to see it, and units.
func factsOf(s layout.Shown, c Context) []string {
	t := s.Table
	return []string{
		freshFact(phrase.MonthFact(t, c.Now), t.Fresh, c),
		endsFact(t),
		phrase.ComparisonFact(t),
		changesFact(t),
		sumFact(t),
		measuresFact(t),
		hiddenFact(s, c),
		unitFact(t),
	}
}

// endsFact says what the line of changes below months compares.
func endsFact(t report.Table) string {
	first, last, found := layout.Ends(t)
	if !found {
		return ""
	}
	years := first.Year() != last.Year()
	fact := "Change: " + blocks.ShortMonth(last, years) + " vs " + blocks.ShortMonth(first, years) + ", per day"
	if t.Question.Cost {
		fact += ", without fees"
	}
	return fact
}

// freshFact says up to when the figures count, and when they were read.
func freshFact(dataTo string, f billing.Freshness, c Context) string {
	return blocks.Joined("; ", dataTo, phrase.ReadFact(f, c.Now))
}

// unitFact explains the unit of counts: the letters, that they are of single things, and the blocks in which Fastly bills these. Measures beside each
// other have their own letters.
func unitFact(t report.Table) string {
	groups := layout.Groups(t)
	for i, g := range groups {
		if g.Measure.Billed {
			return "in Fastly's billed units: I don't know yet how many single " + blocks.Escape(g.Measure.Noun) + " one stands for"
		}
		if !g.Measure.IsCount() {
			continue
		}
		used := layout.Letters(g, t)
		if len(used) == 0 {
			continue
		}
		var others []string
		if layout.IsSideBySide(t) {
			for _, other := range groups[i+1:] {
				others = append(others, layout.Letters(other, t)...)
			}
		}
		others = slices.DeleteFunc(others, func(other string) bool { return slices.Contains(used, other) })
		slices.Sort(others)
		fact := blocks.And(append(slices.Compact(others), used...)) + "; counts are single " + g.Measure.Noun
		if one := decimal.New(1, 0); g.Block.GreaterThan(one) {
			fact += " (Fastly bills per " + g.Measure.Scale(one).Format(g.Block) + ")"
		}
		return fact
	}
	return ""
}

// hiddenFact says how to see the folded rows, unless the person asked for no more than the shown ones.
func hiddenFact(s layout.Shown, c Context) string {
	if s.Fewer {
		return fmt.Sprintf("%d of %d rows: `budgetbot usage -o csv` shows all", s.Rows, s.Of)
	}
	if others := s.Unlisted(); others > 0 && s.Table.Question.Top > 0 {
		kind := map[report.Breakdown]string{report.ByProduct: "product", report.ByRegion: "region"}[s.Table.Question.By]
		all := strings.Replace(c.Asked, fmt.Sprintf(" top %d", s.Table.Question.Top), "", 1)
		return blocks.Counted(others, "other "+cmp.Or(kind, "row")) + ": " + blocks.Code(blocks.Joined(" ", c.Command, blocks.Clean(all))) + " shows all"
	}
	if s.Rows == s.Of || s.Table.Question.Top > 0 || layout.IsMonthsDown(s.Table) && !layout.IsSideBySide(s.Table) {
		return ""
	}
	more := blocks.Code(blocks.Joined(" ", c.Command, blocks.Clean(c.Asked), "top 50"))
	return fmt.Sprintf("%d of %d rows: %s shows more, `budgetbot usage -o csv` shows all", s.Rows, s.Of, more)
}

// measuresFact says that not every measure is in the table, and how to see the others.
func measuresFact(t report.Table) string {
	shown, of := len(layout.Groups(t)), len(t.Groups)
	if layout.IsMonthsDown(t) && phrase.IsApart(t) {
		of = 0
		for _, g := range t.Groups {
			of += len(g.Rows) + g.RestCount
		}
	}
	if shown == of {
		return ""
	}
	fact := fmt.Sprintf("%d of %d measures: ", shown, of)
	if !t.Question.By.IsOfParts() {
		return fact + "name a product to see the others"
	}
	var nouns []string
	for _, g := range t.Groups[shown:] {
		if noun := blocks.Escape(g.Measure.Noun); !slices.Contains(nouns, noun) {
			nouns = append(nouns, noun)
		}
	}
	return fact + "name another to see it (" + blocks.And(nouns) + ")"
}

// sumFact says which counts of several products do not add up.
func sumFact(t report.Table) string {
	var nouns []string
	for _, g := range layout.Groups(t) {
		if !t.AddsUp(g.Measure) && !slices.Contains(nouns, g.Measure.Noun) {
			nouns = append(nouns, g.Measure.Noun)
		}
	}
	if len(nouns) == 0 || phrase.IsApart(t) {
		return ""
	}
	fact := blocks.Escape(blocks.And(nouns)) + " of several products "
	if t.Question.By.IsOfParts() {
		fact += "have no total"
	} else {
		fact += "aren't added up"
	}
	if nouns[0] == billing.NounRequests {
		fact += ": one request may count in each"
	}
	return fact
}
