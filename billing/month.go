package billing

import (
	"cmp"
	"fmt"
	"time"
)

// Month is a calendar month in UTC, the period by which Fastly bills. The zero Month is no month at all; Months compare
// with ==.
type Month struct{ number int } // from 0, which is January of the year 0

// NewMonth returns the given month. A month outside 1..12 is carried over into the year, as time.Date does.
func NewMonth(year int, month time.Month) Month { return Month{year*12 + int(month) - 1} }

// MonthOf returns the UTC month that holds the instant t, whatever t's own location.
func MonthOf(t time.Time) Month {
	t = t.UTC()
	return NewMonth(t.Year(), t.Month())
}

// ParseMonth reads the API's form, "2026-11". Anything else, month 13 and year 0 included, is an error.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() == 0 {
		return Month{}, fmt.Errorf("%q is not a month such as 2026-11", s)
	}
	return MonthOf(t), nil
}

// String returns the API's form, "2026-11".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year(), int(m.Month())) }

// Year returns the calendar year.
func (m Month) Year() int { return m.number / 12 }

// Month returns the month within the year.
func (m Month) Month() time.Month { return time.Month(m.number%12 + 1) }

// IsZero reports whether m is no month at all.
func (m Month) IsZero() bool { return m == Month{} }

// Start returns the first instant of the month.
func (m Month) Start() time.Time { return time.Date(m.Year(), m.Month(), 1, 0, 0, 0, 0, time.UTC) }

// End returns the first instant after the month.
func (m Month) End() time.Time { return m.Add(1).Start() }

// Days returns how many days the month has.
func (m Month) Days() int { return m.End().AddDate(0, 0, -1).Day() }

// Add returns the month n months later, or earlier if n is negative.
func (m Month) Add(n int) Month { return Month{m.number + n} }

// Compare returns -1, 0 or 1 as m is before, equal to or after other.
func (m Month) Compare(other Month) int { return cmp.Compare(m.number, other.number) }

// Before reports whether m is an earlier month than other.
func (m Month) Before(other Month) bool { return m.Compare(other) < 0 }

// After reports whether m is a later month than other.
func (m Month) After(other Month) bool { return m.Compare(other) > 0 }

// Since returns how many months m is after other; it is negative if m is before.
func (m Month) Since(other Month) int { return m.number - other.number }

// IsOver reports whether the month has ended at the instant now.
func (m Month) IsOver(now time.Time) bool { return !now.Before(m.End()) }

// MarshalText returns the API's form; the zero Month is empty.
func (m Month) MarshalText() ([]byte, error) {
	if m.IsZero() {
		return nil, nil
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads the API's form; an empty text is the zero Month.
func (m *Month) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = Month{}
		return nil
	}
	month, err := ParseMonth(string(text))
	if err != nil {
		return err
	}
	*m = month
	return nil
}

// Earlier returns the earlier of two instants; a zero one counts as earliest.
func Earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Later returns the later of two instants.
func Later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// How Fastly counts a month that is over.
const (
	// SettledAfter is how long after a month's end Fastly's count of it may still lack its last days.
	SettledAfter = 72 * time.Hour
	// RestatedFor is how long after a month's end Fastly may still correct it.
	RestatedFor = 14 * 24 * time.Hour
)

// IsSettled reports whether the month is over, and for so long that Fastly has counted all of it.
func (m Month) IsSettled(now time.Time) bool { return !now.Before(m.End().Add(SettledAfter)) }

// DayOf returns the start of the UTC day of an instant.
func DayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// DayCounted returns the day of the last moment that is counted.
func DayCounted(to time.Time) time.Time { return DayOf(to.Add(-1)) }
