package rules

import (
	"time"

	"budgetbot/billing"
)

// Next returns when a digest is due next after the instant, by the clocks of the zone. A time that the clocks skip in spring is made
// up for the moment they have; one that they pass twice in autumn is due once, at the first.
func (d Digest) Next(after time.Time, zone *time.Location) time.Time {
	next := d.onTheWall()
	if next == nil {
		return time.Time{} // a loaded file has none such
	}
	for wall := next(wallOf(after, zone)); !wall.IsZero(); wall = next(wall) {
		if at := instantOf(wall, zone); at.After(after) {
			return at
		}
	}
	return time.Time{}
}

// NextDue returns when a digest is due after it was last due: in the future, or, where that was missed, at the latest of the times
// that were. A zero last is of a digest that is new, and owes nothing for the past.
func (d Digest) NextDue(last, now time.Time, zone *time.Location) time.Time {
	if last.IsZero() {
		return d.Next(now, zone)
	}
	due := d.Next(last, zone)
	if !due.Before(now) || due.IsZero() {
		return due
	}
	for back := time.Hour; ; back *= 2 { // a digest of every minute may have been missed for a year
		from := now.Add(-back)
		if from.Before(last) {
			from = last
		}
		if due = d.Next(from, zone); due.After(now) {
			continue
		}
		for later := d.Next(due, zone); !later.After(now); later = d.Next(later, zone) {
			due = later
		}
		return due
	}
}

// onTheWall returns what gives the next time that a digest is due after another. Both are what a clock on the wall shows, as if it
// were UTC: no hour is skipped there, and none comes twice. It is nil where the schedule is none.
func (d Digest) onTheWall() func(after time.Time) time.Time {
	if d.AtClose() {
		return nextClose
	}
	schedule, err := CronParser.Parse(d.Schedule)
	if err != nil {
		return nil
	}
	return schedule.Next
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

// instantOf returns the first instant at which a clock in the zone shows the time, or, where none ever does, the one at which it is
// put forward over it.
func instantOf(wall time.Time, zone *time.Location) time.Time {
	const aDay = 24 * time.Hour // farther off than any two zones are, and nearer than two changes of the clocks
	before, after := wall.Add(-offsetAt(wall.Add(-aDay), zone)), wall.Add(-offsetAt(wall.Add(aDay), zone))
	switch {
	case wallOf(before, zone).Equal(wall):
		return before // the earlier one, where the clocks were put back between them
	case wallOf(after, zone).Equal(wall):
		return after
	}
	change, _ := before.In(zone).ZoneBounds()
	return change.UTC()
}

func offsetAt(t time.Time, zone *time.Location) time.Duration {
	return wallOf(t, zone).Sub(t)
}
