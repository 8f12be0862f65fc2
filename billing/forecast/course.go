package forecast

import (
	"math"
	"time"
)

const (
	// year is 52 weeks, so that a day is compared with one of the same weekday.
	year = 52 * 7
	// courseDays are the days whose mean last year's course goes on from, of this year and of the last.
	courseDays = 28
	// fewestOfCourse is the part of those days, and of the days left, that must be known.
	fewestOfCourse = 0.5
	// steepest bounds the course against the daily average: a launch a year ago is not a season.
	steepest = 3
)

// calendar is usage by day; NaN is a day that is not known.
type calendar struct {
	days  []day // the known ones
	first time.Time
	used  []float64 // from the first on
}

func calendarOf(days []day) calendar {
	c := calendar{days: days, first: days[0].start}
	c.used = make([]float64, c.index(days[len(days)-1].start)+1)
	for i := range c.used {
		c.used[i] = math.NaN()
	}
	for _, d := range days {
		c.used[c.index(d.start)] = d.used
	}
	return c
}

func (c calendar) index(day time.Time) int { return int(day.Sub(c.first) / dayLength) }

func (c calendar) on(i int) float64 {
	if i < 0 || i >= len(c.used) {
		return math.NaN()
	}
	return c.used[i]
}

// course is last year's: each day left is expected to stand to the mean of the last four weeks as the day 52 weeks before it stood to the four weeks
// before. It reports false where too few of those days are known.
func (c calendar) course(s Span, daily rest) (ahead []float64, known bool) {
	cut := c.index(s.Cut())
	change, known := c.change(cut)
	if !known {
		return nil, false
	}
	ahead = make([]float64, s.Left())
	var sum, found float64
	for i := range ahead {
		if ahead[i] = c.on(cut - year + i); isFigure(ahead[i]) {
			sum, found = sum+ahead[i], found+1
		}
	}
	if found < fewestOfCourse*float64(len(ahead)) {
		return nil, false
	}
	for i, used := range ahead {
		if !isFigure(used) {
			used = sum / found
		}
		ahead[i] = s.portion(i) * used * change
	}
	return bounded(ahead, daily.sum()), true
}

// change is what the four weeks before the day brought, relative to the same four weeks of the year before.
func (c calendar) change(cut int) (ratio float64, known bool) {
	var now, then, pairs float64
	for i := max(cut-courseDays, year); i < cut; i++ {
		if a, b := c.on(i), c.on(i-year); isFigure(a) && isFigure(b) {
			now, then, pairs = now+a, then+b, pairs+1
		}
	}
	return now / then, then > 0 && pairs >= fewestOfCourse*courseDays
}

// bounded keeps the sum of a course within steepest of what the daily average expects.
func bounded(course []float64, expected float64) []float64 {
	sum := rest{ahead: course}.sum()
	factor := min(max(sum, expected/steepest), expected*steepest) / sum
	if sum == 0 || !isFigure(sum) {
		factor = 0
	}
	for i := range course {
		course[i] *= factor
	}
	return course
}
