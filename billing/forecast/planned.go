package forecast

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// planned are events that change usage. What was used on their days is divided by them before anything is learned from it, and what is expected
// on their days is multiplied by them.
type planned []billing.Event

// without returns the days as they would have been.
func (p planned) without(days []day) []day {
	if len(p) == 0 {
		return days
	}
	usual := make([]day, len(days))
	for i, d := range days {
		usual[i] = day{d.start, d.used / billing.FactorOn(p, d.start)}
	}
	return usual
}

// worth is how many usual days so many days from the first have the usage of; the last may be a part of one.
func (p planned) worth(first time.Time, days float64) float64 {
	var sum float64
	for i := 0; float64(i) < days; i++ {
		sum += min(1, days-float64(i)) * billing.FactorOn(p, first.AddDate(0, 0, i))
	}
	return sum
}

// totals returns the months as they would have been, if the days of each are alike.
func (p planned) totals(months []MonthUsage) []MonthUsage {
	if len(p) == 0 {
		return months
	}
	usual := make([]MonthUsage, len(months))
	for i, m := range months {
		days := float64(m.Month.Days())
		usual[i] = MonthUsage{m.Month, m.Used.Mul(decimal.NewFromFloat(days / p.worth(m.Month.Start(), days)))}
	}
	return usual
}

// span returns the position as it would have been, if its days are alike.
func (p planned) span(s Span) Span {
	if len(p) > 0 && s.elapsed > 0 {
		s.used *= s.elapsed / p.worth(s.month.Start(), s.elapsed)
	}
	return s
}

// apply multiplies what is expected of the days left; the range grows with their sum.
func (p planned) apply(r rest, s Span) rest {
	before := r.sum()
	if len(p) == 0 || before <= 0 {
		return r
	}
	for i := range r.ahead {
		r.ahead[i] *= billing.FactorOn(p, s.day(s.whole+i))
	}
	r.deviation *= r.sum() / before
	return r
}
