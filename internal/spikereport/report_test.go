package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"budgetbot/alerts/spike"
	"budgetbot/internal/dailyseries"
)

// flat is a series of 100 a day, but for the days that change says, by their index.
func flat(days int, change map[int]float64) *dailyseries.Series {
	s := &dailyseries.Series{Name: "flat", First: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Days: make([]float64, days)}
	for i := range s.Days {
		s.Days[i] = 100 + float64(i%3)
		if other, changed := change[i]; changed {
			s.Days[i] = other
		}
	}
	return s
}

var limits = spike.Limits{Over: spike.DefaultOver}

func TestPlantedDaysOfASteadySeriesAreFoundOnTheirFirstDay(t *testing.T) {
	s := flat(730, nil)
	u := untouchedOf(s, limits)
	if len(u.runs) != 0 || u.varies > 0.02 || u.perMonth() != 0 {
		t.Errorf("untouched: got %d runs, varies by %v", len(u.runs), u.varies)
	}
	for _, days := range []int{1, 7} {
		f := plant(s, u, days, limits)
		if want := (730-days-look)/every + 1; f.planted != want {
			t.Errorf("%d plantings of %d days, want %d", f.planted, days, want)
		}
		if f.on[0] != f.planted || f.all() != 1 || f.delay() != 0 {
			t.Errorf("%d days: got %+v", days, f)
		}
	}
	const mayFirst = 120
	if first, second := foundAfter(s, mayFirst, 7, limits), foundAfter(s, mayFirst+1, 7, limits); first != 1 || second != 0 {
		t.Errorf("a week that begins with a month is found %d days after its first, the day after it %d", first, second)
	}
}

func TestNothingIsPlantedOverASpikeOfItsOwn(t *testing.T) {
	spiked := flat(365, map[int]float64{look: 400, look + 1: 400})
	u := untouchedOf(spiked, limits)
	if len(u.runs) != 1 || math.Abs(u.perMonth()-30.4/float64(u.compared)) > 1e-9 {
		t.Errorf("got %d runs, %v a month", len(u.runs), u.perMonth())
	}
	if with, without := plant(spiked, u, 1, limits).planted, plant(flat(365, nil), untouchedOf(flat(365, nil), limits), 1, limits).planted; with != without-1 {
		t.Errorf("%d plantings beside a spike, %d without it", with, without)
	}
}

func TestWhatCannotBeFoundIsCountedAsMissed(t *testing.T) {
	s := flat(365, nil)
	high := spike.Limits{Over: 150}
	f := plant(s, untouchedOf(s, high), 7, high)
	if f.planted == 0 || f.all() != 0 || !math.IsNaN(f.delay()) {
		t.Errorf("got %+v", f)
	}
}

func TestTheReportHasARowForEachSeriesAndBothSummaries(t *testing.T) {
	var out bytes.Buffer
	report(&out, "Some", dailyseries.Synthetic()[1:3], int(spike.DefaultOver))
	for _, want := range []string{"## Some, from +60 %", "| weekdays |", "| growing |", "**all 2**", "**the 2 that vary", "False alarms a month", "by the second day"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("without %q:\n%s", want, out.String())
		}
	}
}
