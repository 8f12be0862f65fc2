package forecast

import (
	"math"
	"slices"
	"time"

	"budgetbot/billing"
)

const (
	// window is how many days before the position the estimate looks at: eight weeks.
	window = 56
	// FewestDays is how many of them must be known before the estimate uses their level and weekdays.
	FewestDays = 28
	// oldestLevel is how many days ago the newest known day may be: an older level is out of date.
	oldestLevel = 7
	// MostDays is how many days before the position are of use: those by which last year's course is judged in the closed months of a year.
	MostDays = 13*31 + year + courseDays
)

// day is a complete UTC day whose usage is known.
type day struct {
	start time.Time
	used  float64
}

// enough reports whether the days before the instant suffice for an estimate.
func enough(days []day, cut time.Time) bool {
	return len(days) >= FewestDays && !days[len(days)-1].start.Before(cut.AddDate(0, 0, -oldestLevel))
}

// usableDays returns the known days in order, in the unit of the position. Days and totals have different sources and may
// differ in their sums. Fastly bills the totals, so usableDays scales the days of each month to the month's total. A month with a missing
// day, which may have been a quiet one or the busiest of the year, takes the scale of the nearest complete month.
func usableDays(past History, s Span) []day {
	months := byMonth(knownDays(past.Days, s), past.Months, s)
	var usable []day
	for i, m := range months {
		scale := scaleFor(months, i)
		for _, d := range m.days {
			if used := d.used * scale; isFigure(used) {
				usable = append(usable, day{d.start, used})
			}
		}
	}
	return usable
}

// lately returns the days of the window before the instant.
func lately(days []day, cut time.Time) []day {
	compare := func(d day, t time.Time) int { return d.start.Compare(t) }
	from, _ := slices.BinarySearchFunc(days, cut.AddDate(0, 0, -window), compare)
	to, _ := slices.BinarySearchFunc(days, cut, compare)
	return days[from:to]
}

// knownDays returns, in order, the days that are complete at the position, in whole months. If the list has a day
// twice, the later amount counts. A negative amount corrects earlier days and counts as unknown.
func knownDays(usages []DayUsage, s Span) []day {
	earliest := s.Cut().AddDate(0, 0, -window)
	for _, u := range usages {
		earliest = billing.Earlier(earliest, u.Day)
	}
	first := billing.MonthOf(billing.Later(earliest, s.Cut().AddDate(0, 0, -MostDays))).Start()
	amounts := make([]float64, s.Cut().Sub(first)/dayLength)
	for i := range amounts {
		amounts[i] = math.NaN()
	}
	for _, u := range usages {
		if !u.Day.Before(first) && u.Day.Before(s.Cut()) {
			amounts[u.Day.Sub(first)/dayLength] = u.Used.InexactFloat64()
		}
	}
	days := make([]day, 0, len(amounts))
	for i, used := range amounts {
		if used >= 0 && isFigure(used) {
			days = append(days, day{first.Add(time.Duration(i) * dayLength), used})
		}
	}
	return days
}

// dayLength is that of every day, in UTC.
const dayLength = 24 * time.Hour

// monthDays are the known days of one month beside its total.
type monthDays struct {
	days  []day
	sum   float64
	total float64 // of the days that could be known; negative if it is not known
	whole bool    // no day is missing
}

// byMonth splits the ordered days by month. It leaves out a month that has a total but no usage in its days: the days do not measure the
// same quantity.
func byMonth(days []day, totals []MonthUsage, s Span) []monthDays {
	var months []monthDays
	for len(days) > 0 {
		month := billing.MonthOf(days[0].start)
		n := slices.IndexFunc(days, func(d day) bool { return billing.MonthOf(d.start) != month })
		if n < 0 {
			n = len(days)
		}
		m := monthDays{days: days[:n], total: -1, whole: n == month.Days()}
		if days = days[n:]; month == s.month {
			m.total, m.whole = max(0, s.used)*float64(s.whole)/s.elapsed, n == s.whole
		} else if total, known := totalOf(totals, month); known && isFigure(total) {
			m.total = max(0, total)
		}
		for _, d := range m.days {
			m.sum += d.used
		}
		if m.sum > 0 || m.total <= 0 {
			months = append(months, m)
		}
	}
	return months
}

// scaleFor returns the factor for the days of a month: the one that makes them sum to the month's total, else that of the nearest month (of
// two the earlier), but never one that makes them exceed their total.
func scaleFor(months []monthDays, i int) float64 {
	scale := 1.0
	for distance := len(months); distance >= 0; distance-- {
		for _, near := range []int{i + distance, i - distance} {
			if near >= 0 && near < len(months) && months[near].isComparable() {
				scale = months[near].scale()
			}
		}
	}
	if m := months[i]; m.total >= 0 && m.sum > 0 {
		scale = min(scale, m.scale())
	}
	return scale
}

// isComparable reports whether the month's days can be compared with its total.
func (m monthDays) isComparable() bool { return m.whole && m.sum > 0 && m.total >= 0 }

func (m monthDays) scale() float64 { return m.total / m.sum }
