package period

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// Oldest is the first month for which Fastly may have usage: the company began in 2011.
var Oldest = billing.NewMonth(2011, time.January)

// At reads the range of months at the beginning of the words, which are in lower case, and returns how many words it has: 0 if there is none. The caller
// hands in "" for a word that cannot be part of a range, such as a quoted one.
func At(all []string, now Now) (billing.Range, int, *Wrong) {
	if r, used, wrong := untilAt(all, now); used > 0 {
		return r, used, wrong
	}
	skip, open := leading(all)
	from, wrong, used := pointAt(all[skip:], now)
	if used == 0 {
		if len(all) > skip+1 && all[skip+1] == Mark {
			wrong = Unknown(all[skip]).at(skip, 1)
		}
		return billing.Range{}, 0, wrong
	}
	to, wrongEnd, taken := endAt(all[skip+used:], from, now)
	wrong = cmp.Or(wrong.at(skip, used), wrongEnd.shifted(skip+used))
	used += skip + taken
	if wrong != nil {
		return billing.Range{}, used, wrong
	}
	if taken == 0 && open {
		to = point{months: billing.One(now.Month)}
	}
	r, wrong := judge(from, to, now)
	return r, used, wrong.at(0, used)
}

// untilAt reads "until october": from the beginning of that year.
func untilAt(all []string, now Now) (billing.Range, int, *Wrong) {
	if len(all) == 0 || !slices.Contains(untilWords, all[0]) {
		return billing.Range{}, 0, nil
	}
	to, wrong, used := pointAt(all[1:], now)
	if used == 0 {
		return billing.Range{}, 0, nil
	}
	if wrong != nil {
		return billing.Range{}, 1 + used, wrong.at(1, used)
	}
	r, wrong := judge(point{months: billing.One(billing.NewMonth(to.months.Last.Year(), time.January))}, to, now)
	return r, 1 + used, wrong.at(0, 1+used)
}

// Mark is the word that stands for every way to write "to" between two months.
const Mark = ".."

var (
	untilWords = []string{"until", "till", "through", "thru"}
	rangeWords = append([]string{Mark, "-", "to", "and"}, untilWords...)
	nowWords   = []string{"now", "today", "date"}
	// bareMonth is the end of a range within one year: 2023-01..03.
	bareMonth = regexp.MustCompile(`^\d{1,2}$`)
)

// endAt reads the words after the start of a range: a mark and an end, or only a mark, which means until now. Other words are no part of it.
func endAt(all []string, from point, now Now) (point, *Wrong, int) {
	if len(all) == 0 || !slices.Contains(rangeWords, all[0]) {
		return from, nil, 0
	}
	to, wrong, taken := pointAt(all[1:], now)
	switch {
	case len(all) > 1 && slices.Contains(nowWords, all[1]):
		return point{months: billing.One(now.Month)}, nil, 2
	case taken > 0:
		return to, wrong.at(1, taken), 1 + taken
	case len(all) > 1 && !from.yearless && bareMonth.MatchString(all[1]):
		to, wrong = yearMonth(strconv.Itoa(from.months.First.Year()), all[1])
		return to, wrong.at(1, 1), 2
	case all[0] != Mark:
		return from, nil, 0
	case len(all) > 1:
		if wrong := Unknown(all[1]); wrong != nil {
			return from, wrong.at(1, 1), 2
		}
	}
	return point{months: billing.One(now.Month)}, nil, 1
}

// leading counts the small words before a period, if a period follows them. open means that they ask for everything from then until now.
func leading(all []string) (n int, open bool) {
	for n < len(all) && slices.Contains(leadWords, all[n]) {
		open = open || all[n] == "since"
		n++
	}
	return n, open
}

var leadWords = []string{"from", "since", "between", "in", "for", "during", "of", "the", "over"}

// pointAt reads the longest point at the beginning of the words, and returns how many words it has.
func pointAt(all []string, now Now) (point, *Wrong, int) { return longest(all, now, readPoint) }

// longest reads the most words at the beginning that read understands, and returns how many they are.
func longest[T any](all []string, now Now, read func(string, Now) (T, *Wrong, bool)) (of T, wrong *Wrong, used int) {
	n := 0
	for n < min(longestPoint, len(all)) && mayBeTime(all[n]) {
		n++
	}
	for ; n > 0; n-- {
		if of, wrong, shaped := read(strings.Join(all[:n], " "), now); shaped {
			return of, wrong, n
		}
	}
	return of, nil, 0
}

// judge makes a range of two ends, or returns the problem with it. It gives an end without a year the one that is nearest to the other end.
func judge(from, to point, now Now) (billing.Range, *Wrong) {
	from, to = nearYears(from, to)
	r := billing.Range{First: from.months.First, Last: to.months.Last}
	if to.running && r.Last.After(now.Month) && !to.months.First.After(now.Month) {
		r.Last = now.Month
	}
	switch {
	case r.Last.Before(r.First):
		return r, reversed(from, to)
	case r.Last.After(now.Month):
		return r, future(r, now)
	case r.Len() > MaxMonths:
		latest := billing.Range{First: r.Last.Add(1 - MaxMonths), Last: r.Last}
		return r, tooMany(fmt.Sprintf("%s is %d months", blocks.Period(r), r.Len()), r.Len(), latest.String(), latest.String())
	case r.First.Before(Oldest):
		return r, &Wrong{
			Sentence: fmt.Sprintf("Fastly has no usage from %s: the company started in %d.", spoken(r.First), Oldest.Year()),
			Fixes:    []string{"last month"},
		}
	}
	return r, nil
}

// nearYears gives ends without a year their years: "nov..jan" ends in the most recent January, and starts in the November before it; "nov 2024..jan" ends
// in the January after that November.
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

func reversed(from, to point) *Wrong {
	return &Wrong{
		Sentence: fmt.Sprintf("%s is before %s. Put the earlier month first.", spoken(to.months.Last), spoken(from.months.First)),
		Fixes:    []string{billing.Range{First: to.months.First, Last: from.months.Last}.String()},
	}
}

func future(r billing.Range, now Now) *Wrong {
	early, fix := r.First, "this month"
	if !r.First.After(now.Month) {
		early, fix = r.Last, billing.Range{First: r.First, Last: now.Month}.String()
	}
	return &Wrong{
		Sentence: fmt.Sprintf("%s hasn't started yet. Months are UTC, and it's %s.", spoken(early), spoken(now.Month)),
		Fixes:    []string{fix},
	}
}

func spoken(m billing.Month) string { return blocks.Period(billing.One(m)) }

// Unknown explains a text that was probably meant as a time: it is near the name of a time, or begins with a digit. It returns nil for other texts.
func Unknown(text string) *Wrong {
	known := []string{"this month", "last month", "this quarter", "last quarter", "this year", "last year"}
	for m := time.January; m <= time.December; m++ {
		known = append(known, strings.ToLower(m.String()))
	}
	if near := billing.Nearest(text, known); len(near) > 0 {
		return &Wrong{
			Sentence: fmt.Sprintf("I don't recognize the period %s.", blocks.Quote(text)) + " Did you mean " + blocks.Quote(near[0]) + "?",
			Fixes:    near[:1],
		}
	}
	if text == "" || text[0] < '0' || text[0] > '9' {
		return nil
	}
	return &Wrong{
		Sentence: fmt.Sprintf("I can't read %s as a month or range.", blocks.Quote(text)),
		Hint:     "Try october, 2025-10, 2025-10..2026-03, last 3 months, q3 or ytd.",
		Fixes:    []string{"this month"},
	}
}

// Moved returns the range moved by a number of months, which may be below zero.
func Moved(r billing.Range, months int) billing.Range {
	return billing.Range{First: r.First.Add(months), Last: r.Last.Add(months)}
}
