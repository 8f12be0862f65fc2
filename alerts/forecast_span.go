package alerts

import (
	"slices"
	"time"

	"budgetbot/billing"
)

// span is a position reckoned in days of its month.
type span struct {
	month   billing.Month
	used    float64
	elapsed float64 // days that are counted, with the part of the last; between 0 and the month's length
	whole   int     // complete days that are counted
}

func newSpan(at Position) span {
	start, end := at.Month.Start(), at.Month.End()
	counted := at.CountedTo
	if counted.Before(start) {
		counted = start
	} else if counted.After(end) {
		counted = end
	}
	elapsed := counted.Sub(start).Hours() / 24
	return span{month: at.Month, used: at.Used.InexactFloat64(), elapsed: elapsed, whole: int(elapsed)}
}

// day returns the start of a day of the month, the first being 0. It may lie outside the month.
func (s span) day(i int) time.Time { return s.month.Start().AddDate(0, 0, i) }

// cut is the end of the last complete day.
func (s span) cut() time.Time { return s.day(s.whole) }

// left returns how many days are not complete.
func (s span) left() int { return s.month.Days() - s.whole }

// portion returns how much of a day is left, the day being counted from the first that is not complete.
func (s span) portion(i int) float64 {
	if i > 0 {
		return 1
	}
	return 1 - (s.elapsed - float64(s.whole))
}

// even returns the same daily amount for all that is left of the month.
func (s span) even(daily float64) []float64 {
	ahead := make([]float64, s.left())
	for i := range ahead {
		ahead[i] = s.portion(i) * daily
	}
	return ahead
}

const (
	// blendDays is how many days of the month weigh as much as all of the last month.
	blendDays = 5
	// unevenness is the standard deviation of what is left of a month, as a share of it, where only totals are known.
	unevenness = 0.2
	// latestMonth is how many months ago the last known total may be.
	latestMonth = 3
)

// blend is the forecast from monthly totals: this month's daily pace and that of the last known month, weighed by how many
// days this month has.
func blend(s span, last MonthUsage) rest {
	before := max(0, last.Used.InexactFloat64()) / float64(last.Month.Days())
	return coarse(s, (s.pace()*s.elapsed+before*blendDays)/(s.elapsed+blendDays))
}

// pace is the forecast from nothing but this month.
func pace(s span) rest { return coarse(s, s.pace()) }

// pace returns the daily usage so far.
func (s span) pace() float64 { return max(0, s.used) / s.elapsed }

// coarse takes every day left as alike.
func coarse(s span, daily float64) rest {
	r := rest{ahead: s.even(daily)}
	r.deviation = unevenness * r.sum()
	return r
}

// lastMonth returns the newest total before the month that is not too old to tell anything.
func lastMonth(totals []MonthUsage, m billing.Month) (last MonthUsage, known bool) {
	for _, t := range totals {
		recent := t.Month.Before(m) && m.Since(t.Month) <= latestMonth && isFigure(t.Used.InexactFloat64())
		if recent && (!known || !t.Month.Before(last.Month)) {
			last, known = t, true
		}
	}
	return last, known
}

// totalOf returns the total of a closed month.
func totalOf(totals []MonthUsage, m billing.Month) (total float64, known bool) {
	i := slices.IndexFunc(totals, func(t MonthUsage) bool { return t.Month == m })
	if i < 0 {
		return 0, false
	}
	return totals[i].Used.InexactFloat64(), true
}
