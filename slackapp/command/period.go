package command

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// Oldest is the month before which Fastly has counted nothing for anybody: the company is from 2011.
var Oldest = billing.NewMonth(2011, time.January)

// period finds the one range of months that the words name, wherever it stands among them, and returns it with the words
// that belong to something else. It reports false where they name none.
func period(all []word, now billing.Month) (months billing.Range, rest []word, found bool, wrong *problem) {
	var read []word // of periods
	for len(all) > 0 {
		r, used, problem := rangeAt(all, now)
		switch {
		case problem != nil:
			return billing.Range{}, nil, true, problem
		case used == 0:
			rest, all = append(rest, all[0]), all[1:]
			continue
		}
		read, all = append(read, all[:used]...), all[used:]
		if found && r != months {
			return billing.Range{}, nil, true, twoPeriods(months, r, read)
		}
		months, found = r, true
	}
	return months, rest, found, nil
}

func twoPeriods(a, b billing.Range, at []word) *problem {
	return &problem{
		sentence: fmt.Sprintf("That's two periods, %s and %s. Pick one.", blocks.Period(a), blocks.Period(b)),
		at:       at,
		fixes:    []string{a.String(), b.String()},
	}
}

// rangeAt reads a range that begins with the first word, and says how many words it took: 0 where none begins there.
func rangeAt(all []word, now billing.Month) (billing.Range, int, *problem) {
	if r, used, wrong := untilAt(all, now); used > 0 {
		return r, used, wrong
	}
	skip, open := leading(all)
	from, wrong, used := pointAt(all[skip:], now)
	if used == 0 {
		if len(all) > skip+1 && all[skip+1].is(rangeMark) {
			wrong = unknownPeriod(all[skip : skip+1])
		}
		return billing.Range{}, 0, wrong
	}
	to, wrongEnd, taken := endAt(all[skip+used:], from, now)
	used += skip + taken
	if wrong = cmp.Or(wrong, wrongEnd); wrong != nil {
		return billing.Range{}, used, wrong
	}
	if taken == 0 && open {
		to = point{months: billing.One(now)}
	}
	r, wrong := judge(from, to, now)
	if wrong != nil {
		wrong.at = all[:used]
	}
	return r, used, wrong
}

// untilAt reads "until october": from the beginning of that year.
func untilAt(all []word, now billing.Month) (billing.Range, int, *problem) {
	if len(all) == 0 || !all[0].is("until", "till", "through", "thru") {
		return billing.Range{}, 0, nil
	}
	to, wrong, used := pointAt(all[1:], now)
	if used == 0 {
		return billing.Range{}, 0, nil
	}
	if wrong != nil {
		return billing.Range{}, 1 + used, wrong
	}
	r, wrong := judge(point{months: billing.One(billing.NewMonth(to.months.Last.Year(), time.January))}, to, now)
	return r, 1 + used, wrong
}

// endAt reads what follows the start of a range: its mark and its end, the mark alone for a range until now, or nothing
// that belongs to it.
func endAt(all []word, from point, now billing.Month) (point, *problem, int) {
	if len(all) == 0 || !all[0].is(rangeMark, "-", "to", "until", "till", "through", "thru", "and") {
		return from, nil, 0
	}
	to, wrong, taken := pointAt(all[1:], now)
	switch {
	case len(all) > 1 && all[1].is("now", "today", "date"):
		return point{months: billing.One(now)}, nil, 2
	case taken > 0:
		return to, wrong, 1 + taken
	case len(all) > 1 && !from.yearless && bareMonth.MatchString(all[1].text):
		to, wrong = yearMonth(strconv.Itoa(from.months.First.Year()), all[1].text)
		if wrong != nil {
			wrong.at = all[1:2]
		}
		return to, wrong, 2
	case !all[0].is(rangeMark):
		return from, nil, 0
	case len(all) > 1:
		if wrong := unknownPeriod(all[1:2]); wrong != nil {
			return from, wrong, 2
		}
	}
	return point{months: billing.One(now)}, nil, 1
}

// bareMonth is the end of a range within one year: 2023-01..03.
var bareMonth = regexp.MustCompile(`^\d{1,2}$`)

// leading counts the small words that may precede a period, if one follows them. open means that they mean "from then
// until now".
func leading(all []word) (n int, open bool) {
	for n < len(all) && all[n].is("from", "since", "between", "in", "for", "during", "of", "the", "over") {
		open = open || all[n].is("since")
		n++
	}
	return n, open
}

// pointAt reads the longest point that the words begin with, and says how many words it took.
func pointAt(all []word, now billing.Month) (point, *problem, int) {
	n := 0
	for n < min(longestPoint, len(all)) && !all[n].quoted && mayBeTime(all[n].text) {
		n++
	}
	for ; n > 0; n-- {
		if p, wrong, shaped := readPoint(plain(all[:n]), now); shaped {
			if wrong != nil {
				wrong.at = all[:n]
			}
			return p, wrong, n
		}
	}
	return point{}, nil, 0
}

// judge makes a range of its two ends, or returns the problem with it. An end without a year takes the year that puts it
// nearest to the other end.
func judge(from, to point, now billing.Month) (billing.Range, *problem) {
	from, to = nearYears(from, to)
	r := billing.Range{First: from.months.First, Last: to.months.Last}
	if to.running && r.Last.After(now) && !to.months.First.After(now) {
		r.Last = now
	}
	switch {
	case r.Last.Before(r.First):
		return r, reversed(from, to)
	case r.Last.After(now):
		return r, future(r, now)
	case r.Len() > maxMonths:
		latest := billing.Range{First: r.Last.Add(1 - maxMonths), Last: r.Last}
		return r, tooMany(fmt.Sprintf("%s is %d months", blocks.Period(r), r.Len()), r.Len(), latest.String(), latest.String())
	case r.First.Before(Oldest):
		return r, &problem{
			sentence: fmt.Sprintf("Fastly has no usage from %s: the company started in %d.", spoken(r.First), Oldest.Year()),
			fixes:    []string{"last month"},
		}
	}
	return r, nil
}

// nearYears settles the years of ends typed without one: the end of "nov..jan" is the most recent January, and its start
// the November before it; the end of "nov 2024..jan" is the January after.
func nearYears(from, to point) (point, point) {
	for from.yearless && from.months.First.After(to.months.Last) {
		from = moved(from, -12)
	}
	for !from.yearless && to.yearless && !to.months.First.Add(-12).Before(from.months.First) {
		to = moved(to, -12)
	}
	for !from.yearless && to.yearless && to.months.Last.Before(from.months.First) {
		to = moved(to, 12)
	}
	return from, to
}

func reversed(from, to point) *problem {
	return &problem{
		sentence: fmt.Sprintf("%s is before %s. Put the earlier month first.", spoken(to.months.Last), spoken(from.months.First)),
		fixes:    []string{billing.Range{First: to.months.First, Last: from.months.Last}.String()},
	}
}

func future(r billing.Range, now billing.Month) *problem {
	early, fix := r.First, "this month"
	if !r.First.After(now) {
		early, fix = r.Last, billing.Range{First: r.First, Last: now}.String()
	}
	return &problem{
		sentence: fmt.Sprintf("%s hasn't started yet. Months are UTC, and it's %s.", spoken(early), spoken(now)),
		fixes:    []string{fix},
	}
}

func spoken(m billing.Month) string { return blocks.Period(billing.One(m)) }

// unknownPeriod is for words that were meant to be a time: near the name of one, or beginning with a digit. It is nil for
// others.
func unknownPeriod(typed []word) *problem {
	text := plain(typed)
	known := []string{"this month", "last month", "this quarter", "last quarter", "this year", "last year"}
	for m := time.January; m <= time.December; m++ {
		known = append(known, strings.ToLower(m.String()))
	}
	if near := billing.Nearest(text, known); len(near) > 0 {
		return &problem{
			sentence: fmt.Sprintf("I don't recognize the period %s.", blocks.Quote(text)) + didYouMean(near[:1]),
			at:       typed,
			fixes:    near[:1],
		}
	}
	if text[0] < '0' || text[0] > '9' {
		return nil
	}
	return &problem{
		sentence: fmt.Sprintf("I can't read %s as a month or range.", blocks.Quote(text)),
		at:       typed,
		hint:     "Try october, 2025-10, 2025-10..2026-03, last 3 months, q3 or ytd.",
		fixes:    []string{"this month"},
	}
}
