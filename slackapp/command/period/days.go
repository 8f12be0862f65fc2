package period

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"budgetbot/billing"
	"budgetbot/slackapp/blocks"
)

// KeptMonths is how many months back there are figures of days.
const KeptMonths = 26

// daySpan is what a person names when they name a day, a week or a run of days.
type daySpan struct {
	billing.Days
	// yearless means that the person typed no year; the days are then the most recent such days that have begun.
	yearless bool
}

// dayForm is one way to write days: a pattern for one to four whole words in lower case.
type dayForm struct {
	pattern *regexp.Regexp
	read    func(parts []string, now Now) (daySpan, *Wrong)
}

const (
	weekdays  = `monday|tuesday|wednesday|thursday|friday|saturday|sunday`
	dayNumber = `(\d{1,2})(?:st|nd|rd|th)?`
)

// dayForms are all forms of days, tried in this order.
var dayForms = []dayForm{
	ofDays(`yesterday`, func(_ []string, now Now) (daySpan, *Wrong) { return back(1, 1, now), nil }),
	ofDays(`(?:the )?day before yesterday`, func(_ []string, now Now) (daySpan, *Wrong) { return back(2, 1, now), nil }),
	ofDays(`today`, func(_ []string, now Now) (daySpan, *Wrong) { return daySpan{}, notOver("Today", now) }),
	ofDays(`(?:this|current) week|week to date|wtd`, readThisWeek),
	ofDays(`(?:last|past|previous|prev) (?:(`+Counts+`) )?(day|week|hour)s?`, readLastDays),
	ofDays(`(`+Counts+`) ?(day|week|hour)s?`, readLastDays),
	ofDays(`(\d{1,3})(d|w|h)`, readLastDays),
	ofDays(`(a|`+Counts+`) (day|week)s? ago`, readDaysAgo),
	ofDays(`(?:(last|past|previous|prev|this) )?(`+weekdays+`)`, readWeekday),
	ofDays(`(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})`, func(p []string, now Now) (daySpan, *Wrong) { return dateOf(p[1], p[2], p[3], now) }),
	ofDays(`(\d{1,2})\.(\d{1,2})\.?(\d{4})?`, func(p []string, now Now) (daySpan, *Wrong) { return dateOf(p[3], p[2], p[1], now) }),
	ofDays(`(\d{1,2})/(\d{1,2})/(\d{4})`, readSlashes),
	ofDays(`(`+monthNames+`)\.? ?`+dayNumber+`(?:,? ?`+year+`)?`, func(p []string, now Now) (daySpan, *Wrong) { return dateOf(p[3], p[1], p[2], now) }),
	ofDays(dayNumber+`\.? ?(?:of )?(`+monthNames+`)[.,]{0,2}(?: ?`+year+`)?`, func(p []string, now Now) (daySpan, *Wrong) { return dateOf(p[3], p[2], p[1], now) }),
	ofDays(`(`+monthNames+`)\.? `+dayNumber+`-`+dayNumber+`(?:,? ?`+year+`)?`, func(p []string, now Now) (daySpan, *Wrong) { return within(p[4], p[1], p[2], p[3], now) }),
	ofDays(dayNumber+`-`+dayNumber+` (`+monthNames+`)(?: `+year+`)?`, func(p []string, now Now) (daySpan, *Wrong) { return within(p[4], p[3], p[1], p[2], now) }),
}

func ofDays(pattern string, read func([]string, Now) (daySpan, *Wrong)) dayForm {
	return dayForm{regexp.MustCompile(`^(?:` + pattern + `)$`), read}
}

// DaysAt reads the run of days at the beginning of the words, which are in lower case, and returns how many words it has: 0 if there is none. Days end
// with yesterday at the latest: Fastly counts whole days. A range may have a month at one of its ends.
func DaysAt(all []string, now Now) (billing.Days, int, *Wrong) {
	skip, open := leading(all)
	until := skip == 0 && len(all) > 0 && slices.Contains(untilWords, all[0])
	if until {
		skip = 1
	}
	from, wrong, used, isDay := dayOrMonthAt(all[skip:], now)
	if used == 0 {
		return billing.Days{}, 0, nil
	}
	to, wrongEnd, taken, isDayEnd := dayEndAt(all[skip+used:], from, now)
	if !isDay && !isDayEnd {
		return billing.Days{}, 0, nil
	}
	if wrong = wrong.at(skip, used); wrong == nil {
		wrong = wrongEnd.shifted(skip + used)
	}
	used += skip + taken
	switch {
	case wrong != nil:
		return billing.Days{}, used, wrong
	case until && taken == 0:
		from.First = billing.MonthOf(from.Last).Start()
	case open && taken == 0:
		to.Last = now.yesterday()
	}
	days, wrong := judgeDays(from, to, now)
	return days, used, wrong.at(0, used)
}

// AreDays reports whether the text is written like a day, even if there is no such day.
func AreDays(text string) bool {
	_, _, shaped := readDays(strings.ToLower(text), Now{Month: billing.NewMonth(2000, time.January)})
	return shaped
}

// Is reports whether the text is written like a time, even if there is no such time, as with 2026-13.
func Is(text string) bool {
	_, _, shaped := readPoint(text, Now{Month: billing.NewMonth(2000, time.January)})
	return shaped || AreDays(text)
}

// Begins reports whether the words begin with something written like a time.
func Begins(words []string) bool {
	now := Now{Month: billing.NewMonth(2000, time.January)}
	_, _, used, _ := dayOrMonthAt(words, now)
	return used > 0
}

// yesterday is the newest day that is over.
func (n Now) yesterday() time.Time { return n.today().AddDate(0, 0, -1) }

func (n Now) today() time.Time {
	if n.Today.IsZero() {
		return n.Start()
	}
	return n.Today
}

func readDays(text string, now Now) (daySpan, *Wrong, bool) {
	for _, f := range dayForms {
		if parts := f.pattern.FindStringSubmatch(text); parts != nil {
			days, wrong := f.read(parts, now)
			return days, wrong, true
		}
	}
	return daySpan{}, nil, false
}

// dayAt reads the longest days at the beginning of the words.
func dayAt(all []string, now Now) (daySpan, *Wrong, int) { return longest(all, now, readDays) }

// dayOrMonthAt reads days, or else months as their days.
func dayOrMonthAt(all []string, now Now) (of daySpan, wrong *Wrong, used int, isDay bool) {
	of, wrong, used = dayAt(all, now)
	months, wrongMonths, more := pointAt(all, now)
	if used > 0 && used >= more {
		return of, wrong, used, true
	}
	if more == 0 {
		return daySpan{}, nil, 0, false
	}
	return daySpan{Days: DaysOf(months.months), yearless: months.yearless}, wrongMonths, more, false
}

// dayEndAt reads the words after the first day of a range: a mark and an end, or only a mark, which means until yesterday.
func dayEndAt(all []string, from daySpan, now Now) (to daySpan, wrong *Wrong, taken int, isDay bool) {
	if len(all) == 0 || !slices.Contains(rangeWords, all[0]) {
		return from, nil, 0, false
	}
	latest := daySpan{Days: billing.Days{First: now.yesterday(), Last: now.yesterday()}}
	if len(all) > 1 && slices.Contains(nowWords, all[1]) {
		return latest, nil, 2, false
	}
	if to, wrong, taken, isDay = dayOrMonthAt(all[1:], now); taken > 0 {
		return to, wrong.at(1, taken), 1 + taken, isDay
	}
	if len(all) > 1 && bareMonth.MatchString(all[1]) && from.Len() == 1 { // "nov 10 to 20"
		to, wrong = dateOf(strconv.Itoa(from.First.Year()), strconv.Itoa(int(from.First.Month())), all[1], now)
		return to, wrong.at(1, 1), 2, false
	}
	if all[0] != Mark {
		return from, nil, 0, false
	}
	return latest, nil, 1, false
}

// DaysOf returns the days of whole months.
func DaysOf(months billing.Range) billing.Days {
	return billing.Days{First: months.First.Start(), Last: months.Last.End().AddDate(0, 0, -1)}
}

// UpToNow returns the days of the months that are over, or the problem that none is.
func UpToNow(months billing.Range, now Now) (billing.Days, *Wrong) {
	of := daySpan{Days: DaysOf(months)}
	if of.Last.After(now.yesterday()) {
		of.Last = now.yesterday()
	}
	if of.Last.Before(of.First) {
		return billing.Days{}, notOver("The first day of "+spoken(months.First), now)
	}
	return judgeDays(of, of, now)
}

// judgeDays makes a run of days of two ends, or returns the problem with it.
func judgeDays(from, to daySpan, now Now) (billing.Days, *Wrong) {
	if later := to.Last.AddDate(1, 0, 0); to.yearless && to.Last.Before(from.First) && !later.After(now.today().AddDate(0, 1, 0)) {
		to.Last = later // "nov 10 to nov 30" on Nov 15
	}
	for from.yearless && !to.yearless && from.First.After(to.Last) {
		from.First = from.First.AddDate(-1, 0, 0)
	}
	days := billing.Days{First: from.First, Last: to.Last}
	yesterday := now.yesterday()
	switch {
	case days.Last.Before(days.First):
		return days, &Wrong{
			Sentence: fmt.Sprintf("%s is before %s. Put the earlier day first.", blocks.LongDay(days.Last), blocks.LongDay(days.First)),
			Fixes:    []string{billing.Days{First: to.First, Last: from.Last}.String()},
		}
	case days.First.After(yesterday):
		return days, notOver(blocks.LongDay(days.First), now)
	case days.Last.After(yesterday) && billing.MonthOf(days.Last) == now.Month && isWhole(days.Last): // "since nov 10 to november"
		days.Last = yesterday
	case days.Last.After(yesterday):
		wrong := notOver(blocks.LongDay(days.Last), now)
		wrong.Fixes = []string{billing.Days{First: days.First, Last: yesterday}.String()}
		return days, wrong
	case billing.MonthOf(days.First).Before(now.Add(-KeptMonths)):
		return days, &Wrong{
			Sentence: fmt.Sprintf("I keep the figures of days for %d months. For %s ask by month.", KeptMonths, blocks.Period(billing.One(billing.MonthOf(days.First)))),
			Fixes:    []string{days.Months().String()},
		}
	}
	return days, nil
}

func isWhole(last time.Time) bool { return last.AddDate(0, 0, 1).Day() == 1 }

// notOver says that a day has no figures yet.
func notOver(day string, now Now) *Wrong {
	return &Wrong{
		Sentence: fmt.Sprintf("%s isn't over: Fastly counts whole UTC days, and the newest one is %s.", day, blocks.Day(now.yesterday())),
		Fixes:    []string{"yesterday", "last 7 days"},
	}
}

// back returns a run of days that begins so many days ago.
func back(ago, length int, now Now) daySpan {
	first := now.today().AddDate(0, 0, -ago)
	return daySpan{Days: billing.Days{First: first, Last: first.AddDate(0, 0, length-1)}}
}

const week = 7 // days; a week begins on Monday

// ofWeek is how many days of the week were over when the day began.
func ofWeek(day time.Time) int { return (int(day.Weekday()) + week - 1) % week }

func readThisWeek(_ []string, now Now) (daySpan, *Wrong) {
	over := ofWeek(now.today())
	if over == 0 {
		wrong := notOver("The first day of this week", now)
		wrong.Fixes = []string{"last week", "last 7 days"}
		return daySpan{}, wrong
	}
	return back(over, over, now), nil
}

// readLastDays reads "last 7 days", and "last week" as the whole one that is over.
func readLastDays(p []string, now Now) (daySpan, *Wrong) {
	n := CountOf(p[1])
	length := n
	switch p[2][:1] {
	case "h":
		return daySpan{}, &Wrong{Sentence: "I have figures of whole days, not of hours.", Fixes: []string{"yesterday", "last 7 days"}}
	case "w":
		length = n * week
	}
	if n < 1 || length > KeptMonths*31 {
		return daySpan{}, &Wrong{
			Sentence: fmt.Sprintf("I keep the figures of days for %d months.", KeptMonths), Fixes: []string{fmt.Sprintf("last %d days", 365), "last 12 months"},
		}
	}
	if length == n {
		return back(n, n, now), nil
	}
	return back(length+ofWeek(now.today()), length, now), nil
}

// readDaysAgo reads "2 days ago" as one day and "2 weeks ago" as one whole week.
func readDaysAgo(p []string, now Now) (daySpan, *Wrong) {
	n := 1
	if p[1] != "a" {
		n = CountOf(p[1])
	}
	switch {
	case n == 0:
		return daySpan{}, notOver("Today", now)
	case p[2] == "week":
		return back(n*week+ofWeek(now.today()), week, now), nil
	}
	return back(n, 1, now), nil
}

// readWeekday reads "monday": the most recent one that is over, which "last" does not change.
func readWeekday(p []string, now Now) (daySpan, *Wrong) {
	at := slices.Index(strings.Split(weekdays, "|"), p[2])
	ago := (ofWeek(now.today())-at+week-1)%week + 1
	if p[1] == "this" && ago > ofWeek(now.today()) {
		return daySpan{}, notOver("This "+strings.ToUpper(p[2][:1])+p[2][1:], now)
	}
	return back(ago, 1, now), nil
}

// readSlashes reads 10/17/2026 and 17/10/2026, and asks which is meant if both could be.
func readSlashes(p []string, now Now) (daySpan, *Wrong) {
	first, second := number(p[1]), number(p[2])
	switch {
	case first > 12 && second <= 12:
		return dateOf(p[3], p[2], p[1], now)
	case second > 12 || first == second:
		return dateOf(p[3], p[1], p[2], now)
	}
	iso := func(month, day int) string { return fmt.Sprintf("%s-%02d-%02d", p[3], month, day) }
	return daySpan{}, &Wrong{
		Sentence: fmt.Sprintf("%s may be two days. Write the year first.", blocks.Quote(p[0])), Fixes: []string{iso(first, second), iso(second, first)},
	}
}

// dateOf returns a day of a month, which may be a name; without a year the most recent one that has begun.
func dateOf(year, month, day string, now Now) (daySpan, *Wrong) {
	if month[0] > '9' {
		month = strconv.Itoa(int(monthNamed(month)))
	}
	y := now.today().Year()
	if year != "" {
		y = yearOf(year)
	}
	of, wrong := yearMonth(strconv.Itoa(y), month)
	if wrong != nil {
		return daySpan{}, wrong
	}
	m := of.months.First
	isToCome := m.After(now.Month) || number(day) <= m.Days() && m.Start().AddDate(0, 0, number(day)-1).After(now.today())
	if year == "" && isToCome {
		m = m.Add(-12)
	}
	if d := number(day); d < 1 || d > m.Days() {
		last := billing.Days{First: m.End().AddDate(0, 0, -1), Last: m.End().AddDate(0, 0, -1)}
		return daySpan{}, &Wrong{
			Sentence: fmt.Sprintf("%s has days 1 to %d, not %s.", blocks.Period(billing.One(m)), m.Days(), day), Fixes: []string{last.String(), m.String()},
		}
	}
	on := m.Start().AddDate(0, 0, number(day)-1)
	return daySpan{billing.Days{First: on, Last: on}, year == ""}, nil
}

// within returns some days of one month.
func within(year, month, first, last string, now Now) (daySpan, *Wrong) {
	from, wrong := dateOf(year, month, first, now)
	if wrong != nil {
		return daySpan{}, wrong
	}
	to, wrong := dateOf(strconv.Itoa(from.First.Year()), month, last, now)
	if wrong != nil {
		return daySpan{}, wrong
	}
	return daySpan{Days: billing.Days{First: from.First, Last: to.Last}}, nil
}
