package forecast

import "budgetbot/billing"

const (
	courseMonths       = 12 // closed months that both methods are tried on
	fewestCourseMonths = 6  // of them that must be known
	mostMissing        = 7  // days of such a month that may be unknown
)

// lookbacks are how many days of a closed month both methods are told.
var lookbacks = []int{0, 7, 14, 21}

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

// of returns the days of a closed month, a few of which may be unknown, and their sum.
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
