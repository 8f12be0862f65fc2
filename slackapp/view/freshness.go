package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// restatedFor is for how long after its end Fastly may still correct a month.
const restatedFor = 14 * 24 * time.Hour

// factsOf returns what stands in small type under an answer.
func factsOf(s shortened, c UsageContext) []string {
	t := s.table
	return []string{
		monthFact(t, c.Now),
		comparisonFact(t),
		unitFact(t),
		hiddenFact(s, c),
		measuresFact(t),
		sumFact(t),
		readFact(t.Fresh, c),
		audienceFact(c),
	}
}

// monthFact says whether the months can still change.
func monthFact(t report.Table, now time.Time) string {
	newest := t.Question.Months.Last
	switch {
	case slices.Contains(t.Missing, newest):
		return "Months are UTC"
	case !newest.IsOver(now) && t.Fresh.CountedTo.IsZero():
		return "Months are UTC; Fastly did not say up to when " + longMonth(newest) + " counts"
	case !newest.IsOver(now):
		return longMonth(newest) + " has data to " + lastDay(t.Fresh.CountedTo) + " (UTC)"
	case now.Before(newest.End().Add(restatedFor)):
		return "Months are UTC and closed; Fastly may still correct " + longMonth(newest)
	}
	return "Months are UTC and closed, so final"
}

// comparisonFact says what changes are measured against, or why there are none.
func comparisonFact(t report.Table) string {
	v := t.Versus
	switch {
	case v == nil || v.Days == 0 && !v.Unknown:
		return ""
	case !v.Unknown:
		return "compared with " + firstDays(v.Against, v.Days)
	case v.Why == report.GapUnread:
		return "not compared with " + longMonth(v.Against) + ": a row of Fastly's cannot be read"
	case v.Why == report.GapUndated && t.Fresh.CountedTo.IsZero():
		return "so it is not compared with " + longMonth(v.Against)
	case v.Why == report.GapUndated:
		return "too early to compare with " + longMonth(v.Against)
	}
	return "no figure for " + firstDays(v.Against, v.Days) + ": " + gapReason(t)
}

// gapReason says why the same days of the month before are not known.
func gapReason(t report.Table) string {
	v := t.Versus
	switch {
	case v.Why == report.GapUnreadable:
		return "my own record of it could not be read"
	case v.Why == report.GapServices:
		return "I keep no record of single services"
	case v.WatchingSince.IsZero():
		return "I have only begun to watch"
	case v.WatchingSince.Before(v.Against.Start().AddDate(0, 0, v.Days)):
		return "I did not look at Fastly on its last day"
	}
	return "I began watching on " + day(v.WatchingSince)
}

var letters = map[string]string{"K": "thousand", "M": "million", "B": "billion", "T": "trillion"}

// unitFact explains the unit of counts: their letter, and in what blocks Fastly bills them.
func unitFact(t report.Table) string {
	for _, g := range t.Groups {
		if g.Measure.Noun != "requests" && g.Measure.Noun != "units" {
			continue
		}
		if g.Measure.Billed {
			return g.Measure.Noun + " are in Fastly's billed units: how many single ones those stand for is not known yet"
		}
		letter, _, found := strings.Cut(scaleOf(g, t).Unit(), " ")
		if !found || letters[letter] == "" {
			continue
		}
		fact := letter + " is " + letters[letter] + " single " + g.Measure.Noun
		if blocks, ok := billedBy(g); ok {
			fact += "; Fastly bills them by " + blocks
		}
		return fact
	}
	return ""
}

// billedBy returns how many single units one billed unit stands for, as the group's own figures tell, where it is the same
// for every row.
func billedBy(g report.Group) (string, bool) {
	rows := g.Rows
	if g.Rest != nil {
		rows = append(slices.Clone(rows), *g.Rest)
	}
	var factor decimal.Decimal
	for _, r := range rows {
		f, ok := blockOf(r)
		if ok && !factor.IsZero() && !f.Equal(factor) {
			return "", false
		}
		if ok {
			factor = f
		}
	}
	if !factor.GreaterThan(decimal.New(1, 0)) {
		return "", false
	}
	return g.Measure.Scale(decimal.New(1, 0)).Format(factor), true
}

// blockOf returns how many single units of a row are one billed unit; not ok where the row does not tell.
func blockOf(r report.Row) (decimal.Decimal, bool) {
	for i, billed := range r.Billed {
		if i < len(r.Figures) && r.Figures[i].Valid && billed.Valid && billed.Decimal.IsPositive() {
			return r.Figures[i].Decimal.DivRound(billed.Decimal, 0), true
		}
	}
	return decimal.Decimal{}, false
}

// hiddenFact says how to see the rows that were folded.
func hiddenFact(s shortened, c UsageContext) string {
	if s.shown == s.of || s.table.Question.Top > 0 || isMonthsDown(s.table) {
		return ""
	}
	more := code(joined(" ", c.Command, Clean(c.Asked), "top 50"))
	return fmt.Sprintf("%d of %d rows: %s shows more, `bot usage -o csv` all", s.shown, s.of, more)
}

// measuresFact says that not every measure has a column.
func measuresFact(t report.Table) string {
	if !isMonthsDown(t) || t.Question.Cost {
		return ""
	}
	shown, of := min(len(t.Groups), maxMeasures), len(t.Groups)
	if isApart(t) {
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

// sumFact says that products were added up, which the bill does not do.
func sumFact(t report.Table) string {
	q := t.Question
	counted := slices.ContainsFunc(t.Groups, func(g report.Group) bool { return g.Measure.Noun == "requests" })
	if !counted || q.Product != "" || q.UsageType != "" || q.By == report.ByProduct {
		return ""
	}
	return "all products together: one request may be counted by several of them"
}

// readFact says when Fastly was asked, and that it was long ago where that is so.
func readFact(f billing.Freshness, c UsageContext) string {
	switch {
	case f.ReadAt.IsZero():
		return ""
	case f.Stale != "":
		reason := strings.TrimRight(prose(f.Stale), ". ")
		return fmt.Sprintf("*%s; these figures are from %s (%s old)*", reason, clock(f.ReadAt, c.Now), age(c.Now.Sub(f.ReadAt)))
	}
	where := "Fastly"
	if f.Source == billing.FromInvoices {
		where = "Fastly's invoices"
	}
	return "read from " + where + " " + clock(f.ReadAt, c.Now)
}

// audienceFact says who sees the answer.
func audienceFact(c UsageContext) string {
	switch {
	case c.Private:
		return "only you see this"
	case c.AskedBy != "":
		return "asked by " + mention(c.AskedBy)
	}
	return ""
}
