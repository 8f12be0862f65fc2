package forecast

import (
	"time"

	"budgetbot/billing"
)

// Span is a position reckoned in days of its month.
type Span struct {
	month   billing.Month
	used    float64
	elapsed float64 // days that are counted, with the part of the last; between 0 and the month's length
	whole   int     // complete days that are counted
}

// NewSpan returns how far the month at the position is counted.
func NewSpan(at Position) Span {
	start, end := at.Month.Start(), at.Month.End()
	counted := at.CountedTo
	if counted.Before(start) {
		counted = start
	} else if counted.After(end) {
		counted = end
	}
	elapsed := counted.Sub(start).Hours() / 24
	return Span{month: at.Month, used: at.Used.InexactFloat64(), elapsed: elapsed, whole: int(elapsed)}
}

// day returns the start of a day of the month, the first being 0. It may lie outside the month.
func (s Span) day(i int) time.Time { return s.month.Start().AddDate(0, 0, i) }

// Cut is the end of the last complete day.
func (s Span) Cut() time.Time { return s.day(s.whole) }

// Left returns how many days are not complete.
func (s Span) Left() int { return s.month.Days() - s.whole }

// portion returns how much of a day is left, the day being counted from the first that is not complete.
func (s Span) portion(i int) float64 {
	if i > 0 {
		return 1
	}
	return 1 - (s.elapsed - float64(s.whole))
}

// Even returns the same daily amount for all that is left of the month.
func (s Span) Even(daily float64) []float64 {
	ahead := make([]float64, s.Left())
	for i := range ahead {
		ahead[i] = s.portion(i) * daily
	}
	return ahead
}
