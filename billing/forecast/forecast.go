package forecast

import (
	"math"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Position is how far a month has come in one quantity that only grows, such as a budget's usage.
type Position struct {
	Month billing.Month
	Used  decimal.Decimal // since the month began, in single units
	// CountedTo is the instant up to which Used counts. The forecast takes the day of the month from it, never from a clock:
	// with figures that are two days old, the clock would make usage of five days out of usage of three. It is zero where
	// nobody said.
	CountedTo time.Time
}

// History is what is known of the same quantity before. All of it may be empty.
type History struct {
	// Days are daily amounts of 56 days and more, the position's month included, in any order and in any unit that is
	// proportional to the position's. A day that is not in it is unknown, which is not zero.
	Days []DayUsage
	// Months are totals of closed months, in the position's unit and in any order.
	Months []MonthUsage
	// PastErrors are how far forecasts of closed months were off. Those of at least 6 of the last 12 months replace the fixed
	// width of the range.
	PastErrors []PastError
}

// DayUsage is the usage of one UTC day.
type DayUsage struct {
	Day  time.Time // any instant of the day
	Used decimal.Decimal
}

// MonthUsage is the usage of one closed month.
type MonthUsage struct {
	Month billing.Month
	Used  decimal.Decimal
}

// PastError is how far one forecast of a month was from its end, in standard deviations that the forecast gave itself.
type PastError struct {
	Month billing.Month `json:"month"`
	Size  float64       `json:"size"`
}

// Method is what a forecast was made of.
type Method string

// The methods, from the best to none.
const (
	MethodComplete Method = "complete month" // the month is counted to its end: nothing is left to foresee
	MethodDaily    Method = "daily usage"    // the level and the weekdays of eight weeks
	MethodMonthly  Method = "monthly totals" // this month's pace, held against last month's
	MethodPace     Method = "this month's pace"
	MethodBill     Method = "the bill's parts" // fees once, and each usage type by its units
	MethodNone     Method = "none"             // Unknown says why
)

// Why there is no forecast, for a person.
const (
	unknownInstant  = "nobody said up to when the figures count"
	unknownFirstDay = "the first day is not complete, and only last month's total is known"
	UnknownEarly    = "three days without any month before them do not tell"
	unknownFigures  = "the figures are out of any range"
)

// Forecast is how a month is likely to end.
type Forecast struct {
	Position
	Method Method
	// Unknown is why nothing can be said, for a person; empty where Method is another than MethodNone. The figures below are
	// meaningless where it is set.
	Unknown string
	// End is the expected usage of the whole month, never below Used.
	End decimal.Decimal
	// Low and High hold the end with a probability of 80 %, VeryLow and VeryHigh with 95 %. Neither low is below Used.
	Low, High, VeryLow, VeryHigh decimal.Decimal
	// Deviation is the standard deviation of the end, by the method's own reckoning. People's probabilities are made with
	// more (see ChanceOver), since what comes is always less regular than what was.
	Deviation float64

	Ahead []float64 // what each day left is expected to add; the first may be the rest of a day
}

// OfMonth tells how the month at the position is likely to end. It is pure, and defined for any input: where nothing
// sensible can be said, the outlook's Unknown says why.
//
// With four weeks of daily amounts it takes their level and weekdays (see estimate), with monthly totals alone this month's
// pace and last month's, and without either this month's pace from the fourth day on.
func OfMonth(past History, at Position) Forecast {
	if at.Month.IsZero() || at.CountedTo.IsZero() {
		return Unknown(at, unknownInstant)
	}
	s := NewSpan(at)
	if s.Left() == 0 {
		return forecast(at, MethodComplete, rest{}, width{})
	}
	if !isFigure(s.used) {
		return Unknown(at, unknownFigures)
	}
	if days := usableDays(past, s); enough(days, s) {
		return forecast(at, MethodDaily, estimate(days).rest(s), widths(past.PastErrors, at.Month))
	}
	if last, known := lastMonth(past.Months, at.Month); known {
		if s.elapsed < 1 {
			return Unknown(at, unknownFirstDay)
		}
		return forecast(at, MethodMonthly, blend(s, last, past.Months), fixedWidths)
	}
	if s.elapsed <= 3 {
		return Unknown(at, UnknownEarly)
	}
	return forecast(at, MethodPace, pace(s), fixedWidths)
}

// IsKnown reports whether there is a forecast. The zero Outlook is none.
func (o Forecast) IsKnown() bool { return o.Method != "" && o.Method != MethodNone }

// rest is what is expected of the days that are left.
type rest struct {
	ahead     []float64 // of each
	deviation float64   // of their sum
}

func (r rest) sum() float64 {
	var sum float64
	for _, amount := range r.ahead {
		sum += amount
	}
	return sum
}

func forecast(at Position, method Method, r rest, w width) Forecast {
	sum := r.sum()
	if !isFigure(sum) || !isFigure(r.deviation) || !isFigure(sum+w.most*r.deviation) {
		return Unknown(at, unknownFigures)
	}
	plus := func(deviations float64) decimal.Decimal {
		return at.Used.Add(decimal.NewFromFloat(max(0, sum+deviations*r.deviation)))
	}
	return Forecast{
		Position: at, Method: method, Deviation: r.deviation, Ahead: r.ahead,
		End: plus(0), Low: plus(-w.likely), High: plus(w.likely), VeryLow: plus(-w.most), VeryHigh: plus(w.most),
	}
}

// Unknown is an outlook without figures, with the reason.
func Unknown(at Position, why string) Forecast {
	return Forecast{Position: at, Method: MethodNone, Unknown: why}
}

// Doubt widens the deviation where a probability is made of it: measured, ranges made of the bare one held too few ends.
const Doubt = 1.3

// ChanceOver returns the probability that the month ends at the limit or above, and whether there is one. It is exactly 1
// where the limit is reached already, which needs no forecast.
func (o Forecast) ChanceOver(limit decimal.Decimal) (chance float64, known bool) {
	if o.Used.GreaterThanOrEqual(limit) {
		return 1, true
	}
	if o.Method == MethodNone {
		return 0, false
	}
	if o.Deviation == 0 {
		if o.End.GreaterThanOrEqual(limit) {
			return 1, true
		}
		return 0, true
	}
	missing := limit.Sub(o.End).InexactFloat64()
	return math.Erfc(missing/(Doubt*o.Deviation)/math.Sqrt2) / 2, true
}

// RunOut is when a limit is reached, in UTC days, each as its first instant.
type RunOut struct {
	First  time.Time `json:"first"`  // where the month goes to the high end of its range
	Likely time.Time `json:"likely"` // where it goes as expected
	Last   time.Time `json:"last"`   // where it goes to the low end; the month's last day where that does not reach the limit
}

// RunsOut tells when the limit is reached. It reports false where the month is not expected to end at it or above, where
// it is reached already, and where there is no forecast.
func (o Forecast) RunsOut(limit decimal.Decimal) (RunOut, bool) {
	if o.Method == MethodNone || o.Used.GreaterThanOrEqual(limit) || o.End.LessThan(limit) {
		return RunOut{}, false
	}
	return RunOut{First: o.reached(limit, o.High), Likely: o.reached(limit, o.End), Last: o.reached(limit, o.Low)}, true
}

// reached returns the day on which usage reaches the limit on its way to end, at the latest the month's last: each day left
// adds the same share of what is still to come as in the forecast.
func (o Forecast) reached(limit, end decimal.Decimal) time.Time {
	s := NewSpan(o.Position)
	if last := o.Month.Days() - 1; end.LessThan(limit) {
		return s.day(last)
	}
	share := limit.Sub(o.Used).InexactFloat64() / end.Sub(o.Used).InexactFloat64()
	missing := share * rest{ahead: o.Ahead}.sum()
	for i, amount := range o.Ahead {
		if missing -= amount; missing <= 0 {
			return s.day(s.whole + i)
		}
	}
	return s.day(o.Month.Days() - 1)
}

// PastError returns how far the outlook was from the month's final usage, for the History of later months. It reports false where
// the outlook says nothing that could be held against it.
func (o Forecast) PastError(final decimal.Decimal) (PastError, bool) {
	size := math.Abs(final.Sub(o.End).InexactFloat64()) / o.Deviation
	return PastError{Month: o.Month, Size: size}, o.Method == MethodDaily && isFigure(size)
}

// isFigure tells a number that can be reckoned with from NaN, infinities, and what overflows at the next step.
func isFigure(f float64) bool { return math.Abs(f) < 1e100 }
