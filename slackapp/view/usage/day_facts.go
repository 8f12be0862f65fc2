package usageview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/byday"
	"budgetbot/slackapp/blocks"
)

// daysFacts returns the small type of an answer about days: where the figures come from and how they compare with what is billed, which are missing, and what
// the letters of counts mean.
func daysFacts(t byday.Table, c Context) []string {
	return []string{sourceFact(t, c.Now, blocks.CountedTo), unknownFact(t, c.Now), unnamedFact(t), unkeptFact(t), restFact(t, c), columnsFact(t)}
}

// sourceFact says who counted the days, up to when, and what Fastly billed for the same. instant is how the end of a day is written.
func sourceFact(t byday.Table, now time.Time, instant func(t, now time.Time) string) string {
	to := ""
	if !t.To.IsZero() {
		to = " to " + instant(t.To, now)
	}
	if t.Recorded {
		fact := "Fastly has no daily statistics of it: UTC days as I recorded them" + to
		if !t.Since.IsZero() {
			fact += ", since " + blocks.LongDay(t.Since)
		}
		return fact
	}
	return "UTC days in Fastly's statistics" + to + ": " + billedFact(t)
}

// billedFact sets what was measured of a month beside what was billed for it.
func billedFact(t byday.Table) string {
	const usual = "measured, not billed"
	if t.Billed == nil {
		return usual
	}
	m, b := t.Columns[0].Measure, t.Billed
	measured, billed := blocks.Escape(m.Format(b.Measured)), blocks.Escape(m.Format(b.Billed))
	if measured == billed {
		return fmt.Sprintf("measured (%s: %s, and billed the same)", blocks.Until(b.Month, b.To), measured)
	}
	return fmt.Sprintf("%s (%s: %s measured, %s billed)", usual, blocks.Until(b.Month, b.To), measured, billed)
}

// unknownFact names the days without figures, and why.
func unknownFact(t byday.Table, now time.Time) string {
	if len(t.Unknown) == 0 {
		return ""
	}
	return "not known: " + dayList(t.Unknown) + " (" + WhyUnknown(t, now) + ")"
}

// countedWithin is how long after a day's end its statistics are there and read, as a rule.
const countedWithin = 4 * time.Hour

// WhyUnknown says why a day has no figures: nobody counted it, it is too new, or Fastly does not hand it out.
func WhyUnknown(t byday.Table, now time.Time) string {
	first, last := t.Unknown[0], t.Unknown[len(t.Unknown)-1]
	switch {
	case t.Why != "":
		return blocks.Prose(strings.TrimRight(t.Why, ". "))
	case t.Since.IsZero() && t.Recorded:
		return "I have recorded no day of it yet"
	case t.Since.IsZero():
		return "I haven't read Fastly's statistics yet; that takes a few minutes after the first start"
	case last.Before(t.Since):
		return "my days begin with " + blocks.LongDay(t.Since)
	case !first.Before(billing.DayOf(t.To)) && t.Recorded:
		return "I record a day when Fastly has counted it"
	case !first.Before(billing.DayOf(t.To)) && first.AddDate(0, 0, 1).Add(countedWithin).Before(now):
		return "I haven't read that from Fastly yet"
	case !first.Before(billing.DayOf(t.To)):
		return "Fastly has a day's statistics at about 02:00 UTC of the next"
	case t.Recorded:
		return "I didn't record these days"
	}
	return "Fastly's statistics lack these days"
}

// dayList names days, those in a row as a run.
func dayList(days []time.Time) string {
	var runs []billing.Days
	for _, day := range days {
		if n := len(runs); n > 0 && runs[n-1].Last.AddDate(0, 0, 1).Equal(day) {
			runs[n-1].Last = day
			continue
		}
		runs = append(runs, billing.Days{First: day, Last: day})
	}
	const most = 3
	return blocks.And(blocks.Most(runs, most, blocks.Days, blocks.CountedAs("other run of days")))
}

// DayNotes are the notes below figures in a terminal: what the change compares, where figures come from, and which are missing.
func DayNotes(t byday.Table, now time.Time) []string {
	var notes []string
	compared := ""
	if t.Total.Earlier.Valid {
		compared = "The change is that of " + strings.ToLower(t.Columns[0].Name) + " against " + t.Against.String()
	}
	for _, fact := range []string{compared, sourceFact(t, now, blocks.PlainCountedTo), unknownFact(t, now), unnamedFact(t), unkeptFact(t)} {
		if fact != "" {
			notes = append(notes, blocks.Capital(fact)+".")
		}
	}
	return notes
}

// unnamedFact says that services may be missing, since nobody knows what they are called.
func unnamedFact(t byday.Table) string {
	if t.Unnamed == 0 {
		return ""
	}
	return blocks.Counted(t.Unnamed, "service") + " without a known name can't be matched"
}

// unkeptFact says that the smallest services of a very large account are not in the figures.
func unkeptFact(t byday.Table) string {
	if t.Unkept == 0 {
		return ""
	}
	return "without the " + blocks.Counted(t.Unkept, "smallest service") + ", whose days I don't keep"
}

// restFact says how to see the lines that are not shown.
func restFact(t byday.Table, c Context) string {
	if t.Rest == nil {
		return ""
	}
	asked := strings.Replace(blocks.Clean(c.Asked), fmt.Sprintf(" top %d", t.Question.Top), "", 1)
	return blocks.Counted(t.RestCount, "other") + ": " + blocks.Code(blocks.Joined(" ", c.Command, asked, "top 100")) + " shows more"
}

// columnsFact explains the letters of counts.
func columnsFact(t byday.Table) string {
	scales := daysScales(t, append(slices.Clone(t.Lines), t.Total))
	var used []string
	for i, column := range t.Columns {
		word := map[string]string{"K": "K is thousand", "M": "M is million", "B": "B is billion", "T": "T is trillion"}[scales[i].Symbol()]
		if column.Measure.IsCount() && word != "" && !slices.Contains(used, word) {
			used = append(used, word)
		}
	}
	return blocks.And(used)
}

// noDays says that nothing is known of the days, and why.
func noDays(t byday.Table, c Context) blocks.Message {
	q, what := t.Question, "daily figures"
	if names := blocks.Joined(" ", listed(cmp.Or(q.UsageType, q.Product)), listed(q.Measure)); names != "" {
		what += " of " + names
	}
	what = blocks.Escape(what + ofWhom(q))
	if len(t.Unknown) == 0 {
		why := "nothing was counted"
		if t.Unnamed > 0 {
			why = "I don't know yet what " + blocks.Counted(t.Unnamed, "service") + " with traffic are called"
		}
		return daysNote(c, fmt.Sprintf("*I have no %s for %s:* %s.", what, blocks.Days(q.Days), why))
	}
	return daysNote(c, fmt.Sprintf("*I have no %s for %s:* %s.", what, blocks.Days(q.Days), WhyUnknown(t, c.Now)))
}

func daysNote(c Context, lines ...string) blocks.Message {
	for _, text := range c.Offers {
		lines = append(lines, blocks.Code(c.Command+" "+text))
	}
	m := blocks.Note(lines...)
	m.Blocks = slices.Concat(m.Blocks, blocks.Buttons("next", blocks.RunButtons(blocks.ActionRunIt, c.Offers)))
	return m
}

// daysScales chooses the unit of each column.
func daysScales(t byday.Table, lines []byday.Line) []billing.Scale {
	scales := make([]billing.Scale, len(t.Columns))
	for i, column := range t.Columns {
		var figures []decimal.Decimal
		for _, line := range lines {
			if line.Figures[i].Valid {
				figures = append(figures, line.Figures[i].Decimal)
			}
			if i == 0 && line.Earlier.Valid {
				figures = append(figures, line.Earlier.Decimal)
			}
		}
		scales[i] = column.Measure.Scale(figures...)
	}
	return scales
}
