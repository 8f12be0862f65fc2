package blocks

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"budgetbot/billing"
)

// Period names months the way people do: "November 2026", "Jan–Mar 2023", "Nov 2022–Feb 2023".
func Period(r billing.Range) string {
	first, last := r.First.Start(), r.Last.Start()
	switch {
	case r.First == r.Last:
		return first.Format("January 2006")
	case first.Year() == last.Year():
		return first.Format("Jan") + "–" + last.Format("Jan 2006")
	}
	return first.Format("Jan 2006") + "–" + last.Format("Jan 2006")
}

// ShortMonth returns "Mar", or "Mar 2023" where months of several years stand together.
func ShortMonth(m billing.Month, withYear bool) string {
	if withYear {
		return m.Start().Format("Jan 2006")
	}
	return m.Start().Format("Jan")
}

// LongMonth returns "March".
func LongMonth(m billing.Month) string { return m.Start().Format("January") }

// In sentences and titles a whole month has its full name, "November", and days have a short one, "Nov 21". Heads of columns have short ones alone.

// FirstDays names the first days of a month: "Nov 1–21", "Nov 1", or "February" if it has no more than those.
func FirstDays(m billing.Month, days int) string {
	switch {
	case days >= m.Days():
		return LongMonth(m)
	case days == 1:
		return ShortMonth(m, false) + " 1"
	}
	return fmt.Sprintf("%s 1–%d", ShortMonth(m, false), days)
}

// Until names what of a month is counted up to an instant: "Nov 1–21", "Nov 1–29 (to 05:00 UTC)" if the last day is not complete, or "February".
func Until(m billing.Month, to time.Time) string {
	to = to.UTC()
	if !to.Before(m.End()) {
		return LongMonth(m)
	}
	name := FirstDays(m, billing.DayCounted(to).Day())
	if billing.DayOf(to).Equal(to) {
		return name
	}
	if name == LongMonth(m) {
		name = fmt.Sprintf("%s 1–%d", ShortMonth(m, false), m.Days())
	}
	return name + to.Format(" (to 15:04 UTC)")
}

// Day returns "Nov 21".
func Day(t time.Time) string { return t.UTC().Format("Jan 2") }

// LongDay returns "Nov 21, 2026".
func LongDay(t time.Time) string { return t.UTC().Format("Jan 2, 2006") }

// Days names a run of days: "Nov 21", "Nov 10–21", "Oct 30–Nov 9", and with years if these differ.
func Days(d billing.Days) string {
	switch {
	case d.Len() == 1:
		return Day(d.First)
	case d.First.Year() != d.Last.Year():
		return LongDay(d.First) + "–" + LongDay(d.Last)
	case d.First.Month() == d.Last.Month():
		return Day(d.First) + d.Last.Format("–2")
	}
	return Day(d.First) + "–" + Day(d.Last)
}

// LongDays is Days with the year: "Nov 10–21, 2026".
func LongDays(d billing.Days) string {
	if d.First.Year() != d.Last.Year() {
		return Days(d)
	}
	return Days(d) + d.Last.Format(", 2006")
}

// LastDay names the last day that a count up to an instant holds: midnight belongs to the day before.
func LastDay(countedTo time.Time) string { return Day(countedTo.Add(-time.Nanosecond)) }

// An instant is markup: Slack draws it in the time zone of each reader. Notifications and terminals show plain words in the zone of now, which is
// that of the rules file.

// Clock is an instant as the markup of "today at 10:42": elsewhere "10:42 UTC", with the day in front where that is not today's, and the year
// where that is not this year's.
func Clock(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return instant(t, t.Format("15:04 ")+zoneOf(t))
	}
	return Stamp(t, now)
}

// Stamp is Clock for what is still read another day: elsewhere "Nov 22, 10:42 UTC".
func Stamp(t, now time.Time) string { return instant(t, PlainStamp(t, now)) }

// CountedTo is the end of what was counted: elsewhere "the end of Nov 21" where a day of the zone ends then, or "Nov 22, 01:00 CET".
func CountedTo(t, now time.Time) string { return instant(t, PlainCountedTo(t, now)) }

// PlainStamp is an instant as a terminal shows it: "Nov 22, 10:42 CET", with the year where that is not this year's.
func PlainStamp(t, now time.Time) string {
	t = t.In(now.Location())
	day := "Jan 2"
	if t.Year() != now.Year() {
		day = "Jan 2 2006"
	}
	return t.Format(day+", 15:04 ") + zoneOf(t)
}

// PlainCountedTo is the end of what was counted as a terminal shows it: "the end of Nov 21", or "Nov 22, 01:00 CET".
func PlainCountedTo(t, now time.Time) string {
	t = t.In(now.Location())
	if t.Hour() == 0 && t.Minute() == 0 {
		return "the end of " + t.Add(-time.Nanosecond).Format("Jan 2")
	}
	return PlainStamp(t, now)
}

// zoneOf names the time zone: "UTC", "CET", or "UTC-03" and "UTC+05:45" where it has no letters.
func zoneOf(t time.Time) string {
	switch name, offset := t.Zone(); {
	case name != "" && name[0] != '+' && name[0] != '-':
		return name
	case offset%int(time.Hour/time.Second) != 0: // a zone need not be whole hours from UTC
		return t.Format("UTC-07:00")
	}
	return t.Format("UTC-07")
}

// Age returns how long ago something was, in the largest unit that says enough: "12 min", "2 h", "3 days".
func Age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 72*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// elapsed is how much of a month a count covers.
type elapsed struct {
	Days, Of int     // Days are complete
	Passed   string  // the days with a decimal where the last one is not complete: "28.2"
	Share    float64 // 0..1: what an even pace would have used by then
}

// ElapsedIn returns how much of the month has passed at the instant; ok is false where the instant is zero or before the
// month, since nothing can be said of the pace then.
func ElapsedIn(m billing.Month, at time.Time) (e elapsed, ok bool) {
	if at.IsZero() || !at.After(m.Start()) {
		return elapsed{}, false
	}
	passed := min(at.Sub(m.Start()), m.End().Sub(m.Start()))
	days := passed.Hours() / 24
	return elapsed{
		Days:   int(passed / (24 * time.Hour)),
		Of:     m.Days(),
		Passed: strings.TrimSuffix(strconv.FormatFloat(days, 'f', 1, 64), ".0"),
		Share:  days / float64(m.Days()),
	}, true
}
