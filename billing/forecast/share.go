package forecast

import (
	"math"

	"budgetbot/billing"
)

const (
	courseMonths       = 12 // closed months that both methods are tried on
	fewestCourseMonths = 6  // of them that must be known
	mostMissing        = 7  // days of such a month that may be unknown
)

// lookbacks are how many days of a closed month both methods know when they are tried on it.
var lookbacks = []int{0, 7, 14, 21}

// adjust mixes the days left with last year's course, if the closed months of a year tell how much that is worth. The range stays as wide, since the
// daily average moves as much.
func (c calendar) adjust(daily rest, s Span) (rest, Method) {
	course, known := c.course(s, daily)
	if !known {
		return daily, MethodDaily
	}
	share, known := c.shareOfCourse(s.month)
	if !known {
		return daily, MethodDaily
	}
	return mix(daily, course, share), MethodSeason
}

// mix takes the geometric mean of both sums, by their shares, and of both what each day is of its sum.
func mix(daily rest, course []float64, share float64) rest {
	expected, lastYear := daily.sum(), rest{ahead: course}.sum()
	if !(expected > 0 && lastYear > 0) {
		return daily
	}
	total := expected * math.Pow(lastYear/expected, share)
	mixed := rest{ahead: make([]float64, len(course)), deviation: daily.deviation}
	for i := range course {
		mixed.ahead[i] = total * ((1-share)*daily.ahead[i]/expected + share*course[i]/lastYear)
	}
	return mixed
}

// shareOfCourse returns the weight of last year's course beside the daily average. Each weighs by one over the mean squared error that it would
// have had in the closed months before. It reports false until six of them are known.
func (c calendar) shareOfCourse(m billing.Month) (share float64, known bool) {
	var ofDaily, ofCourse float64 // the squared errors
	months := 0
	for i := range courseMonths {
		tried := false
		for _, whole := range lookbacks {
			daily, course, known := c.try(Span{month: m.Add(-1 - i), elapsed: float64(whole), whole: whole})
			ofDaily, ofCourse, tried = ofDaily+daily*daily, ofCourse+course*course, tried || known
		}
		if tried {
			months++
		}
	}
	share = ofDaily / (ofDaily + ofCourse)
	return share, months >= fewestCourseMonths && isFigure(share)
}

// try returns how far each method would have been off at a position in a closed month, as a share of the month, if both can be tried.
func (c calendar) try(s Span) (daily, course float64, known bool) {
	month, total, known := c.of(s.month)
	recent := lately(c.days, s.Cut())
	if !known || !enough(recent, s.Cut()) {
		return 0, 0, false
	}
	expected := estimate(recent).rest(s)
	lastYear, known := c.course(s, expected)
	if !known {
		return 0, 0, false
	}
	return excess(expected.ahead, month[s.whole:]) / total, excess(lastYear, month[s.whole:]) / total, true
}

// of returns the days of a closed month, with a few unknown ones at most, and their sum.
func (c calendar) of(m billing.Month) (days []float64, total float64, known bool) {
	first := c.index(m.Start())
	if first < 0 || first+m.Days() > len(c.used) {
		return nil, 0, false
	}
	days = c.used[first : first+m.Days()]
	missing := 0
	for _, used := range days {
		if isFigure(used) {
			total += used
		} else {
			missing++
		}
	}
	return days, total, total > 0 && missing <= mostMissing
}

// excess is by how much the expected days exceed those that are known.
func excess(expected, used []float64) float64 {
	var sum float64
	for i, u := range used {
		if isFigure(u) {
			sum += expected[i] - u
		}
	}
	return sum
}
