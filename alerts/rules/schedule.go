package rules

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/netresearch/go-cron"

	"budgetbot/billing"
)

// Digest is a message at regular times.
type Digest struct {
	Name    string // a lower-case slug
	Channel string // a name without "#", or an id
	// Schedule is when, as five fields of cron; empty for one at the month's close.
	Schedule string
	Shows    []Section // in the order of the file
}

// Section is a part of a digest.
type Section string

// The sections of digests. Movers can be in both kinds.
const (
	SectionBudgets    Section = "budgets"         // how every budget stands; of a scheduled digest
	SectionTopChanges Section = "movers"          // what changed most
	SectionFinal      Section = "final"           // the final figures and who went over; of the month's close, as those below
	SectionTeams      Section = "teams"           // by team
	SectionForecast   Section = "forecast-record" // forecasts against final figures
)

// ScheduledSections are what a digest shows if the file lists none.
var (
	ScheduledSections = []Section{SectionBudgets, SectionTopChanges}
	// CloseSections are what the close of a month shows if the file lists none.
	CloseSections = []Section{SectionFinal, SectionTopChanges, SectionTeams, SectionForecast}
)

// AtClose reports whether the digest is that of a month's close.
func (d Digest) AtClose() bool { return d.Schedule == "" }

// Has reports whether the digest shows the section.
func (d Digest) Has(section Section) bool { return slices.Contains(d.Shows, section) }

// CronParser reads five fields as a Kubernetes CronJob does: if both days are given, either will do.
var CronParser = cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.DowOrDom)

// Appointments returns what is due at times of its own. The closes of a month for one channel are one.
func (r *Rules) Appointments() []Digest {
	var all []Digest
	for _, d := range r.Digests {
		at := slices.IndexFunc(all, func(other Digest) bool { return d.AtClose() && other.AtClose() && d.Channel == other.Channel })
		if at < 0 {
			all = append(all, d)
			continue
		}
		all[at] = all[at].with(d)
	}
	return all
}

// Task is the key of the digest's schedule. A digest whose time is changed is a new one: it owes nothing for the past.
func (d Digest) Task(zone *time.Location) string {
	if d.AtClose() {
		return fmt.Sprintf("close %s | %s", d.Channel, zone)
	}
	return fmt.Sprintf("digest %s | %s | %s", d.Name, d.Schedule, zone)
}

// with returns the digest that shows what both do.
func (d Digest) with(other Digest) Digest {
	d.Name += "+" + other.Name
	for _, section := range other.Shows {
		if !d.Has(section) {
			d.Shows = append(slices.Clip(d.Shows), section)
		}
	}
	return d
}

// Next returns when a digest is due next after the instant, by the clocks of the zone. A time that the clocks skip in spring is made
// up for the moment they have; one that they pass twice in autumn is due once, at the first. Schedules and closes give times as a clock on
// the wall shows them, as if they were UTC: no hour is skipped there, and none comes twice.
func (d Digest) Next(after time.Time, zone *time.Location) time.Time {
	next := nextClose
	if !d.AtClose() {
		schedule, err := CronParser.Parse(d.Schedule)
		if err != nil {
			return time.Time{} // a loaded file has none such
		}
		next = schedule.Next
	}
	for wall := next(wallOf(after, zone)); !wall.IsZero(); wall = next(wall) {
		if at := instantOf(wall, zone); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// Latest returns the last time that the digest was due by now, given an earlier one: of several that were missed only that is made up for.
func (d Digest) Latest(due, now time.Time, zone *time.Location) time.Time {
	for next := d.Next(due, zone); !next.IsZero() && !next.After(now); next = d.Next(next, zone) {
		due = next
	}
	return due
}

// When a month's close is posted: on the third working day of the next one, in the morning.
const (
	closeWorkingDay = 3
	closeHour       = 9 * time.Hour
)

// nextClose returns the first close after a time on the wall.
func nextClose(after time.Time) time.Time {
	for month := billing.MonthOf(after); ; month = month.Add(1) {
		if at := workingDay(month, closeWorkingDay).Add(closeHour); at.After(after) {
			return at
		}
	}
}

// workingDay returns the nth day of a month that is neither a Saturday nor a Sunday.
func workingDay(month billing.Month, n int) time.Time {
	for day := month.Start(); ; day = day.AddDate(0, 0, 1) {
		if weekday := day.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
			continue
		}
		if n--; n == 0 {
			return day
		}
	}
}

// wallOf returns what a clock in the zone shows at an instant, as if it were UTC.
func wallOf(t time.Time, zone *time.Location) time.Time {
	_, offset := t.In(zone).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// instantOf returns the first instant at which a clock in the zone shows the time, or, if none ever does, the one at which it is
// put forward over it.
func instantOf(wall time.Time, zone *time.Location) time.Time {
	const aDay = 24 * time.Hour // farther off than any two zones are, and nearer than two changes of the clocks
	before, after := wall.Add(-offsetAt(wall.Add(-aDay), zone)), wall.Add(-offsetAt(wall.Add(aDay), zone))
	switch {
	case wallOf(before, zone).Equal(wall):
		return before // the earlier one, if the clocks were put back between them
	case wallOf(after, zone).Equal(wall):
		return after
	}
	change, _ := before.In(zone).ZoneBounds()
	return change.UTC()
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	return wallOf(t, zone).Sub(t)
}

// WorkingHours is a stretch of the day on some days of the week, in the zone of the rules.
type WorkingHours struct {
	Days     Weekdays
	From, To time.Duration // since local midnight, on the clock; To is not in it, and at most 24 hours
}

// Weekdays are days of the week, by time.Weekday.
type Weekdays [7]bool

// Calendar is when people work. The zero value is at any hour.
type Calendar struct {
	Zone  *time.Location
	Hours []WorkingHours
}

// Calendar returns the working hours of the rules.
func (r *Rules) Calendar() Calendar { return Calendar{r.Zone, r.WorkingHours} }

// stretch is working time from one instant until before another.
type stretch struct{ from, to time.Time }

// searched is how many days are looked through for the next working hours: a week has some, unless each falls into the hour
// that a clock skips.
const searched = 15

// DeferUntil returns when the next working hours begin; zero if people work at t.
func (c Calendar) DeferUntil(t time.Time) time.Time {
	for day := range searched {
		for _, s := range c.on(t, day) {
			switch {
			case s.from.After(t):
				return s.from
			case s.to.After(t):
				return time.Time{}
			}
		}
	}
	return time.Time{}
}

// mostCounted bounds how many days are counted through, so that an old budget state costs no more than a recent one.
const mostCounted = 62

// Elapsed returns how much of the time between two instants people worked.
func (c Calendar) Elapsed(from, to time.Time) time.Duration {
	if len(c.Hours) == 0 {
		return to.Sub(from)
	}
	var worked time.Duration
	for day := range mostCounted {
		for _, s := range c.on(from, day) {
			if begins, ends := billing.Later(s.from, from), billing.Earlier(s.to, to); ends.After(begins) {
				worked += ends.Sub(begins)
			}
		}
	}
	return worked
}

// on returns the stretches of the local day that is so many days after that of t, in order and apart from one another. Clock
// times that a change of the clock skips or repeats are those that time.Date takes them for.
func (c Calendar) on(t time.Time, days int) []stretch {
	zone := cmp.Or(c.Zone, time.UTC)
	year, month, day := t.In(zone).Date()
	at := func(clock time.Duration) time.Time {
		return time.Date(year, month, day+days, 0, int(clock.Minutes()), 0, 0, zone)
	}
	weekday := time.Date(year, month, day+days, 12, 0, 0, 0, zone).Weekday()
	var all []stretch
	for _, hours := range c.Hours {
		if hours.Days[weekday] {
			all = append(all, stretch{at(hours.From), at(hours.To)})
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return a.from.Compare(b.from) })
	for i := 1; i < len(all); i++ {
		all[i].from = billing.Later(all[i].from, all[i-1].to)
		all[i].to = billing.Later(all[i].to, all[i].from)
	}
	return all
}
