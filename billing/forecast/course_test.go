package forecast

import (
	"math"
	"testing"
	"time"

	"budgetbot/billing"
)

// lateNovember is 10 a day, and twice that from November 20 to 30 of every year.
func lateNovember(day time.Time) float64 {
	if day.Month() == time.November && day.Day() >= 20 {
		return 20
	}
	return 10
}

// since returns the daily usage from the first day up to the instant.
func since(first, end time.Time, usage func(time.Time) float64) []DayUsage {
	return daysBefore(end, int(end.Sub(first)/dayLength), usage)
}

// missing leaves out every nth day before the last hundred.
func missing(nth int, days []DayUsage) []DayUsage {
	var known []DayUsage
	for i, d := range days {
		if i%nth != 0 || i >= len(days)-100 {
			known = append(known, d)
		}
	}
	return known
}

func TestLastYearsCourse(t *testing.T) {
	nov11 := date(time.November, 11)
	leap := func(day time.Time) float64 { // February is half as much again
		if day.Month() == time.February {
			return 1.5 * officeHours(day)
		}
		return officeHours(day)
	}
	launch := func(day time.Time) float64 {
		if day.Before(time.Date(2025, 11, 10, 0, 0, 0, 0, time.UTC)) {
			return 1
		}
		return wavering(day)
	}
	rows := []struct {
		name     string
		days     []DayUsage
		at       Position
		method   Method
		from, to float64 // of the end
	}{
		{
			"a peak of every year is foreseen: 19 days at 10 and 11 at 20",
			daysBefore(nov11, MostDays, lateNovember), at(100, nov11), MethodSeason, 385, 411,
		},
		{
			"without a year it is not",
			daysBefore(nov11, 92, lateNovember), at(100, nov11), MethodDaily, 300, 300,
		},
		{
			"when it is over it is not expected to go on: December of last year was as November began",
			daysBefore(date(time.December, 1), MostDays, lateNovember),
			Position{november.Add(1), amount(0), date(time.December, 1)},
			MethodSeason, 305, 335,
		},
		{
			"six closed months with a year before them are enough, the sixth being May from its 22nd",
			since(time.Date(2025, 5, 9, 0, 0, 0, 0, time.UTC), nov11, wavering), at(100, nov11), MethodSeason, 285, 315,
		},
		{
			"five are too few: May 2026 reaches to before the first day",
			since(time.Date(2025, 5, 10, 0, 0, 0, 0, time.UTC), nov11, wavering), at(100, nov11), MethodDaily, 285, 315,
		},
		{
			"a fifth of the days of earlier months missing leaves the course known",
			missing(5, daysBefore(nov11, MostDays, lateNovember)), at(100, nov11), MethodSeason, 380, 420,
		},
		{
			"with every second day missing it is not",
			missing(2, daysBefore(nov11, MostDays, lateNovember)), at(100, nov11), MethodDaily, 300, 300,
		},
		{
			"February of a leap year has its 29th day: 21 weekdays at 18 and 8 days at 7.5",
			daysBefore(time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC), MostDays, leap),
			Position{billing.NewMonth(2024, time.February), amount(0), time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)},
			MethodSeason, 405, 445,
		},
		{
			"the year after it a day is compared with the leap day: 20 weekdays at 18 and 8 days at 7.5",
			daysBefore(time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC), MostDays, leap),
			Position{billing.NewMonth(2025, time.February), amount(0), time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)},
			MethodSeason, 390, 425,
		},
		{
			"figures that count to noon leave half of the day in the course too",
			daysBefore(nov11, MostDays, lateNovember), at(105, nov11.Add(12*time.Hour)), MethodSeason, 385, 411,
		},
		{
			"a launch a year ago is no season: at most three times the daily average",
			daysBefore(nov11, MostDays, launch), at(100, nov11), MethodSeason, 290, 100 + 3*205,
		},
		{
			"days without usage a year ago say nothing",
			daysBefore(nov11, MostDays, func(day time.Time) float64 {
				if day.Before(nov11.AddDate(0, -6, 0)) {
					return 0
				}
				return 10
			}),
			at(100, nov11), MethodDaily, 300, 300,
		},
		{
			"usage that is the same every day has no course to learn",
			daysBefore(nov11, MostDays, always(10)), at(100, nov11), MethodDaily, 300, 300,
		},
		{
			"usage that has stopped stays at zero, whatever last year brought",
			daysBefore(nov11, MostDays, func(day time.Time) float64 {
				if day.After(nov11.AddDate(0, 0, -70)) {
					return 0
				}
				return lateNovember(day)
			}),
			at(0, nov11), MethodSeason, 0, 0,
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			o := OfMonth(History{Days: row.days}, row.at)
			wellFormed(t, o)
			if end := o.End.InexactFloat64(); o.Method != row.method || end < row.from-1e-9 || end > row.to+1e-9 {
				t.Errorf("%s: %s; want %s, %v to %v", o.Method, o.End, row.method, row.from, row.to)
			}
		})
	}
}

func TestDaysOfAnotherMeasureHaveTheSameCourse(t *testing.T) {
	nov11 := date(time.November, 11)
	days := daysBefore(nov11, MostDays, lateNovember)
	want := OfMonth(History{Days: days}, at(100, nov11))
	for i := range days {
		days[i].Used = days[i].Used.Mul(amount(1e9))
	}
	got := OfMonth(History{Days: days, Months: []MonthUsage{{november.Add(-1), amount(310)}}}, at(100, nov11))
	if math.Abs(got.End.Sub(want.End).InexactFloat64()) > 1e-6 {
		t.Errorf("ends at %s, and at %s by days that are scaled to the month's totals", want.End, got.End)
	}
}

func TestEachMethodWeighsByItsSquaredErrors(t *testing.T) {
	if got := mix(rest{ahead: []float64{1, 1}, deviation: 3}, []float64{2, 6}, 0.5); math.Abs(got.sum()-4) > 1e-9 || got.deviation != 3 {
		t.Errorf("the mean of 2 and 8 by ratio is 4: got %v", got)
	}
	nov11 := date(time.November, 11)
	share := func(usage func(time.Time) float64) float64 {
		c := calendarOf(usableDays(History{Days: daysBefore(nov11, MostDays, usage)}, NewSpan(at(100, nov11))))
		share, known := c.shareOfCourse(november)
		if !known || share < 0 || share > 1 {
			t.Fatalf("share %v, %t", share, known)
		}
		return share
	}
	if got := share(lateNovember); got < 0.9 {
		t.Errorf("where every year is like the last, the course weighs %v", got)
	}
	steps := func(day time.Time) float64 { // another level in each month, and no year like another
		return 10 + 5*math.Sin(float64(day.Year()*2+int(day.Month())*17))
	}
	if got := share(steps); got > 0.5 {
		t.Errorf("where no year is like another, the course weighs %v", got)
	}
}

func TestOneWildMonthDoesNotWidenAYear(t *testing.T) {
	errors := func(wild int) []PastError {
		var all []PastError
		for i := range 12 {
			for day := range 30 {
				size := float64(day%10) / 5
				if i < wild {
					size = 40
				}
				all = append(all, PastError{november.Add(-1 - i), size})
			}
		}
		return all
	}
	o := OfMonth(History{Days: daysBefore(date(11, 11), 56, wavering)}, at(100, date(11, 11)))
	calm, one, two := o.WithErrors(errors(0)), o.WithErrors(errors(1)), o.WithErrors(errors(2))
	if !one.High.Equal(calm.High) || !one.VeryHigh.Equal(calm.VeryHigh) {
		t.Errorf("one wild month of twelve widens the range from %s to %s and from %s to %s", calm.High, one.High, calm.VeryHigh, one.VeryHigh)
	}
	if !two.VeryHigh.GreaterThan(calm.VeryHigh) {
		t.Errorf("of two, one counts: %s, as before %s", two.VeryHigh, calm.VeryHigh)
	}
}
