package spike

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing/forecast"
)

// first is a Monday; the days that tests look at are from the tenth week on, day 63 on: 2026-11-02, likewise a Monday.
var first = time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC)

func dayOf(t *testing.T, text string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		t.Fatal(err)
	}
	return day
}

// made is a series of weeks with quiet weekends: 100 on weekdays, 40 at weekends, each a little more or less. change has other amounts by day, as
// a multiple of what the day would have; a negative one takes the day out.
func made(t *testing.T, until string, change map[string]float64) []forecast.DayUsage {
	t.Helper()
	var days []forecast.DayUsage
	for i, day := 0, first; !day.After(dayOf(t, until)); i, day = i+1, day.AddDate(0, 0, 1) {
		amount := 100 + float64(i%5)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			amount = 40 + float64(i%3)
		}
		if by, changed := change[day.Format(time.DateOnly)]; changed {
			amount *= by
		}
		if amount >= 0 {
			days = append(days, forecast.DayUsage{Day: day, Used: decimal.NewFromFloat(amount)})
		}
	}
	return days
}

// times has the amount for every day from one to another.
func times(t *testing.T, by float64, from, to string) map[string]float64 {
	t.Helper()
	change := map[string]float64{}
	for day := dayOf(t, from); !day.After(dayOf(t, to)); day = day.AddDate(0, 0, 1) {
		change[day.Format(time.DateOnly)] = by
	}
	return change
}

func merge(changes ...map[string]float64) map[string]float64 {
	all := map[string]float64{}
	for _, change := range changes {
		for day, by := range change {
			all[day] = by
		}
	}
	return all
}

func short(day time.Time) string { return day.Format("01-02") }

// written is how the table below writes runs: "11-10..11-12 3 ended 11-14".
func written(runs []Run) string {
	var texts []string
	for _, e := range runs {
		text := fmt.Sprintf("%s..%s %d", short(e.First.Day), short(e.Last.Day), e.Days)
		switch {
		case e.Settled:
			text += " settled " + short(e.Ended)
		case !e.Lasts():
			text += " ended " + short(e.Ended)
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func TestRuns(t *testing.T) {
	t.Parallel()
	usual := Limits{Over: DefaultOver}
	for _, tt := range []struct {
		name   string
		until  string
		change map[string]float64
		limits Limits
		want   string
	}{
		{"days as they always are are no spike", "2026-11-30", nil, usual, ""},
		{"a weekday's usual amount is a spike on no weekday, but twice a Sunday's on a Sunday is", "2026-11-15", times(t, 2.2, "2026-11-15", "2026-11-15"), usual, "11-15..11-15 1"},
		{"twice the usual amount is found the next day", "2026-11-10", times(t, 2, "2026-11-10", "2026-11-10"), usual, "11-10..11-10 1"},
		{"one calm day does not end it", "2026-11-11", times(t, 2, "2026-11-10", "2026-11-10"), usual, "11-10..11-10 1"},
		{"two do", "2026-11-12", times(t, 2, "2026-11-10", "2026-11-10"), usual, "11-10..11-10 1 ended 11-12"},
		{"high days with a calm one between them are one run", "2026-11-14", merge(times(t, 2, "2026-11-10", "2026-11-13"), times(t, 1, "2026-11-11", "2026-11-11")), usual, "11-10..11-13 3"},
		{"a week is one run", "2026-11-20", times(t, 2, "2026-11-10", "2026-11-16"), usual, "11-10..11-16 7 ended 11-18"},
		{"half of what begins it lets it go on", "2026-11-13", merge(times(t, 1.4, "2026-11-11", "2026-11-13"), times(t, 2, "2026-11-10", "2026-11-10")), usual, "11-10..11-13 4"},
		{"and begins none", "2026-11-13", times(t, 1.4, "2026-11-10", "2026-11-13"), usual, ""},
		{"a level that stays is usual after three weeks, and that ends it as settled", "2026-12-20", times(t, 2, "2026-11-10", "2026-12-20"), usual, "11-10..11-30 20 settled 12-02"},
		{"coming down from it is none", "2026-12-20", times(t, 2, "2026-11-10", "2026-11-20"), usual, "11-10..11-20 11 ended 11-22"},
		{"a fall is none", "2026-11-30", times(t, 0.2, "2026-11-10", "2026-11-16"), usual, ""},
		{"after a week of a fall, what was usual before is still usual", "2026-11-30", times(t, 0.2, "2026-11-03", "2026-11-09"), usual, ""},
		{"the floor keeps small ones quiet", "2026-11-10", times(t, 2, "2026-11-10", "2026-11-10"), Limits{DefaultOver, decimal.New(120, 0)}, ""},
		{"the very floor is enough", "2026-11-10", times(t, 3, "2026-11-10", "2026-11-10"), Limits{DefaultOver, decimal.New(200, 0)}, "11-10..11-10 1"},
		{"what the rule asks for is not lowered", "2026-11-10", times(t, 2, "2026-11-10", "2026-11-10"), Limits{Over: 150}, ""},
		{"the first of a month begins none", "2026-12-01", times(t, 2, "2026-12-01", "2026-12-01"), usual, ""},
		{"unless the second is high too", "2026-12-02", times(t, 2, "2026-12-01", "2026-12-02"), usual, "12-01..12-02 2"},
		{"and it lets one go on", "2026-12-01", times(t, 2, "2026-11-30", "2026-12-01"), usual, "11-30..12-01 2"},
		{"a day after one that is not known begins none", "2026-11-11", merge(times(t, -1, "2026-11-10", "2026-11-10"), times(t, 2, "2026-11-11", "2026-11-11")), usual, ""},
		{"unless the next is high too", "2026-11-12", merge(times(t, -1, "2026-11-10", "2026-11-10"), times(t, 2, "2026-11-11", "2026-11-12")), usual, "11-11..11-12 2"},
		{"a day that is not known neither ends one nor is part of it", "2026-11-12", merge(times(t, 2, "2026-11-10", "2026-11-12"), times(t, -1, "2026-11-11", "2026-11-11")), usual, "11-10..11-12 2"},
		{"a weekday that is unknown in two of the four weeks before has no usual amount", "2026-11-10", merge(times(t, 2, "2026-11-10", "2026-11-10"), times(t, -1, "2026-11-03", "2026-11-03"), times(t, -1, "2026-10-27", "2026-10-27")), usual, ""},
		{"unknown in one of them it has", "2026-11-10", merge(times(t, 2, "2026-11-10", "2026-11-10"), times(t, -1, "2026-10-27", "2026-10-27")), usual, "11-10..11-10 1"},
		{"an earlier spike on the weekday does not hide this one", "2026-11-24", times(t, 2, "2026-11-24", "2026-11-24"), usual, "11-24..11-24 1"},
		{"five weeks are needed", "2026-10-02", times(t, 2, "2026-10-02", "2026-10-02"), usual, ""},
		{"and are enough", "2026-10-06", times(t, 2, "2026-10-06", "2026-10-06"), usual, "10-06..10-06 1"},
		{"the first day is none", "2026-08-31", nil, usual, ""},
		{"usage that was not there before is none: it has no usual amount", "2026-11-10", merge(times(t, 0, "2026-08-31", "2026-11-09"), times(t, 2, "2026-11-10", "2026-11-10")), usual, ""},
		{"usage that has gone is none", "2026-11-30", times(t, 0, "2026-11-10", "2026-11-30"), usual, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := written(NewHistory(made(t, tt.until, tt.change)).Runs(tt.limits)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestALeapDayIsADay(t *testing.T) {
	t.Parallel()
	var days []forecast.DayUsage
	for day := dayOf(t, "2027-12-01"); !day.After(dayOf(t, "2028-02-29")); day = day.AddDate(0, 0, 1) {
		days = append(days, forecast.DayUsage{Day: day, Used: decimal.New(100, 0)})
	}
	days[len(days)-1].Used = decimal.New(300, 0)
	if got := written(NewHistory(days).Runs(Limits{Over: 100})); got != "02-29..02-29 1" {
		t.Errorf("got %q", got)
	}
}

func TestASeriesThatVariesNeedsMore(t *testing.T) {
	t.Parallel()
	wild := map[string]float64{}
	for i, day := 0, first; !day.After(dayOf(t, "2026-11-09")); i, day = i+1, day.AddDate(0, 0, 1) {
		wild[day.Format(time.DateOnly)] = []float64{1, 1.9, 0.6, 1.4, 0.8, 2.2, 1.1, 0.5, 1.6}[i%9]
	}
	twice, manifold := merge(wild, times(t, 2, "2026-11-10", "2026-11-10")), merge(wild, times(t, 15, "2026-11-10", "2026-11-10"))
	if got := written(NewHistory(made(t, "2026-11-10", twice)).Runs(Limits{Over: DefaultOver})); got != "" {
		t.Errorf("twice the usual amount is within what it varies, got %q", got)
	}
	if got := written(NewHistory(made(t, "2026-11-10", manifold)).Runs(Limits{Over: DefaultOver})); got != "11-10..11-10 1" {
		t.Errorf("fifteen times is not, got %q", got)
	}
}

func TestCompareSaysWhyADayHasNoUsualAmount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, day string
		change    map[string]float64
		want      string
	}{
		{"it is known", "2026-11-10", nil, ""},
		{"the day itself is not", "2026-11-10", times(t, -1, "2026-11-10", "2026-11-10"), UnknownDay},
		{"a day that is not over is not there", "2026-12-24", nil, UnknownDay},
		{"two of four weekdays are not", "2026-11-10", merge(times(t, -1, "2026-11-03", "2026-11-03"), times(t, -1, "2026-10-20", "2026-10-20")), UnknownUsual},
		{"the days begin three weeks before", "2026-09-22", nil, UnknownRange},
		{"they begin two weeks before", "2026-09-14", nil, UnknownUsual},
		{"there was nothing before", "2026-11-10", times(t, 0, "2026-08-31", "2026-11-09"), NoUsual},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d, unknown := NewHistory(made(t, "2026-11-10", tt.change)).Compare(dayOf(t, tt.day), Limits{Over: DefaultOver})
			if unknown != tt.want {
				t.Errorf("unknown is %q, want %q", unknown, tt.want)
			}
			if unknown == "" && (math.Abs(d.Ratio().InexactFloat64()) > 0.05 || d.From != 0.6) {
				t.Errorf("an ordinary day: got %+v", d)
			}
		})
	}
}

func TestADayThatIsThereTwiceCountsAsItWasReadLast(t *testing.T) {
	t.Parallel()
	days := append(made(t, "2026-11-10", times(t, 2, "2026-11-10", "2026-11-10")), forecast.DayUsage{Day: dayOf(t, "2026-11-10"), Used: decimal.New(101, 0)})
	if got := written(NewHistory(days).Runs(Limits{Over: DefaultOver})); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestAnRunAddsUpWhatWasAboveTheUsual(t *testing.T) {
	t.Parallel()
	days := NewHistory(made(t, "2026-11-12", times(t, 2, "2026-11-10", "2026-11-12")))
	e := days.Runs(Limits{Over: DefaultOver})[0]
	var above decimal.Decimal
	for _, text := range []string{"2026-11-10", "2026-11-11", "2026-11-12"} {
		d, unknown := days.Compare(dayOf(t, text), Limits{Over: DefaultOver})
		if unknown != "" {
			t.Fatal(unknown)
		}
		above = above.Add(d.Used).Sub(d.Usual)
	}
	if !e.Above.Equal(above) || e.Days != 3 {
		t.Errorf("got %s of %d days, want %s of 3", e.Above, e.Days, above)
	}
}

func TestTheUsualAmountIsTheMeanOfTheDaysInTheMiddle(t *testing.T) {
	t.Parallel()
	h := NewHistory(made(t, "2026-11-10", merge(times(t, 3, "2026-11-03", "2026-11-03"), times(t, 0.5, "2026-10-13", "2026-10-13"))))
	d, unknown := h.Compare(dayOf(t, "2026-11-10"), Limits{Over: DefaultOver})
	if unknown != "" || len(d.Middle) != 2 {
		t.Fatalf("%q, %+v", unknown, d)
	}
	if mean := h.used[d.Middle[0]].Add(h.used[d.Middle[1]]).Div(decimal.New(2, 0)); !mean.Equal(d.Usual) || d.Middle[0].Month() != 10 || d.Middle[1].Month() != 10 {
		t.Errorf("%s is not the mean of %v", d.Usual, d.Middle)
	}
	if !h.Newest().Equal(dayOf(t, "2026-11-10")) || !NewHistory(nil).Newest().IsZero() {
		t.Error("the newest day")
	}
}
