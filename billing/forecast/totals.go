package forecast

import (
	"math"
	"slices"

	"budgetbot/billing"
)

const (
	// blendDays is how many days of the month weigh as much as all of the last month.
	blendDays = 5
	// latestMonth is how many months ago the last known total may be.
	latestMonth = 3
	// usualChange is by how much a month differs from the last, as a logarithm, if the history is too short to measure it.
	usualChange = 0.3
	// wildestChange bounds it, so that an account's first days do not make every later range absurd.
	wildestChange = 1
	// changeMonths and fewestChanges are the most and the fewest changes of months that measure it.
	changeMonths, fewestChanges = 6, 3
	// dayUnevenness is the standard deviation of a day against the mean of its month, weekdays included.
	dayUnevenness = 0.35
)

// blend is the forecast from monthly totals: this month's daily pace and that of the last known month, weighed by how many
// days this month has.
func blend(s Span, last MonthUsage, totals []MonthUsage) rest {
	before := max(0, last.Used.InexactFloat64()) / float64(last.Month.Days())
	return s.coarse((s.pace()*s.elapsed+before*blendDays)/(s.elapsed+blendDays), monthlyChange(totals, s.month))
}

// pace is the forecast from this month alone.
func pace(s Span) rest { return s.coarse(s.pace(), usualChange) }

// pace returns the daily usage so far.
func (s Span) pace() float64 { return max(0, s.used) / s.elapsed }

// coarse takes every day left as alike. How far that is off has two parts: the month differs from the one before, which
// matters less with each day that is known of it, and days differ from each other, which matters more the fewer are left.
func (s Span) coarse(daily, change float64) rest {
	r := rest{ahead: s.Even(daily)}
	left := float64(s.month.Days()) - s.elapsed
	r.deviation = r.sum() * math.Sqrt(change*change*blendDays/(blendDays+s.elapsed)+dayUnevenness*dayUnevenness/left)
	return r
}

// monthlyChange returns by how much the daily usage of a month usually differs from that of the month before it.
func monthlyChange(totals []MonthUsage, m billing.Month) float64 {
	var changes []float64
	for i := 1; i <= changeMonths; i++ {
		newer, older := dailyOf(totals, m.Add(-i)), dailyOf(totals, m.Add(-i-1))
		if change := math.Log(newer / older); isFigure(change) {
			changes = append(changes, change)
		}
	}
	if len(changes) < fewestChanges {
		return usualChange
	}
	return min(rootMeanSquare(changes), wildestChange)
}

// dailyOf returns the mean day of a closed month; NaN if its total is not known.
func dailyOf(totals []MonthUsage, m billing.Month) float64 {
	total, known := totalOf(totals, m)
	if !known {
		return math.NaN()
	}
	return total / float64(m.Days())
}

// lastMonth returns the newest total before the month that is not too old to be of use.
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
