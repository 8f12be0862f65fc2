package forecast

import (
	"math"
)

// The constants of the estimate. They were set by others on public series of daily counts before this code was measured.
const (
	pull         = 0.2   // the part of a day's surprise that moves the level
	bounds       = 3     // the largest surprise that counts in full, in standard deviations
	levelDays    = 14    // how many days the first level is the median of
	faintest     = 0.001 // the smallest factor of a weekday
	fewWeekday   = 0.05  // a weekday with a smaller factor has too little usage to move the level
	sumOfFactors = 7
)

// level is the estimate from eight weeks of days: a robust level, moved by bounded steps, and a factor for each weekday. It follows a
// lasting change within about a week and hardly moves for a single day.
type level struct {
	daily   float64               // of a weekday whose factor is 1
	factors [sumOfFactors]float64 // by time.Weekday; their mean is 1
	noise   float64               // the standard deviation of a day around the level, at a factor of 1
}

// estimate takes days in order. They need not be next to each other.
func estimate(days []day) level {
	l := level{factors: weekdayFactors(days)}
	flat := make([]float64, 0, len(days)) // the amounts without their weekdays
	for _, d := range days {
		if factor := l.factors[d.start.Weekday()]; factor >= fewWeekday {
			flat = append(flat, d.used/factor)
		}
	}
	first := min(levelDays, len(flat)/2)
	l.daily = median(flat[:first])
	limit := bounds * spread(flat)
	surprises := make([]float64, 0, len(flat))
	for _, amount := range flat[first:] {
		surprise := amount - l.daily
		surprises = append(surprises, surprise)
		l.daily += pull * min(max(surprise, -limit), limit)
	}
	l.daily = max(0, l.daily)
	l.noise = (spread(surprises) + rootMeanSquare(surprises)) / 2 * scarcity(len(days))
	return l
}

// scarcity is by how much fewer days than a full window widen the range. Factors from few days follow those days too closely, which makes
// the surprises too small, and are less exact themselves. Both errors grow with the ratio of factors to days.
func scarcity(days int) float64 {
	wider := func(n float64) float64 { return math.Sqrt((n + sumOfFactors) / (n - sumOfFactors)) }
	return wider(float64(days)) / wider(window)
}

// rest forecasts the days left. A surprise moves the level of every later day, and the deviation counts that: with independent days it would
// be far too small.
func (l level) rest(s Span) rest {
	r := rest{ahead: make([]float64, s.Left())}
	var factors, variance float64
	for i := range r.ahead {
		factor := l.factors[s.day(s.whole+i).Weekday()]
		portion, after := s.portion(i), float64(len(r.ahead)-1-i)
		factors += factor
		r.ahead[i] = portion * l.daily * factor
		variance += portion * math.Pow(1+after*pull, 2)
	}
	r.deviation = l.noise * factors / float64(len(r.ahead)) * math.Sqrt(variance)
	return r
}

// weekdayFactors returns each weekday's usage relative to an average day. A weekday without a known day is average.
func weekdayFactors(days []day) (factors [sumOfFactors]float64) {
	var byWeekday [sumOfFactors][]float64
	var sum float64
	for _, d := range days {
		byWeekday[d.start.Weekday()] = append(byWeekday[d.start.Weekday()], d.used)
		sum += d.used
	}
	mean := sum / float64(len(days))
	var total float64
	for w := range factors {
		factors[w] = 1
		if len(byWeekday[w]) > 0 && mean > 0 {
			factors[w] = max(median(byWeekday[w])/mean, faintest)
		}
		total += factors[w]
	}
	for w := range factors {
		factors[w] *= sumOfFactors / total
	}
	return factors
}
