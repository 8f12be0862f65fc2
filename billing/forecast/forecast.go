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
	// CountedTo is the instant up to which Used counts; zero is unknown. The forecast takes the day of the month from it, never from a clock:
	// with figures that are two days old, a clock would take the usage of three days for that of five.
	CountedTo time.Time
}

// History is what is known of the same quantity's past. Every field may be empty.
type History struct {
	// Days are daily amounts of 56 days and more, the position's month included, in any order and in any unit that is
	// proportional to the position's. A day that is missing is unknown and doesn't count as zero. Last year's course takes them of 19 months, and at best
	// of MostDays.
	Days []DayUsage
	// Months are totals of closed months, in the position's unit and in any order.
	Months []MonthUsage
	// Planned are events that change usage, those of the past as well.
	Planned []billing.Event
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

// PastError is how far one forecast was from the month's end, in the standard deviations of that forecast.
type PastError struct {
	Month billing.Month `json:"month"`
	Size  float64       `json:"size"`
}

// Method names the figures that a forecast was made from.
type Method string

// The methods, from the best to none.
const (
	MethodComplete Method = "complete month" // the figures count to the month's end: nothing is left to forecast
	MethodSeason   Method = "daily usage and last year's course"
	MethodDaily    Method = "daily usage"    // the level and the weekdays of eight weeks
	MethodMonthly  Method = "monthly totals" // this month's pace, weighed with last month's
	MethodPace     Method = "this month's pace"
	MethodBill     Method = "the bill's parts" // fees once, and each usage type by its units
	MethodNone     Method = "none"             // Unknown has the reason
)

// Why there is no forecast, for a person.
const (
	unknownInstant  = "it is not known up to when the figures count"
	unknownFirstDay = "the first day is not complete, and only last month's total is known"
	UnknownEarly    = "three days are too few without an earlier month"
	unknownFigures  = "the figures are out of any range"
)

// Forecast is how a month is likely to end.
type Forecast struct {
	Position
	Method Method
	// Unknown is why there is no forecast, for people; it is set only with MethodNone, and then the figures below are meaningless.
	Unknown string
	// End is the expected usage of the whole month, never below Used.
	End decimal.Decimal
	// The month ends between Low and High with a probability of 80 %, between VeryLow and VeryHigh with 95 %. Neither low is below Used.
	Low, High, VeryLow, VeryHigh decimal.Decimal
	// Deviation is the standard deviation of the end as the method estimates it. ChanceOver widens it, since future usage is less regular than
	// past usage.
	Deviation float64

	Planned []billing.Event // that touch the days left; the figures include them

	Ahead []float64 // what each day left is expected to add; the first may be the rest of a day
}

// IsKnown reports whether there is a forecast; the zero value has none.
func (o Forecast) IsKnown() bool { return o.Method != "" && o.Method != MethodNone }

// rest is the forecast of the days left.
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
	o := Forecast{Position: at, Method: method, Deviation: r.deviation, Ahead: r.ahead}
	o.End = o.plus(0)
	o.widen(w)
	return o
}

// plus returns the expected end and so many deviations.
func (o Forecast) plus(deviations float64) decimal.Decimal {
	return o.Used.Add(decimal.NewFromFloat(max(0, rest{ahead: o.Ahead}.sum()+deviations*o.Deviation)))
}

func (o *Forecast) widen(w width) {
	o.Low, o.High, o.VeryLow, o.VeryHigh = o.plus(-w.likely), o.plus(w.likely), o.plus(-w.most), o.plus(w.most)
}

// WithErrors returns the forecast with ranges as wide as forecasts of closed months were off, if their errors are known of at least 6 of
// the last 12 months.
func (o Forecast) WithErrors(pastErrors []PastError) Forecast {
	if len(pastErrors) == 0 || !o.isOfDays() {
		return o
	}
	if w := widths(pastErrors, o.Month); isFigure(rest{ahead: o.Ahead}.sum() + w.most*o.Deviation) {
		o.widen(w)
	}
	return o
}

// isOfDays reports whether the forecast was made from daily usage.
func (o Forecast) isOfDays() bool { return o.Method == MethodDaily || o.Method == MethodSeason }

// Unknown returns a forecast without figures, with the reason.
func Unknown(at Position, why string) Forecast {
	return Forecast{Position: at, Method: MethodNone, Unknown: why}
}

// Doubt widens the deviation for probabilities: in measurements, too many months ended outside of ranges from the bare one.
const Doubt = 1.3

// ChanceOver returns the probability that the month ends at the limit or above, and whether there is one. It is exactly 1
// if the limit is reached already, which needs no forecast.
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
	Last   time.Time `json:"last"`   // where it goes to the low end; the month's last day if that does not reach the limit
}

// RunsOut returns when the month reaches the limit. It reports false if the month is expected to end below the limit, if usage has
// reached it already, and if there is no forecast.
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

// PastError returns the error of the forecast against the month's final usage, for the History of later months. It reports false if the
// forecast has no range to compare with.
func (o Forecast) PastError(final decimal.Decimal) (PastError, bool) {
	size := math.Abs(final.Sub(o.End).InexactFloat64()) / o.Deviation
	return PastError{Month: o.Month, Size: size}, o.isOfDays() && isFigure(size)
}
