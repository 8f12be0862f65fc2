package daily

import (
	"slices"
	"time"

	"budgetbot/billing"
)

const (
	// publishedAfter is how long after its end Fastly has counted a day.
	publishedAfter = 2 * time.Hour
	// readAgain is how many of the newest days are read again every day: Fastly may restate them.
	readAgain = 3
	// closedAfter is how long after a month's end all of it is read once more.
	closedAfter = 4 * 24 * time.Hour
	// lateEvery is how often a day is asked for again that Fastly does not have yet.
	lateEvery = time.Hour
)

// newestDay returns the newest day that Fastly has counted by now.
func newestDay(now time.Time) time.Time {
	return billing.DayOf(now.Add(-publishedAfter - 24*time.Hour))
}

// oldestMonth returns the oldest of so many months.
func oldestMonth(now time.Time, months int) billing.Month {
	return billing.MonthOf(newestDay(now)).Add(1 - months)
}

// due returns which days to read at now, each of one month: first the newest ones, then the month that has been closed, then whatever was never
// read, the newest month first.
func due(states []MonthState, now time.Time, months int) []billing.Days {
	kept := map[billing.Month]MonthState{}
	for _, state := range states {
		kept[state.Month] = state
	}
	all := recent(states, now, months)
	last := newestDay(now)
	for month := billing.MonthOf(last); !month.Before(oldestMonth(now, months)); month = month.Add(-1) {
		whole := kept[month].WholeAt
		closed := month.End().Add(closedAfter + publishedAfter)
		planned := slices.ContainsFunc(all, func(days billing.Days) bool { return days.First.Equal(month.Start()) })
		if !planned && (whole.IsZero() || whole.Before(closed) && !now.Before(closed)) {
			all = append(all, billing.Days{First: month.Start(), Last: billing.Earlier(last, month.End().AddDate(0, 0, -1))})
		}
	}
	return all
}

// recent returns the days since the newest that were asked for and, with them, those before that are read again; none before the first read.
func recent(states []MonthState, now time.Time, months int) []billing.Days {
	last := newestDay(now)
	to, readAt := askedTo(states, last)
	switch {
	case to.IsZero() || billing.MonthOf(to).Before(oldestMonth(now, months)):
		return nil
	case to.Equal(last) && (!isLate(states, last) || now.Sub(readAt).Abs() < lateEvery):
		return nil
	}
	return byMonth(billing.Days{First: billing.Earlier(to.AddDate(0, 0, 1), last.AddDate(0, 0, 1-readAgain)), Last: last})
}

// askedTo returns the newest day that Fastly was asked for, and when. What was asked for by a clock that was ahead counts up to the newest day
// that is known.
func askedTo(states []MonthState, last time.Time) (to, at time.Time) {
	for _, state := range states {
		asked := state.ReadTo
		if asked.After(last) {
			asked = time.Time{}
			for _, day := range state.Known {
				if !day.After(last) {
					asked = day
				}
			}
		}
		if asked.After(to) {
			to, at = asked, state.ReadAt
		}
	}
	return to, at
}

// isLate reports whether a day is missing, and the one before is not.
func isLate(states []MonthState, day time.Time) bool {
	known := func(day time.Time) bool {
		return slices.ContainsFunc(states, func(s MonthState) bool { return slices.ContainsFunc(s.Known, day.Equal) })
	}
	return !known(day) && known(day.AddDate(0, 0, -1))
}

// byMonth takes days apart at the ends of months.
func byMonth(days billing.Days) []billing.Days {
	var parts []billing.Days
	for _, month := range days.Months().Months() {
		parts = append(parts, billing.Days{First: billing.Later(days.First, month.Start()), Last: billing.Earlier(days.Last, month.End().AddDate(0, 0, -1))})
	}
	return parts
}
