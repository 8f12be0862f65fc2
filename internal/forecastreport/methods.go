package main

import (
	"math"
	"slices"

	"budgetbot/billing/forecast"
)

// method foresees the end of a month.
type method struct {
	name string
	end  func(look) float64
}

func methods(known forecasts) []method {
	return []method{
		{"forecast", known.end},
		{"daily usage alone", aloneEnd},
		{"monthly totals", func(l look) float64 { return monthly(l).End.InexactFloat64() }},
		{"OLS of 30 days", olsEnd},
		{"run-rate", runRate},
		{"last month", func(l look) float64 { return l.total(l.month.Add(-1)) }},
	}
}

// recent is long enough for the window and the months that it touches, and too short for last year's course.
const recent = 92

func daily(l look) forecast.Forecast {
	return forecast.OfMonth(forecast.History{Days: l.before(forecast.MostDays), Months: l.closed()}, l.position())
}

// aloneEnd is what the forecast is while no year is known.
func aloneEnd(l look) float64 {
	return forecast.OfMonth(forecast.History{Days: l.before(recent), Months: l.closed()}, l.position()).End.InexactFloat64()
}

func monthly(l look) forecast.Forecast {
	return forecast.OfMonth(forecast.History{Months: l.closed()}, l.position())
}

func runRate(l look) float64 { return l.used() / float64(l.day) * float64(l.month.Days()) }

// olsEnd goes on along a straight line through the last 30 days, those left out that are far outside of the middle half.
// It is what another open-source cost tool does.
func olsEnd(l look) float64 {
	var at, used []float64
	for i := -30; i < 0; i++ {
		if y := l.On(l.end().AddDate(0, 0, i)); !math.IsNaN(y) {
			at, used = append(at, float64(i)), append(used, y)
		}
	}
	at, used = withoutOutliers(at, used)
	a, b := line(at, used)
	end := l.used()
	for i := range l.left() {
		end += max(0, a+b*float64(i))
	}
	return end
}

func withoutOutliers(at, values []float64) (keptAt, kept []float64) {
	sorted := slices.Sorted(slices.Values(values))
	lower, upper := quantile(sorted, 0.25), quantile(sorted, 0.75)
	margin := 1.5 * (upper - lower)
	for i, v := range values {
		if v >= lower-margin && v <= upper+margin {
			keptAt, kept = append(keptAt, at[i]), append(kept, v)
		}
	}
	return keptAt, kept
}

// line fits y = a + b x by least squares.
func line(x, y []float64) (a, b float64) {
	meanX, meanY := mean(x), mean(y)
	var covariance, variance float64
	for i := range x {
		covariance += (x[i] - meanX) * (y[i] - meanY)
		variance += (x[i] - meanX) * (x[i] - meanX)
	}
	if variance > 0 {
		b = covariance / variance
	}
	return meanY - b*meanX, b
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// quantile of sorted values, in proportion between two of them.
func quantile(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	place := share * float64(len(sorted)-1)
	i := int(place)
	if i == len(sorted)-1 {
		return sorted[i]
	}
	return sorted[i] + (place-float64(i))*(sorted[i+1]-sorted[i])
}

func quantileOf(values []float64, share float64) float64 {
	return quantile(slices.Sorted(slices.Values(values)), share)
}
