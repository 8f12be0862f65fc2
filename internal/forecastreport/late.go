package main

import (
	"io"
	"slices"

	"budgetbot/billing/forecast"
)

// lateness prints what it does to a forecast that the figures are days older than the clock says.
func lateness(w io.Writer, all []series, known forecasts) {
	t := table{title: "Bias where figures are late, %, by the day of the clock", head: append(dayNames(), "mean")}
	for i, how := range []string{"1 day late", "2 days late"} {
		late := i + 1
		for _, m := range []method{
			{"run-rate, day of the clock", func(l look) float64 { return l.ago(late).used() / float64(l.day) * float64(l.month.Days()) }},
			{"forecast, day of the clock", func(l look) float64 { return byClock(l, late).End.InexactFloat64() }},
			{"forecast, day of the figures", func(l look) float64 { return known.end(l.ago(late)) }},
		} {
			figures := measure(all, m).by(mean)
			t.add(m.name+", "+how, percents(append(figures, mean(figures)), "+")...)
		}
	}
	t.print(w)
}

// ago is the look of some days before, at the earliest that of the month's start.
func (l look) ago(days int) look {
	l.day = max(0, l.day-days)
	return l
}

// byClock is the mistake: figures of some days ago taken for those of today.
func byClock(l look, late int) forecast.Forecast {
	at := l.position()
	at.Used = decimalOf(l.ago(late).used())
	days := slices.DeleteFunc(l.before(forecast.MostDays), func(d forecast.DayUsage) bool { return !d.Day.Before(l.ago(late).end()) })
	return forecast.OfMonth(forecast.History{Days: days, Months: l.closed()}, at)
}
