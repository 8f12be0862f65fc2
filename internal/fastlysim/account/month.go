package account

import (
	"fmt"
	"strconv"
	"time"
)

// Day is 24 hours: every day here is in UTC.
const Day = 24 * time.Hour

// Month counts calendar months in UTC, so that neighbours differ by one.
type Month int

// MonthOf is the month of a moment in UTC.
func MonthOf(t time.Time) Month {
	t = t.UTC()
	return Month(t.Year()*12 + int(t.Month()) - 1)
}

// ParseMonth reads YYYY-MM and nothing else.
func ParseMonth(text string) (Month, error) {
	if len(text) != len("2006-01") || text[4] != '-' {
		return 0, fmt.Errorf("%q is not a month written YYYY-MM", text)
	}
	year, errYear := strconv.ParseUint(text[:4], 10, 16)
	calendar, errMonth := strconv.ParseUint(text[5:], 10, 8)
	if errYear != nil || errMonth != nil || calendar < 1 || calendar > 12 {
		return 0, fmt.Errorf("%q is not a month written YYYY-MM", text)
	}
	return Month(year*12 + calendar - 1), nil
}

func (m Month) String() string { return fmt.Sprintf("%04d-%02d", int(m)/12, int(m)%12+1) }

// Start is the first moment of the month.
func (m Month) Start() time.Time {
	return time.Date(int(m)/12, time.Month(int(m)%12+1), 1, 0, 0, 0, 0, time.UTC)
}

func (m Month) days() int { return int((m + 1).Start().Sub(m.Start()) / Day) }

// day is the start of the month's day d, from 0.
func (m Month) day(d int) time.Time { return m.Start().Add(time.Duration(d) * Day) }

// DaysOver is how many days of the month are over at until.
func (m Month) DaysOver(until time.Time) int {
	over := int(until.Sub(m.Start()) / Day)
	return min(max(over, 0), m.days())
}

// Span is a run of months, both ends included.
type Span struct{ First, Last Month }

// Count is how many months the span has.
func (s Span) Count() int { return int(s.Last-s.First) + 1 }

func (s Span) holds(m Month) bool { return s.First <= m && m <= s.Last }

// Months lists the months of the span in order.
func (s Span) Months() []Month {
	months := make([]Month, 0, s.Count())
	for m := s.First; m <= s.Last; m++ {
		months = append(months, m)
	}
	return months
}
