package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

func forecastOf(rule string, month billing.Month, day int) alerts.ForecastDay {
	id := alerts.BudgetID{Rule: rule, Month: month}
	return alerts.ForecastDay{
		BudgetID: id, Day: month.Start().AddDate(0, 0, day-1), Used: decimal.New(400, 0), Limit: decimal.New(500, 0),
		Low: decimal.New(552, 0), Expected: decimal.RequireFromString("575.25"), High: decimal.New(598, 0), Deviation: 12.5,
		Method: forecast.MethodDaily, Version: "v1",
	}
}

func TestForecastsAreKeptByDay(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		first, second, again := forecastOf("r", november, 20), forecastOf("r", november, 21), forecastOf("r", november, 21)
		again.Expected, again.Version = decimal.New(580, 0), "v2"
		other := forecastOf("q", november, 3)
		record(t, s, alerts.Outcome{At: noon, Forecasts: []alerts.ForecastDay{first, second, other, forecastOf("r", november.Add(-1), 30)}})
		record(t, s, alerts.Outcome{At: noon, Forecasts: []alerts.ForecastDay{again}})
		got := must(s.ForecastsOn(t.Context(), november, first.Day))(t)
		if diff := cmp.Diff([]alerts.ForecastDay{other, first}, got, sameMonth); diff != "" {
			t.Errorf("the last look at the first day (-want +got):\n%s", diff)
		}
		latest := must(s.ForecastsOn(t.Context(), november, november.End()))(t)
		if diff := cmp.Diff([]alerts.ForecastDay{other, again}, latest, sameMonth); diff != "" {
			t.Errorf("the latest of each budget (-want +got):\n%s", diff)
		}
	})
}

func TestForecastsOfClosedMonthsAreComparedWithTheirEnd(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		open := alerts.BudgetState{BudgetID: budget("r"), Used: decimal.New(600, 0)}
		closed := alerts.BudgetState{
			BudgetID: alerts.BudgetID{Rule: "r", Month: november.Add(-1)}, Used: decimal.RequireFromString("600.25"), ClosedAt: noon,
		}
		totals := forecastOf("r", closed.Month, 4)
		totals.Method = forecast.MethodMonthly
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{open, closed}, Forecasts: []alerts.ForecastDay{
			forecastOf("r", november, 20), forecastOf("r", closed.Month, 20), totals, forecastOf("q", closed.Month, 20),
		}})
		want := map[alerts.BudgetName][]forecast.PastError{{Rule: "r"}: {{Month: closed.Month, Size: 2}}}
		if diff := cmp.Diff(want, must(s.ForecastErrors(t.Context(), november.Add(-12)))(t), sameMonth); diff != "" {
			t.Errorf("misses (-want +got):\n%s", diff)
		}
		if late := must(s.ForecastErrors(t.Context(), november))(t); len(late) != 0 {
			t.Errorf("misses since a later month = %v", late)
		}
	})
}

// TestForecastDaysAreUTC: days are dates, whatever the zone of the machine.
func TestForecastDaysAreUTC(t *testing.T) {
	t.Parallel()
	s := openAt(t, sqliteURL(t))
	day := forecastOf("r", november, 1)
	day.Day = day.Day.In(time.FixedZone("west", -8*3600))
	record(t, s, alerts.Outcome{At: noon, Forecasts: []alerts.ForecastDay{day}})
	if got := must(s.ForecastsOn(t.Context(), november, november.End()))(t); !got[0].Day.Equal(november.Start()) {
		t.Errorf("the day is %s", got[0].Day)
	}
}

func TestAClosedMonthIsKept(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		want := budgetState("r")
		want.ClosedAt, want.Final, want.RestatedAt = noon, decimal.RequireFromString("571.5"), noon.Add(time.Hour)
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{want}})
		want.Revision = 1
		if diff := cmp.Diff(want, must(s.BudgetState(t.Context(), budget("r")))(t), sameMonth); diff != "" {
			t.Errorf("inserted (-want +got):\n%s", diff)
		}
		want.Final, want.RestatedAt = decimal.New(580, 0), noon.Add(2*time.Hour)
		record(t, s, alerts.Outcome{At: noon, BudgetStates: []alerts.BudgetState{want}})
		want.Revision = 2
		if diff := cmp.Diff(want, must(s.BudgetState(t.Context(), budget("r")))(t), sameMonth); diff != "" {
			t.Errorf("updated (-want +got):\n%s", diff)
		}
	})
}
