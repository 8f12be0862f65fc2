package forecast

import (
	"math"
	"testing"
	"time"

	"budgetbot/billing"
)

func event(first, last time.Time, percent int) billing.Event {
	return billing.Event{Days: billing.Days{First: first, Last: last}, Percent: percent}
}

func TestPlannedEvents(t *testing.T) {
	sale := event(date(11, 27), date(11, 30), 40) // four days
	past := event(date(11, 1), date(11, 5), 100)
	withPast := func(day time.Time) float64 {
		if past.Days.Contains(day) {
			return 2 * wavering(day)
		}
		return wavering(day)
	}
	end := func(days []DayUsage, months []MonthUsage, used float64, countedTo time.Time, events ...billing.Event) Forecast {
		o := OfMonth(History{Days: days, Months: months, Planned: events}, at(used, countedTo))
		wellFormed(t, o)
		return o
	}
	october := []MonthUsage{{november.Add(-1), amount(310)}}
	nov11, eight := date(11, 11), func(usage func(time.Time) float64) []DayUsage { return daysBefore(date(11, 11), 56, usage) }
	for _, row := range []struct {
		name        string
		got         Forecast
		want        float64
		events      int
		withinCents float64
	}{
		{"four days of +40% are 16 more on 300", end(eight(always(10)), nil, 100, nov11, sale), 316, 1, 0},
		{"a fall is planned as well", end(eight(always(10)), nil, 100, nov11, event(date(11, 27), date(11, 30), -50)), 280, 1, 0},
		{"events on the same day multiply", end(eight(always(10)), nil, 100, nov11, sale, event(date(11, 30), date(11, 30), 100)), 100 + 160 + 3*14 + 28, 2, 0},
		{"one of another month changes nothing", end(eight(always(10)), nil, 100, nov11, event(date(12, 24), date(12, 26), 300)), 300, 0, 0},
		{"days that are over are not named", end(eight(always(10)), nil, 100, nov11, event(date(11, 1), date(11, 10), 0)), 300, 0, 0},
		{
			"a sale that is over does not raise what follows: as without it, beside what it brought",
			end(daysBefore(nov11, 56, withPast), nil, 152, nov11, past), end(eight(wavering), nil, 101, nov11).End.InexactFloat64() + 51, 0, 3,
		},
		{"half of a sale's day is left at noon", end(eight(always(10)), nil, 277, date(11, 27).Add(12*time.Hour), event(date(11, 27), date(11, 27), 40)), 277 + 7 + 30, 1, 3},
		{"with totals alone the days of the sale are higher too", end(nil, october, 100, nov11, sale), 316, 1, 0},
		{"and a month that began with one is not taken for a higher level", end(nil, october, 150, nov11, past), 350, 0, 0},
		{"nor is a month before that had one", end(nil, []MonthUsage{{november.Add(-1), amount(320)}}, 100, nov11, event(date(10, 1), date(10, 1), 100)), 300, 0, 0},
		{"a new account's pace has it too", end(nil, nil, 100, nov11, sale), 316, 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			if off := math.Abs(row.got.End.InexactFloat64() - row.want); off > row.withinCents+1e-6 || len(row.got.Planned) != row.events {
				t.Errorf("ends at %s with %d events, want %v with %d", row.got.End, len(row.got.Planned), row.want, row.events)
			}
		})
	}
	plain, more := end(eight(wavering), nil, 100, nov11), end(eight(wavering), nil, 100, nov11, event(nov11, date(11, 30), 100))
	if width := more.High.Sub(more.Low).Div(plain.High.Sub(plain.Low)).InexactFloat64(); math.Abs(width-2) > 1e-6 {
		t.Errorf("with every day left doubled, the range is %v times as wide", width)
	}
}

func TestASaleOfEveryYearIsPlannedOnce(t *testing.T) {
	nov11 := date(11, 11)
	days := daysBefore(nov11, MostDays, func(day time.Time) float64 { return wavering(day) * lateNovember(day) / 10 })
	sales := []billing.Event{event(date(11, 20), date(11, 30), 100)}
	for _, y := range []int{2024, 2025} {
		sales = append(sales, event(time.Date(y, 11, 20, 0, 0, 0, 0, time.UTC), time.Date(y, 11, 30, 0, 0, 0, 0, time.UTC), 100))
	}
	o := OfMonth(History{Days: days, Planned: sales}, at(100, nov11))
	if end := o.End.InexactFloat64(); math.Abs(end-410) > 15 || o.Method != MethodSeason {
		t.Errorf("with the sales of the years before in the list November ends at %v by %s", end, o.Method)
	}
}
