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
	// FewestDays is how many of them must be known for their level and weekdays to mean anything.
	FewestDays = 28
	// oldestLevel is how many days ago the newest known day may be: a level of three weeks ago is no level.
	oldestLevel = 7
)

// day is a complete UTC day whose usage is known.
type day struct {
	start time.Time
	used  float64
}

// enough reports whether the days will do for an estimate at the position.
func enough(days []day, s Span) bool {
	return len(days) >= FewestDays && !days[len(days)-1].start.Before(s.Cut().AddDate(0, 0, -oldestLevel))
}

// usableDays returns the known days of the window in order, in the unit of the position. The days come from somewhere else
// than the totals, so that their sums may differ; the totals are what is billed. The days of each month are therefore scaled
// to the month's total. A month of which a day is missing cannot be compared with its total and takes the scale of the
// nearest month that can: what is missing may have been a quiet day or the busiest of the year.
func usableDays(past History, s Span) []day {
	months := byMonth(knownDays(past.Days, s), past.Months, s)
	first := s.Cut().AddDate(0, 0, -window)
	var usable []day
	for i, m := range months {
		scale := scaleFor(months, i)
		for _, d := range m.days {
			if used := d.used * scale; !d.start.Before(first) && isFigure(used) {
				usable = append(usable, day{d.start, used})
			}
		}
	}
	return usable
}

// knownDays returns the days that are complete at the position and of months that the window touches, in order. Of two
// amounts of one day the later in the list counts; a negative one is no usage, but a correction of days before it.
func knownDays(usages []DayUsage, s Span) []day {
	first := billing.MonthOf(s.Cut().AddDate(0, 0, -window)).Start()
	const length = 24 * time.Hour // of every day, in UTC
	amounts := make([]float64, s.Cut().Sub(first)/length)
	for i := range amounts {
		amounts[i] = math.NaN()
	}
	for _, u := range usages {
		if !u.Day.Before(first) && u.Day.Before(s.Cut()) {
			amounts[u.Day.Sub(first)/length] = u.Used.InexactFloat64()
		}
	}
	days := make([]day, 0, len(amounts))
	for i, used := range amounts {
		if used >= 0 && isFigure(used) {
			days = append(days, day{first.Add(time.Duration(i) * length), used})
		}
	}
	return days
}

// monthDays are the known days of one month beside its total.
type monthDays struct {
	days  []day
	sum   float64
	total float64 // of the days that could be known; negative where it is not known
	whole bool    // no day is missing
}

// byMonth splits the days, which are in order, by month. A month with a total of whose usage its days show nothing is left
// out: whatever was counted there, it is not this.
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

// scaleFor returns by what the days of a month are multiplied: by what makes its own total of them, else the nearest
// month's, the earlier of two, but never by so much that they would exceed their total.
func scaleFor(months []monthDays, i int) float64 {
	scale := 1.0
	for distance := len(months); distance >= 0; distance-- {
		for _, near := range []int{i + distance, i - distance} {
			if near >= 0 && near < len(months) && months[near].tells() {
				scale = months[near].scale()
			}
		}
	}
	if m := months[i]; m.total >= 0 && m.sum > 0 {
		scale = min(scale, m.scale())
	}
	return scale
}

// tells reports whether the days can be compared with the total.
func (m monthDays) tells() bool { return m.whole && m.sum > 0 && m.total >= 0 }

func (m monthDays) scale() float64 { return m.total / m.sum }
