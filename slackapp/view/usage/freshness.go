package usageview

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// factsOf returns what stands in small type under an answer.
func factsOf(s shortened, c Context) []string {
	t := s.table
	return []string{
		phrase.MonthFact(t, c.Now),
		phrase.ComparisonFact(t),
		changesFact(t),
		unitFact(t),
		hiddenFact(s, c),
		measuresFact(t),
		sumFact(t),
		phrase.ReadFact(t.Fresh, c.Now),
		audienceFact(c),
	}
}

var letters = map[string]string{"K": "thousand", "M": "million", "B": "billion", "T": "trillion"}

// unitFact explains the unit of counts: their letter, and in what blocks Fastly bills them.
func unitFact(t report.Table) string {
	for _, g := range shownGroups(t) {
		if g.Measure.Billed {
			return "in Fastly's billed units of " + blocks.Escape(g.Measure.Noun) + ": I don't know yet how many single ones each stands for"
		}
		if !g.Measure.IsCount() {
			continue
		}
		used := lettersOf(g, t)
		if len(used) == 0 {
			continue
		}
		fact := blocks.And(used) + " single " + g.Measure.Noun
		if one := decimal.New(1, 0); g.Block.GreaterThan(one) {
			fact += "; Fastly bills them by " + g.Measure.Scale(one).Format(g.Block)
		}
		return fact
	}
	return ""
}

// lettersOf explains the letters of the counts in a group: "B is billion".
func lettersOf(g report.Group, t report.Table) []string {
	var used []string
	units, rows := scalesOf(g, t), g.All()
	if units.isOne() {
		rows = rows[:min(1, len(rows))]
	}
	for _, r := range rows {
		letter, _, found := strings.Cut(units.of(r).Unit(), " ")
		if !found || letters[letter] == "" {
			continue
		}
		if word := letter + " is " + letters[letter]; !slices.Contains(used, word) {
			used = append(used, word)
		}
	}
	return used
}

// hiddenFact says how to see the rows that were folded.
func hiddenFact(s shortened, c Context) string {
	if s.shown == s.of || s.table.Question.Top > 0 || isMonthsDown(s.table) && !isSideBySide(s.table) {
		return ""
	}
	more := blocks.Code(blocks.Joined(" ", c.Command, blocks.Clean(c.Asked), "top 50"))
	return fmt.Sprintf("%d of %d rows: %s shows more, `budgetbot usage -o csv` shows all", s.shown, s.of, more)
}

// measuresFact says that not every measure has a column.
func measuresFact(t report.Table) string {
	if isSideBySide(t) {
		return besidesFact(t)
	}
	if !isMonthsDown(t) || t.Question.Cost {
		return ""
	}
	if t.Question.By.IsOfParts() {
		if len(t.Groups) == 1 {
			return ""
		}
		return "only " + blocks.Escape(t.Groups[0].Measure.Noun) + ": name another measure to see it"
	}
	shown, of := min(len(t.Groups), maxMeasures), len(t.Groups)
	if phrase.IsApart(t) {
		of = 0
		for _, g := range t.Groups {
			of += len(g.Rows) + g.RestCount
		}
	}
	if shown == of {
		return ""
	}
	return fmt.Sprintf("%d of %d measures: name a product to see the others", shown, of)
}

// besidesFact names the measures that are not among those beside each other.
func besidesFact(t report.Table) string {
	shown := besides(t)
	if len(shown) == len(t.Groups) {
		return ""
	}
	var nouns []string
	for _, g := range t.Groups[len(shown):] {
		if noun := blocks.Escape(g.Measure.Noun); !slices.Contains(nouns, noun) {
			nouns = append(nouns, noun)
		}
	}
	return fmt.Sprintf("%d of %d measures: name a measure to see the others (%s)", len(shown), len(t.Groups), blocks.And(nouns))
}

// sumFact says which counts are of several products.
func sumFact(t report.Table) string {
	var nouns []string
	for _, g := range shownGroups(t) {
		if !t.AddsUp(g.Measure) && !slices.Contains(nouns, g.Measure.Noun) {
			nouns = append(nouns, g.Measure.Noun)
		}
	}
	if len(nouns) == 0 || phrase.IsApart(t) {
		return ""
	}
	fact := blocks.Escape(blocks.And(nouns)) + " of several products"
	if !t.Question.By.IsOfParts() {
		fact += " aren't added up"
	}
	if nouns[0] == billing.NounRequests {
		fact += ": one request may count in each"
	}
	return fact
}

// audienceFact says who sees the answer.
func audienceFact(c Context) string {
	switch {
	case c.Private:
		return "only you see this"
	case c.AskedBy != "":
		return "asked by " + phrase.Mention(c.AskedBy)
	}
	return ""
}
