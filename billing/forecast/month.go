package forecast

import "budgetbot/billing"

// OfMonth forecasts the end of the month at the position. It is pure and accepts any input: if no sensible forecast is possible, Unknown
// has the reason.
//
// With four weeks of daily amounts it uses their level and weekdays (see estimate), mixed with last year's course where the days go back far
// enough to judge it (see calendar.adjust). With monthly totals alone it uses this month's and last month's
// pace, and without either this month's pace from the fourth day on.
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
	r, method, unknown := usual(past, s)
	if unknown != "" {
		return Unknown(at, unknown)
	}
	o := forecast(at, method, planned(past.Planned).apply(r, s), fixedWidths)
	o.Planned = billing.EventsIn(past.Planned, s.Cut(), at.Month.End())
	return o
}

// usual is what the days left are expected to use without what is planned, or why that is not known.
func usual(past History, s Span) (r rest, method Method, unknown string) {
	events := planned(past.Planned)
	days := events.without(usableDays(past, s))
	if recent := lately(days, s.Cut()); enough(recent, s.Cut()) {
		r, method = calendarOf(days).adjust(estimate(recent).rest(s), s)
		return r, method, ""
	}
	months := events.totals(past.Months)
	last, known := lastMonth(months, s.month)
	switch {
	case known && s.elapsed < 1:
		return rest{}, MethodNone, unknownFirstDay
	case known:
		return blend(events.span(s), last, months), MethodMonthly, ""
	case s.elapsed <= 3:
		return rest{}, MethodNone, UnknownEarly
	}
	return pace(events.span(s)), MethodPace, ""
}
