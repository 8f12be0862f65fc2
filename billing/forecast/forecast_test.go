package forecast

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

func amount(f float64) decimal.Decimal { return decimal.NewFromFloat(f) }

// date is a day of 2026, as its first instant.
func date(m time.Month, day int) time.Time { return time.Date(2026, m, day, 0, 0, 0, 0, time.UTC) }

// daysBefore returns the daily usage of the n days before the instant.
func daysBefore(end time.Time, n int, usage func(day time.Time) float64) []DayUsage {
	days := make([]DayUsage, n)
	for i := range days {
		day := end.AddDate(0, 0, i-n)
		days[i] = DayUsage{day, amount(usage(day))}
	}
	return days
}

func always(f float64) func(time.Time) float64 { return func(time.Time) float64 { return f } }

// officeHours is 12 on a working day and 5 at the weekend: 10 a day on average.
func officeHours(day time.Time) float64 {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return 5
	}
	return 12
}

// wavering is about 10, and differs from day to day.
func wavering(day time.Time) float64 { return 10 + float64(day.YearDay()*7%5-2)/2 }

func without(days []DayUsage, missing ...time.Time) []DayUsage {
	return slices.DeleteFunc(days, func(d DayUsage) bool { return slices.Contains(missing, d.Day) })
}

func at(used float64, countedTo time.Time) Position {
	return Position{Month: november, Used: amount(used), CountedTo: countedTo}
}

type wantForecast struct {
	method    Method
	unknown   string
	end       float64
	low, high float64 // checked where high is set
}

func TestForecast(t *testing.T) {
	feb24, feb26 := billing.NewMonth(2024, time.February), billing.NewMonth(2026, time.February)
	october := november.Add(-1)
	rows := []struct {
		name string
		past History
		at   Position
		want wantForecast
	}{
		{
			"with eight weeks of days, each day left is worth the level",
			History{Days: daysBefore(date(11, 11), 56, always(10))},
			at(100, date(11, 11)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"a day left is worth what its weekday is worth: Nov 28 and 29 are a weekend, Nov 30 is not",
			History{Days: daysBefore(date(11, 28), 56, officeHours)},
			at(275, date(11, 28)),
			wantForecast{method: MethodDaily, end: 275 + 5 + 5 + 12, low: 297, high: 297},
		},
		{
			"the first of the month, before anything is counted, is foreseen from the weeks before it",
			History{Days: daysBefore(date(11, 1), 56, always(10))},
			at(0, date(11, 1)),
			wantForecast{method: MethodDaily, end: 300},
		},
		{
			"on the first day the single day hardly moves the level",
			History{Days: append(daysBefore(date(11, 1), 55, wavering), DayUsage{date(11, 1), amount(90)})},
			at(90, date(11, 2)),
			wantForecast{method: MethodDaily, end: 90 + 29*10.6},
		},
		{
			"on the last day one day is left",
			History{Days: daysBefore(date(11, 30), 56, always(10))},
			at(290, date(11, 30)),
			wantForecast{method: MethodDaily, end: 300},
		},
		{
			"a month that is counted to its end ends where it is",
			History{Days: daysBefore(date(12, 1), 56, always(10))},
			at(300, date(12, 1)),
			wantForecast{method: MethodComplete, end: 300, low: 300, high: 300},
		},
		{
			"figures that claim to count beyond the month's end are those of its end",
			History{},
			at(300, date(12, 9)),
			wantForecast{method: MethodComplete, end: 300, low: 300, high: 300},
		},
		{
			"figures from before the month's start are those of its start",
			History{Days: daysBefore(date(10, 31), 56, always(10))},
			at(0, date(10, 31)),
			wantForecast{method: MethodDaily, end: 300},
		},
		{
			"figures that count to noon leave half of the day",
			History{Days: daysBefore(date(11, 11), 56, always(10))},
			at(105, date(11, 11).Add(12*time.Hour)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"the day is taken in UTC, wherever the instant comes from",
			History{Days: daysBefore(date(11, 11), 56, always(10))},
			at(100, time.Date(2026, 11, 11, 9, 0, 0, 0, time.FixedZone("Tokyo", 9*3600))),
			wantForecast{method: MethodDaily, end: 300},
		},
		{
			"February has 28 days",
			History{Days: daysBefore(date(2, 15), 56, always(10))},
			Position{feb26, amount(140), date(2, 15)},
			wantForecast{method: MethodDaily, end: 280},
		},
		{
			"February has 29 in a leap year, and on its 29th one day is left",
			History{Days: daysBefore(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), 56, always(10))},
			Position{feb24, amount(280), time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)},
			wantForecast{method: MethodDaily, end: 290},
		},
		{
			"a missing day is unknown and not zero: the level stays",
			History{Days: without(daysBefore(date(11, 11), 56, always(10)), date(11, 3), date(11, 4), date(10, 20))},
			at(100, date(11, 11)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"what a missing day hides, be it a burst, counts once and is not taken for the level",
			History{Days: without(daysBefore(date(11, 11), 56, always(10)), date(11, 3))},
			at(500, date(11, 11)),
			wantForecast{method: MethodDaily, end: 700},
		},
		{
			"days of another measure are scaled to what the month has used",
			History{Days: daysBefore(date(11, 11), 56, always(1e9)), Months: []MonthUsage{{october, amount(310)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"a month with a missing day takes its scale from the month before",
			History{
				Days:   without(daysBefore(date(11, 11), 56, always(1e9)), date(11, 3)),
				Months: []MonthUsage{{october, amount(310)}},
			},
			at(100, date(11, 11)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"each month's days are scaled by its own total, so that usage that doubled is seen to have doubled",
			History{Days: daysBefore(date(11, 29), 56, always(1)), Months: []MonthUsage{{october, amount(310)}}},
			at(560, date(11, 29)),
			wantForecast{method: MethodDaily, end: 600},
		},
		{
			"a restatement that lowers the month lowers its days",
			History{Days: daysBefore(date(11, 29), 56, always(10)), Months: []MonthUsage{{october, amount(155)}}},
			at(140, date(11, 29)),
			wantForecast{method: MethodDaily, end: 150},
		},
		{
			"a restatement that lowers a month with a missing day lowers what is known of it",
			History{Days: without(daysBefore(date(11, 29), 56, always(10)), date(11, 2))},
			at(135, date(11, 29)),
			wantForecast{method: MethodDaily, end: 135 + 2*5},
		},
		{
			"days that show nothing of a month that has usage are of something else",
			History{
				Days:   append(daysBefore(date(11, 1), 51, always(10)), daysBefore(date(11, 6), 5, always(0))...),
				Months: []MonthUsage{{october, amount(310)}},
			},
			at(50, date(11, 6)),
			wantForecast{method: MethodDaily, end: 300},
		},
		{
			"zero usage stays zero",
			History{Days: daysBefore(date(11, 11), 56, always(0)), Months: []MonthUsage{{october, amount(0)}}},
			at(0, date(11, 11)),
			wantForecast{method: MethodDaily, end: 0, low: 0, high: 0},
		},
		{
			"usage that stood still for six weeks and doubled two weeks ago is followed",
			History{Days: daysBefore(date(11, 15), 56, func(day time.Time) float64 {
				if day.Before(date(11, 1)) {
					return 10
				}
				return 20
			})},
			at(280, date(11, 15)),
			wantForecast{method: MethodDaily, end: 280 + 16*19},
		},
		{
			"weekends without any traffic foretell none",
			History{Days: daysBefore(date(11, 28), 56, func(day time.Time) float64 {
				return 5 * (officeHours(day) - 5) / 7 // 5 or 0
			})},
			at(95, date(11, 28)),
			wantForecast{method: MethodDaily, end: 100},
		},
		{
			"days of the month itself beyond what is counted do not matter",
			History{Days: append(daysBefore(date(11, 11), 56, always(10)), DayUsage{date(11, 11), amount(9999)})},
			at(100, date(11, 11)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"of two amounts for a day the later counts, and a negative one is unknown",
			History{Days: append(daysBefore(date(11, 11), 56, always(10)),
				DayUsage{date(11, 9), amount(-50)}, DayUsage{date(11, 8), amount(7)}, DayUsage{date(11, 8), amount(10)})},
			at(100, date(11, 11)),
			wantForecast{method: MethodDaily, end: 300, low: 300, high: 300},
		},
		{
			"too few days give way to last month's total",
			History{Days: daysBefore(date(11, 11), 10, always(10)), Months: []MonthUsage{{october, amount(310)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodMonthly, end: 300},
		},
		{
			"one day of history is too few",
			History{Days: daysBefore(date(11, 11), 1, always(10)), Months: []MonthUsage{{october, amount(310)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodMonthly, end: 300},
		},
		{
			"days that ended weeks ago give way to last month's total",
			History{Days: daysBefore(date(11, 1), 45, always(1)), Months: []MonthUsage{{october, amount(310)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodMonthly, end: 300},
		},
		{
			"with totals alone, five days of this month weigh as much as the last month: 20 a day and 10 make 15",
			History{Months: []MonthUsage{{october, amount(310)}}},
			at(100, date(11, 6)),
			wantForecast{method: MethodMonthly, end: 100 + 25*15},
		},
		{
			"a total is of its own days: 280 in February are 10 a day in March",
			History{Months: []MonthUsage{{feb26, amount(280)}, {feb26.Add(-1), amount(9999)}}},
			Position{feb26.Add(1), amount(10), date(3, 2)},
			wantForecast{method: MethodMonthly, end: 310},
		},
		{
			"where last month is not known, the one before it is taken",
			History{Months: []MonthUsage{{november.Add(-2), amount(300)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodMonthly, end: 300},
		},
		{
			"a total of half a year ago is none",
			History{Months: []MonthUsage{{november.Add(-6), amount(3000)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodPace, end: 300},
		},
		{
			"totals of the month itself and of later ones are none",
			History{Months: []MonthUsage{{november, amount(3000)}, {november.Add(1), amount(3000)}}},
			at(100, date(11, 11)),
			wantForecast{method: MethodPace, end: 300},
		},
		{
			"before the first day is complete only last month is known",
			History{Months: []MonthUsage{{october, amount(310)}}},
			at(4, date(11, 1).Add(23*time.Hour)),
			wantForecast{method: MethodNone, unknown: unknownFirstDay},
		},
		{
			"a new account is too early to tell after three days",
			History{},
			at(30, date(11, 4)),
			wantForecast{method: MethodNone, unknown: UnknownEarly},
		},
		{
			"a new account goes on at its pace from the fourth day on",
			History{},
			at(40, date(11, 5)),
			wantForecast{method: MethodPace, end: 300},
		},
		{
			"usage that nobody dates has no outlook",
			History{Days: daysBefore(date(11, 11), 56, always(10)), Months: []MonthUsage{{october, amount(310)}}},
			at(100, time.Time{}),
			wantForecast{method: MethodNone, unknown: unknownInstant},
		},
		{
			"no month has no outlook",
			History{},
			Position{CountedTo: date(11, 11)},
			wantForecast{method: MethodNone, unknown: unknownInstant},
		},
		{
			"a figure out of any range has no outlook",
			History{Months: []MonthUsage{{october, amount(310)}}},
			Position{november, decimal.New(1, 200), date(11, 11)},
			wantForecast{method: MethodNone, unknown: unknownFigures},
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := OfMonth(row.past, row.at)
			if o.Method != row.want.method || o.Unknown != row.want.unknown {
				t.Fatalf("method %q, unknown %q; want %q, %q", o.Method, o.Unknown, row.want.method, row.want.unknown)
			}
			wantNear(t, "end", o.End, row.want.end)
			if row.want.high > 0 {
				wantNear(t, "low", o.Low, row.want.low)
				wantNear(t, "high", o.High, row.want.high)
			}
		})
	}
}

// wantNear allows two in a hundred: the rows are about what is foreseen, not about its last digit.
func wantNear(t *testing.T, what string, got decimal.Decimal, want float64) {
	t.Helper()
	if f := got.InexactFloat64(); math.Abs(f-want) > 0.02*want {
		t.Errorf("%s is %v, want %v", what, f, want)
	}
}

func TestTheRangeIsThatOfAThresholdThatWanders(t *testing.T) {
	even := level{daily: 10, noise: 2, factors: [7]float64{1, 1, 1, 1, 1, 1, 1}}
	weekend := even
	weekend.factors = [7]float64{0.5, 1.2, 1.2, 1.2, 1.2, 1.2, 0.5}
	rows := []struct {
		name  string
		level level
		to    time.Time
		want  float64
	}{
		{"the last day varies as days do", even, date(11, 30), 2},
		{"a surprise on the last day but one moves the last by a fifth of it", even, date(11, 29), 2 * math.Sqrt(1+1.2*1.2)},
		{"and so on to the first day left", even, date(11, 27), 2 * math.Sqrt(1+1.2*1.2+1.4*1.4+1.6*1.6)},
		{"the rest of a day varies less than a day", even, date(11, 30).Add(18 * time.Hour), 2 * math.Sqrt(0.25)},
		{"a weekend varies as much less as it sees less", weekend, date(11, 28), 2 * (0.5 + 0.5 + 1.2) / 3 * math.Sqrt(1+1.44+1.96)},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if got := row.level.rest(NewSpan(at(200, row.to))).deviation; math.Abs(got-row.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
	past := History{Days: daysBefore(date(11, 11), 56, wavering)}
	o := OfMonth(past, at(100, date(11, 11)))
	wantNear(t, "high", o.High, o.End.InexactFloat64()+1.6*o.Deviation)
	wantNear(t, "very high", o.VeryHigh, o.End.InexactFloat64()+2.6*o.Deviation)
}

func TestTheRangeOfTotalsIsThatOfMonthsAndOfDays(t *testing.T) {
	totals := func(daily ...float64) []MonthUsage {
		var totals []MonthUsage
		for i, d := range daily {
			m := november.Add(-1 - i)
			totals = append(totals, MonthUsage{m, amount(d * float64(m.Days()))})
		}
		return totals
	}
	// After 10 of 30 days: a third of what is known of the month is last month's, and 20 days are left to differ.
	deviation := func(change float64) float64 { return 20 * 10 * math.Sqrt(change*change/3+0.35*0.35/20) }
	rows := []struct {
		name   string
		months []MonthUsage
		want   float64
	}{
		{"months that are all alike leave the days' own unevenness", totals(10, 10, 10, 10), deviation(0)},
		{"months that double and halve widen it", totals(10, 5, 10, 5), deviation(math.Ln2)},
		{"months that differ beyond that are bounded", totals(10, 1000, 10, 1000), deviation(1)},
		{"three months tell two changes, which are too few", totals(10, 10, 10), deviation(0.3)},
		{"a month without usage is no change", totals(10, 10, 10, 0), deviation(0.3)},
		{"changes of more than half a year ago are forgotten", totals(10, 10, 10, 10, 10, 10, 10, 990), deviation(0)},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := OfMonth(History{Months: row.months}, at(100, date(11, 11)))
			if math.Abs(o.Deviation-row.want) > 1e-9 || o.Method != MethodMonthly {
				t.Errorf("deviation %v of %q, want %v", o.Deviation, o.Method, row.want)
			}
		})
	}
}

func TestFewerDaysMakeAWiderRange(t *testing.T) {
	for _, row := range []struct {
		name string
		days int
		want float64
	}{
		{"a full window is the measure", 56, 1},
		{"six weeks are nearly as good", 42, 1.05},
		{"four weeks make it a seventh wider", 28, 1.14},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := scarcity(row.days); math.Abs(got-row.want) > 0.01 {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
}

func TestPastErrorsOfSixMonthsMakeTheRange(t *testing.T) {
	days := daysBefore(date(11, 11), 56, wavering)
	pastErrors := func(months int, back int) []PastError {
		var pastErrors []PastError
		for i := range months {
			for size := 1; size <= 9; size++ {
				pastErrors = append(pastErrors, PastError{november.Add(-back - i), float64(size) / 3})
			}
		}
		return pastErrors
	}
	rows := []struct {
		name         string
		pastErrors   []PastError
		likely, most float64
	}{
		{"five months of misses are too few", pastErrors(5, 1), 1.6, 2.6},
		{"of six months, eight in ten misses were within 8/3 and 95 in 100 within 3", pastErrors(6, 1), 8. / 3, 3},
		{"months of more than a year ago are forgotten", pastErrors(8, 8), 1.6, 2.6},
		{"the month itself is none of them", pastErrors(6, 0), 1.6, 2.6},
		{
			"sizes that are none are left out",
			append(pastErrors(5, 1), PastError{november.Add(-6), math.NaN()}, PastError{november.Add(-6), math.Inf(1)}), 1.6, 2.6,
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := OfMonth(History{Days: days}, at(100, date(11, 11))).WithErrors(row.pastErrors)
			wantNear(t, "high", o.High, o.End.InexactFloat64()+row.likely*o.Deviation)
			wantNear(t, "very high", o.VeryHigh, o.End.InexactFloat64()+row.most*o.Deviation)
		})
	}
}

func TestAPastErrorIsCountedInDeviations(t *testing.T) {
	o := OfMonth(History{Days: daysBefore(date(11, 11), 56, wavering)}, at(100, date(11, 11)))
	final := o.End.Sub(amount(1.5 * o.Deviation))
	if pastError, ok := o.PastError(final); !ok || pastError.Month != november || math.Abs(pastError.Size-1.5) > 1e-9 {
		t.Errorf("got %v, %t", pastError, ok)
	}
	constant := OfMonth(History{Days: daysBefore(date(11, 11), 56, always(10))}, at(100, date(11, 11)))
	if pastError, ok := constant.PastError(amount(300)); ok {
		t.Errorf("a forecast without any doubt cannot be measured in it: %v", pastError)
	}
	if pastError, ok := OfMonth(History{}, at(100, date(11, 11))).PastError(amount(300)); ok {
		t.Errorf("the pace is no yardstick for the daily forecast: %v", pastError)
	}
}

func TestChanceOver(t *testing.T) {
	wavers := OfMonth(History{Days: daysBefore(date(11, 11), 56, wavering)}, at(100, date(11, 11)))
	end, deviation := wavers.End.InexactFloat64(), wavers.Deviation
	steady := OfMonth(History{Days: daysBefore(date(11, 11), 56, always(10))}, at(100, date(11, 11)))
	rows := []struct {
		name     string
		forecast Forecast
		limit    float64
		want     float64
		known    bool
	}{
		{"a limit that is reached is certain", wavers, 100, 1, true},
		{"so is one without any forecast", OfMonth(History{}, at(9, date(11, 1))), 9, 1, true},
		{"at the expected end it is even", wavers, end, 0.5, true},
		{"1.3 deviations above the end, it is that of one in a normal distribution", wavers, end + 1.3*deviation, 0.1587, true},
		{"1.3 deviations below the end likewise", wavers, end - 1.3*deviation, 0.8413, true},
		{"without a forecast it is unknown", OfMonth(History{}, at(9, date(11, 1))), 10, 0, false},
		{"where nothing varies, a limit below the end is certain", steady, 299, 1, true},
		{"where nothing varies, a limit above the end is out of reach", steady, 301, 0, true},
		{"a complete month does not reach what it has not reached", OfMonth(History{}, at(99, date(12, 1))), 100, 0, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			chance, known := row.forecast.ChanceOver(amount(row.limit))
			if math.Abs(chance-row.want) > 1e-4 || known != row.known {
				t.Errorf("got %v, %t; want %v, %t", chance, known, row.want, row.known)
			}
		})
	}
}

func TestRunsOut(t *testing.T) {
	// 402.6 after 21 days, and 552 to 598 expected: at the higher end a day is worth 21.7, at the lower 16.6.
	example := Forecast{
		Position: at(402.6, date(11, 22)), Method: MethodDaily,
		End: amount(575), Low: amount(552), High: amount(598), Ahead: NewSpan(at(402.6, date(11, 22))).Even(19),
	}
	steady := OfMonth(History{Days: daysBefore(date(11, 11), 56, always(10))}, at(100, date(11, 11)))
	noon := OfMonth(History{Days: daysBefore(date(11, 11), 56, always(10))}, at(105, date(11, 11).Add(12*time.Hour)))
	rows := []struct {
		name                string
		forecast            Forecast
		limit               float64
		first, likely, last int
	}{
		{"it runs out between the day of the high end and the day of the low end", example, 500, 26, 27, 27},
		{"where the low end does not reach the limit, the last day is the month's", example, 560, 29, 30, 30},
		{"where the expected end is below the limit, it does not run out", example, 580, 0, 0, 0},
		{"a limit that is reached does not run out any more", example, 402.6, 0, 0, 0},
		{"a limit just below a day's end falls on that day", steady, 149.9, 15, 15, 15},
		{"a limit just above a day's end falls on the next", steady, 150.1, 16, 16, 16},
		{"a limit at the very end falls on the last day", steady, 300, 30, 30, 30},
		{"the rest of a day comes first", noon, 109, 11, 11, 11},
		{"and then whole days", noon, 111, 12, 12, 12},
		{"without a forecast nobody knows", OfMonth(History{}, at(9, date(11, 1))), 10, 0, 0, 0},
		{"a complete month does not run out", OfMonth(History{}, at(99, date(12, 1))), 100, 0, 0, 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			out, does := row.forecast.RunsOut(amount(row.limit))
			if does != (row.first > 0) {
				t.Fatalf("runs out: %t, %v", does, out)
			}
			want := RunOut{date(11, row.first), date(11, row.likely), date(11, row.last)}
			if does && out != want {
				t.Errorf("got %v, want %v", out, want)
			}
		})
	}
}
