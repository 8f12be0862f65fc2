package spike

import (
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
)

// drawDays draws any days: some missing, some twice, in any order, with amounts of any size, below zero too.
func drawDays(t *rapid.T) []forecast.DayUsage {
	amounts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) forecast.DayUsage {
		day := first.AddDate(0, 0, rapid.IntRange(0, 100).Draw(t, "day"))
		used := decimal.New(rapid.Int64Range(-3, 1000).Draw(t, "digits"), rapid.Int32Range(-30, 400).Draw(t, "exponent"))
		return forecast.DayUsage{Day: day, Used: used}
	}), 0, 30)
	level := rapid.Float64Range(0, 1e18).Draw(t, "level")
	var days []forecast.DayUsage
	for i := range rapid.IntRange(0, 100).Draw(t, "days") {
		days = append(days, forecast.DayUsage{Day: first.AddDate(0, 0, i), Used: decimal.NewFromFloat(level * rapid.Float64Range(0, 3).Draw(t, "by"))})
	}
	return append(days, amounts.Draw(t, "odd days")...)
}

func TestRunsOfAnyDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := NewHistory(drawDays(t))
		limits := Limits{rules.Threshold(rapid.IntRange(1, 1000).Draw(t, "over")), decimal.New(rapid.Int64Range(0, 1000).Draw(t, "at least"), 0)}
		var last time.Time
		runs := h.Runs(limits)
		for i, e := range runs {
			switch {
			case !e.First.Day.After(last), e.Last.Day.Before(e.First.Day), !e.Lasts() && !e.Ended.After(e.Last.Day):
				t.Fatalf("days out of order: %+v", e)
			case i+1 < len(runs) && e.Lasts():
				t.Fatalf("only the last may last: %+v", e)
			case e.Days < 1 || e.Days > int(e.Last.Day.Sub(e.First.Day).Hours()/24)+1:
				t.Fatalf("more high days than days: %+v", e)
			case !e.Above.IsPositive() || e.First.Above().LessThan(limits.AtLeast):
				t.Fatalf("not above the usual amount: %+v", e)
			}
			for _, d := range []Day{e.First, e.Last} {
				if math.IsNaN(d.From) || d.From < float64(limits.Over)/100 || d.From > max(wildest, float64(limits.Over)/100) || !d.Usual.IsPositive() {
					t.Fatalf("no figure: %+v", d)
				}
			}
			last = e.Last.Day
		}
	})
}

func TestLaterDaysChangeNothingOfEarlierRuns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days, limits := drawDays(t), Limits{Over: DefaultOver}
		end := first.AddDate(0, 0, rapid.IntRange(0, 100).Draw(t, "end"))
		var earlier []forecast.DayUsage
		for _, d := range days {
			if !d.Day.After(end) {
				earlier = append(earlier, d)
			}
		}
		before, after := NewHistory(earlier).Runs(limits), NewHistory(days).Runs(limits)
		if len(before) > len(after) {
			t.Fatalf("%d runs, and with later days %d", len(before), len(after))
		}
		for i, e := range before {
			if !e.Lasts() && !reflect.DeepEqual(e, after[i]) || !e.First.Day.Equal(after[i].First.Day) {
				t.Fatalf("was %+v, is %+v", e, after[i])
			}
		}
	})
}

func TestTheUnitMakesNoDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var days, inOther []forecast.DayUsage
		by := rapid.Int32Range(-6, 12).Draw(t, "unit")
		for i := range 90 {
			d := forecast.DayUsage{Day: first.AddDate(0, 0, i), Used: decimal.New(rapid.Int64Range(50, 500).Draw(t, "used"), 0)}
			days = append(days, d)
			inOther = append(inOther, forecast.DayUsage{Day: d.Day, Used: d.Used.Shift(by)})
		}
		one, other := NewHistory(days).Runs(Limits{Over: DefaultOver}), NewHistory(inOther).Runs(Limits{Over: DefaultOver})
		if written(one) != written(other) {
			t.Fatalf("%q, and in another unit %q", written(one), written(other))
		}
	})
}
