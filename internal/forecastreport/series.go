package main

import (
	"math"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/dailyseries"
)

// series is a daily series as this report looks at it.
type series struct{ dailyseries.Series }

func seriesOf(all []dailyseries.Series) []series {
	seen := make([]series, len(all))
	for i, s := range all {
		seen[i] = series{s}
	}
	return seen
}

// upTo returns the sum of the first days of a month; NaN where one is missing.
func (s *series) upTo(m billing.Month, days int) float64 {
	var sum float64
	for i := range days {
		sum += s.On(m.Start().AddDate(0, 0, i))
	}
	return sum
}

func (s *series) total(m billing.Month) float64 { return s.upTo(m, m.Days()) }

// months returns those that a forecast can be measured on: complete, after a complete one, eight weeks after the first day.
func (s *series) months() []billing.Month {
	var months []billing.Month
	for m := billing.MonthOf(s.First.AddDate(0, 0, 56+30)); s.Index(m.Start()) < len(s.Days); m = m.Add(1) {
		if !math.IsNaN(s.total(m)) && !math.IsNaN(s.total(m.Add(-1))) {
			months = append(months, m)
		}
	}
	return months
}

// look is a month of a series as it stood at the end of one of its days.
type look struct {
	*series
	month billing.Month
	day   int // how many are counted
}

func (l look) used() float64  { return l.upTo(l.month, l.day) }
func (l look) final() float64 { return l.total(l.month) }
func (l look) left() int      { return l.month.Days() - l.day }

func (l look) end() time.Time { return l.month.Start().AddDate(0, 0, l.day) }

func (l look) position() forecast.Position {
	return forecast.Position{Month: l.month, Used: decimalOf(l.used()), CountedTo: l.end()}
}

// before returns the known ones of the last days.
func (l look) before(days int) []forecast.DayUsage {
	var known []forecast.DayUsage
	for i := -days; i < 0; i++ {
		day := l.end().AddDate(0, 0, i)
		if used := l.On(day); !math.IsNaN(used) {
			known = append(known, forecast.DayUsage{Day: day, Used: decimalOf(used)})
		}
	}
	return known
}

// closed returns the totals of the months of the year before, as far as they are known.
func (l look) closed() []forecast.MonthUsage {
	var known []forecast.MonthUsage
	for i := 1; i <= 12; i++ {
		m := l.month.Add(-i)
		if total := l.total(m); !math.IsNaN(total) {
			known = append(known, forecast.MonthUsage{Month: m, Used: decimalOf(total)})
		}
	}
	return known
}

func decimalOf(f float64) decimal.Decimal { return decimal.NewFromFloat(f) }
