package daily

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
)

// at is an instant of 2026 such as "12-01 02:00".
func at(t *testing.T, text string) time.Time {
	t.Helper()
	read, err := time.Parse("2006-01-02 15:04", "2026-"+text)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// kept are states of the months that are kept at now: all of those that a first reading fills, read to the end and after its close, without the
// newest ones that are given.
func kept(t *testing.T, now string, newest ...MonthState) []MonthState {
	t.Helper()
	oldest, last := oldestMonth(at(t, now), MonthsKept), billing.MonthOf(newestDay(at(t, now))).Add(-len(newest))
	var states []MonthState
	for month := oldest; !month.After(last); month = month.Add(1) {
		end := month.End()
		states = append(states, MonthState{Month: month, ReadTo: end.AddDate(0, 0, -1), ReadAt: end.AddDate(0, 0, 5), WholeAt: end.AddDate(0, 0, 5)})
	}
	return append(states, newest...)
}

// month is a state of a month of 2026 that was read to a day at an instant, and known to that day.
func month(t *testing.T, n time.Month, to int, readAt, wholeAt string) MonthState {
	t.Helper()
	state := MonthState{Month: billing.NewMonth(2026, n), ReadAt: at(t, readAt)}
	state.ReadTo = state.Month.Start().AddDate(0, 0, to-1)
	for day := range to {
		state.Known = append(state.Known, state.Month.Start().AddDate(0, 0, day))
	}
	if wholeAt != "" {
		state.WholeAt = at(t, wholeAt)
	}
	return state
}

func without(state MonthState, days int) MonthState {
	state.Known = state.Known[:len(state.Known)-days]
	return state
}

func TestWhichDaysAreRead(t *testing.T) {
	for _, tt := range []struct {
		name, now string
		states    []MonthState
		want      string
	}{
		{
			"of an account whose days are not known, the newest month first", "11-21 12:00", nil,
			"2026-11-01..2026-11-20 2026-10-01..2026-10-31 2026-09-01..2026-09-30 and 23 more to 2024-10-01..2024-10-31",
		},
		{
			"with a leap day", "03-03 12:00", kept(t, "02-01 12:00")[:1],
			"2026-03-01..2026-03-02 2026-02-01..2026-02-28 2026-01-01..2026-01-31 and 23 more to 2024-02-01..2024-02-29",
		},
		{
			"what a first reading did not get to, with the newest days first", "11-21 12:00",
			[]MonthState{month(t, time.November, 18, "11-19 02:00", "11-01 02:30")},
			"2026-11-18..2026-11-20 2026-10-01..2026-10-31 2026-09-01..2026-09-30 and 23 more to 2024-10-01..2024-10-31",
		},
		{
			"a month that was begun and not read to its end", "11-21 12:00", kept(t, "11-21 12:00", month(t, time.November, 20, "11-21 02:00", "")),
			"2026-11-01..2026-11-20",
		},
		{"none, when the newest is known", "11-21 12:00", kept(t, "11-21 12:00", month(t, time.November, 20, "11-21 02:00", "11-02 02:00")), ""},
		{"none, before a day is counted", "11-22 01:59", kept(t, "11-21 12:00", month(t, time.November, 20, "11-21 02:00", "11-02 02:00")), ""},
		{
			"the newest and the two before, once it is counted", "11-22 02:00", kept(t, "11-21 12:00", month(t, time.November, 20, "11-21 02:00", "11-02 02:00")),
			"2026-11-19..2026-11-21",
		},
		{
			"all that a service which stood still has missed", "11-21 12:00", kept(t, "11-21 12:00", month(t, time.November, 5, "11-06 02:00", "11-02 02:00")),
			"2026-11-06..2026-11-20",
		},
		{
			"the first of a month, with days of the month before", "12-02 02:00", kept(t, "11-21 12:00", month(t, time.November, 30, "12-01 02:00", "11-02 02:00")),
			"2026-11-29..2026-11-30 2026-12-01",
		},
		{
			"a month once more when it has been closed", "12-05 03:00",
			kept(t, "12-05 03:00", month(t, time.November, 30, "12-03 02:00", "11-02 02:00"), month(t, time.December, 3, "12-04 02:00", "12-02 02:00")),
			"2026-12-02..2026-12-04 2026-11-01..2026-11-30",
		},
		{
			"which is read once", "12-06 01:00",
			kept(t, "12-06 01:00", month(t, time.November, 30, "12-05 03:00", "12-05 03:00"), month(t, time.December, 4, "12-05 03:00", "12-02 02:00")), "",
		},
		{
			"a day that is late, again after an hour", "11-21 03:00", kept(t, "11-21 12:00", without(month(t, time.November, 20, "11-21 02:00", "11-02 02:00"), 1)),
			"2026-11-18..2026-11-20",
		},
		{"and not before", "11-21 02:59", kept(t, "11-21 12:00", without(month(t, time.November, 20, "11-21 02:00", "11-02 02:00"), 1)), ""},
		{
			"nothing again of an account without traffic", "11-21 12:00", kept(t, "11-21 12:00", without(month(t, time.November, 20, "11-21 02:00", "11-02 02:00"), 20)), "",
		},
		{
			"what a clock that was ahead has asked for", "11-21 12:00", kept(t, "11-21 12:00", without(month(t, time.November, 30, "11-30 12:00", "11-30 12:00"), 13)),
			"2026-11-18..2026-11-20",
		},
		{
			"nothing by a clock that was put back", "11-10 12:00", kept(t, "11-10 12:00", month(t, time.November, 20, "11-21 02:00", "11-02 02:00")), "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all []string
			for _, days := range due(tt.states, at(t, tt.now), MonthsKept) {
				all = append(all, days.String())
			}
			if n := len(all); n > 4 {
				all = append(all[:3], fmt.Sprintf("and %d more to %s", n-3, all[n-1]))
			}
			if got := strings.Join(all, " "); got != tt.want {
				t.Errorf("reads %q, want %q", got, tt.want)
			}
		})
	}
}
