package forecast

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
	days := usableDays(past, s)
	if recent := lately(days, s.Cut()); enough(recent, s.Cut()) {
		r, method := calendarOf(days).adjust(estimate(recent).rest(s), s)
		return forecast(at, method, r, fixedWidths)
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
