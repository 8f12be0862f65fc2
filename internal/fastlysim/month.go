package fastlysim

import (
	"fmt"
	"strconv"
	"time"
)

const day = 24 * time.Hour

// month counts calendar months in UTC, so that neighbours differ by one.
type month int

func monthOf(t time.Time) month {
	t = t.UTC()
	return month(t.Year()*12 + int(t.Month()) - 1)
}

// parseMonth reads YYYY-MM and nothing else.
func parseMonth(text string) (month, error) {
	if len(text) != len("2006-01") || text[4] != '-' {
		return 0, fmt.Errorf("%q is not a month written YYYY-MM", text)
	}
	year, errYear := strconv.ParseUint(text[:4], 10, 16)
	calendar, errMonth := strconv.ParseUint(text[5:], 10, 8)
	if errYear != nil || errMonth != nil || calendar < 1 || calendar > 12 {
		return 0, fmt.Errorf("%q is not a month written YYYY-MM", text)
	}
	return month(year*12 + calendar - 1), nil
}

func (m month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

func (m month) start() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

func (m month) days() int { return int((m + 1).start().Sub(m.start()) / day) }

// day is the start of the month's day d, from 0.
func (m month) day(d int) time.Time { return m.start().Add(time.Duration(d) * day) }

// daysOver is how many days of the month are over at until.
func (m month) daysOver(until time.Time) int {
	over := int(until.Sub(m.start()) / day)
	return min(max(over, 0), m.days())
}

// span is a run of months, both ends included.
type span struct{ first, last month }

func (s span) count() int { return int(s.last-s.first) + 1 }

func (s span) holds(m month) bool { return s.first <= m && m <= s.last }

func (s span) months() []month {
	months := make([]month, 0, s.count())
	for m := s.first; m <= s.last; m++ {
		months = append(months, m)
	}
	return months
}
