package main

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/internal/dailyseries"
)

var march = billing.NewMonth(2026, time.March)

// made is a series of 2026 with the same amount every day, but for those that change says.
func made(days int, daily float64, change map[string]float64) *series {
	s := &series{dailyseries.Series{First: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Days: make([]float64, days)}}
	for i := range s.Days {
		s.Days[i] = daily
		if other, changed := change[s.First.AddDate(0, 0, i).Format("01-02")]; changed {
			s.Days[i] = other
		}
	}
	return s
}

func TestMonthsThatAreMeasuredAreKnownAndHaveEightWeeksBefore(t *testing.T) {
	months := func(s *series) (names []string) {
		for _, m := range s.months() {
			names = append(names, m.String())
		}
		return names
	}
	if got := months(made(151, 1, nil)); !reflect.DeepEqual(got, []string{"2026-03", "2026-04", "2026-05"}) {
		t.Errorf("got %v", got)
	}
	if got := months(made(150, 1, map[string]float64{"03-07": math.NaN()})); got != nil {
		t.Errorf("March is not known, April has no month before it, May is not over: got %v", got)
	}
}

func TestWhatIsSimplerIsReckonedRightly(t *testing.T) {
	rising := made(120, 0, nil)
	for i := range rising.Days {
		rising.Days[i] = float64(i)
	}
	if got, want := olsEnd(look{rising, march, 10}), rising.total(march); math.Abs(got-want) > 1e-6 {
		t.Errorf("a straight line goes on: got %v, want %v", got, want)
	}
	spiked := made(120, 10, map[string]float64{"03-05": 900})
	if got := olsEnd(look{spiked, march, 10}); math.Abs(got-spiked.total(march)) > 1e-6 {
		t.Errorf("one wild day does not bend the line: got %v", got)
	}
	if got := runRate(look{spiked, march, 10}); got != 990./10*31 {
		t.Errorf("the run-rate multiplies it: got %v", got)
	}
}

func TestErrorsWeighEachSeriesAlike(t *testing.T) {
	short, long := *made(120, 10, nil), *made(365, 20, nil)
	tenth := method{"", func(l look) float64 {
		if l.series.Days[0] == 10 {
			return 1.1 * l.final()
		}
		return 0.7 * l.final()
	}}
	found := measure([]series{short, long}, tenth)
	for _, row := range []struct {
		name      string
		statistic func([]float64) float64
		want      float64
	}{{"mean", meanSize, 0.2}, {"nine in ten", ninth, 0.2}, {"bias", mean, -0.1}} {
		if got := found.by(row.statistic); len(got) != len(origins) || math.Abs(got[3]-row.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", row.name, got, row.want)
		}
	}
}

func TestARecordCountsWhatAPolicySaid(t *testing.T) {
	saysOn := func(days ...int) func(look, float64) bool {
		return func(l look, _ float64) bool {
			for _, day := range days {
				if l.day == day {
					return true
				}
			}
			return false
		}
	}
	s := made(120, 10, nil)
	for _, row := range []struct {
		name  string
		says  func(look, float64) bool
		limit float64
		want  record
	}{
		{"a month that stays below, without a message", saysOn(), 400, record{months: 1}},
		{"a false alarm is wrong", saysOn(3), 400, record{months: 1, wrong: 1}},
		{"a repeated forecast counts as again", saysOn(3, 4, 6, 9), 400, record{months: 1, wrong: 1, again: 2}},
		{"the lead is to the crossing, after day 20", saysOn(5), 200, record{months: 1, breaches: 1, right: 1, leads: []float64{15}}},
		{"a crossing that was not foreseen has no lead", saysOn(), 200, record{months: 1, breaches: 1, leads: []float64{0}}},
		{"a forecast from the crossing on is no foresight", saysOn(20, 21), 200, record{months: 1, breaches: 1, leads: []float64{0}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got record
			if got.run(row.says, s, march, row.limit); !reflect.DeepEqual(got, row.want) {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

func TestTheReportHasEveryTableAndNothingUndefined(t *testing.T) {
	var out bytes.Buffer
	report(&out, "One of them", seriesOf(dailyseries.Synthetic()[1:2]))
	for _, want := range []string{
		"## One of them", "### Mean error, %", "### Nine in ten errors", "### Bias", "### Mean error by series", "### Mean error where a year is known", "| mean | 153 |", "| weekdays | 33 |",
		"### Bias where figures are late", "range of 80 %", "range of 95 %", "27 series-months", "80 % by series", "### What came of the probabilities", "### Alerts of months",
		"128 budget-months",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
		t.Errorf("something is undefined in\n%s", &out)
	}
}

func TestWeekdaysAreWhereTheDailyForecastGains(t *testing.T) {
	weekly := seriesOf(dailyseries.Synthetic()[1:2])
	byDays, byRate := measure(weekly, methods(forecasts{})[0]).by(meanSize), measure(weekly, methods(forecasts{})[4]).by(meanSize)
	if mean(byDays) > mean(byRate)/2 {
		t.Errorf("daily usage is off by %v, the run-rate by %v", mean(byDays), mean(byRate))
	}
	if o := daily(look{&weekly[0], weekly[0].months()[0], 1}); o.Method != forecast.MethodDaily {
		t.Errorf("measured was %q", o.Method)
	}
}

func TestSeasonsAreWhereLastYearGains(t *testing.T) {
	seasons := &seriesOf(dailyseries.Synthetic()[3:4])[0]
	all := seasons.months()
	first, last := look{seasons, all[0], 7}, look{seasons, all[len(all)-1], 7}
	known := forecasts{}
	if o := known.daily(first); o.Method != forecast.MethodDaily {
		t.Errorf("in the third month nothing is known of last year: %q", o.Method)
	}
	off := func(end float64) float64 { return math.Abs(end/last.final() - 1) }
	if o := known.daily(last); o.Method != forecast.MethodSeason || off(known.end(last)) > off(aloneEnd(last))/2 {
		t.Errorf("%q is off by %v, daily usage alone by %v", o.Method, off(known.end(last)), off(aloneEnd(last)))
	}
	var out bytes.Buffer
	years(&out, []series{*seasons}, known)
	if !strings.Contains(out.String(), "| seasons | 153 | 1.4 | 5.7 | -4.2 |") {
		t.Errorf("got %s", &out)
	}
}

func TestFiguresThatAreLateAreHeldAgainstTheirOwnDayOrAgainstTheClock(t *testing.T) {
	s := made(120, 10, nil)
	l := look{s, march, 10}
	if end := (forecasts{}).end(l.ago(2)); math.Abs(end-310) > 1e-6 {
		t.Errorf("by the day of the figures March ends at %v, want 310", end)
	}
	if end := byClock(l, 2).End.InexactFloat64(); math.Abs(end-290) > 1e-6 {
		t.Errorf("by the clock two days of March are lost; it ends at %v, want 290", end)
	}
	if early := (look{s, march, 1}).ago(2); early.day != 0 || early.used() != 0 {
		t.Errorf("nothing is before the month: day %d, used %v", early.day, early.used())
	}
}

func TestASeriesTooShortToJudgeIsADash(t *testing.T) {
	if got := percents([]float64{math.NaN(), 0.126, -0.01}, "+"); !reflect.DeepEqual(got, []string{"–", "+12.6", "-1.0"}) {
		t.Errorf("got %v", got)
	}
}
