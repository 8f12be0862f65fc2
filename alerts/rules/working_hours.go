package rules

import (
	"cmp"
	"slices"
	"time"

	"budgetbot/billing"
)

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

// stretch is working time between two instants, the second of which is not in it.
type stretch struct{ from, to time.Time }

// searched is how many days are looked through for the next working hours: a week has some, unless each falls into the hour
// that a clock skips.
const searched = 15

// Open returns the first instant at or after t at which people work.
func (c Calendar) Open(t time.Time) time.Time {
	if len(c.Hours) == 0 {
		return t
	}
	for day := range searched {
		for _, s := range c.on(t, day) {
			switch {
			case !s.to.After(t):
			case s.from.After(t):
				return s.from
			default:
				return t
			}
		}
	}
	return t
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
