package daily

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
)

// february has a leap day.
var february = billing.NewMonth(2028, time.February)

// TestLinesAreWhatWasReadLast merges pages of any days and figures, and compares what the lines have with what was read last of each day.
func TestLinesAreWhatWasReadLast(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		newest := map[string]map[time.Time]int64{}
		var lines []Line
		var state MonthState
		for range rapid.IntRange(1, 5).Draw(r, "pages") {
			first := rapid.IntRange(1, 29).Draw(r, "first")
			last := rapid.IntRange(first, 29).Draw(r, "last")
			page := Page{Kind: ByService, Days: billing.Days{First: february.Start().AddDate(0, 0, first-1), Last: february.Start().AddDate(0, 0, last-1)}}
			for _, place := range []string{"A", "B", "C"} {
				if newest[place] == nil {
					newest[place] = map[time.Time]int64{}
				}
				for _, day := range page.Days.All() {
					figure := rapid.Int64Range(-3, 3).Draw(r, "figure")
					delete(newest[place], day)
					if figure >= 0 { // a row of zeros is a day on which Fastly counted nothing
						page.Rows = append(page.Rows, billing.DayTraffic{Day: day, Service: place, Requests: decimal.New(figure, 0)})
					}
					if figure > 0 {
						newest[place][day] = figure
					}
				}
			}
			changed, gone, unkept := Merge(lines, page)
			if unkept != 0 {
				r.Fatalf("%d are not kept", unkept)
			}
			lines = slices.DeleteFunc(lines, func(line Line) bool {
				return slices.Contains(gone, line.Place) || slices.ContainsFunc(changed, func(c Line) bool { return c.Place == line.Place })
			})
			lines, state = append(lines, changed...), page.After(state, 0)
		}
		for _, line := range lines {
			rows, err := line.Rows(ByService, february, billing.Days{First: february.Start(), Last: february.End()})
			if err != nil || len(rows) != len(newest[line.Place]) {
				r.Fatalf("%s has %d days, %v, want %d", line.Place, len(rows), err, len(newest[line.Place]))
			}
			for _, row := range rows {
				if !row.Requests.Equal(decimal.New(newest[line.Place][row.Day], 0)) || !slices.ContainsFunc(state.Known, row.Day.Equal) {
					r.Fatalf("%s has %v", line.Place, row)
				}
			}
			delete(newest, line.Place)
		}
		for place, days := range newest {
			if len(days) > 0 {
				r.Fatalf("%s is not kept", place)
			}
		}
	})
}

func TestLinesThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct{ name, bandwidth, want string }{
		{"more days than the month has", strings.Repeat("1,", 29) + "1", "S1 has 30 days in 2028-02"},
		{"a figure that is none", "1,two", "S1 on 2028-02-02: can't convert two to decimal"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			line := Line{Place: "S1", Figures: [fields]string{tt.bandwidth}}
			_, err := line.Rows(ByService, february, billing.Days{First: february.Start(), Last: february.End()})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAReadingSaysHowFarItGoes(t *testing.T) {
	state := func(m billing.Month, unkept int, days ...int) MonthState {
		s := MonthState{Month: m, Unkept: unkept}
		for _, day := range days {
			s.Known = append(s.Known, m.Start().AddDate(0, 0, day-1))
		}
		return s
	}
	states := []MonthState{state(february.Add(-1), 9, 30, 31), state(february, 2, 1, 3), state(february.Add(1), 7)}
	reading := NewReading(billing.Days{First: february.Start().AddDate(0, 0, -1), Last: february.Start().AddDate(0, 0, 3)}, states, nil)
	got := fmt.Sprintf("%d unknown, %d not kept, from %s to %s", len(reading.Unknown), reading.Unkept, reading.Since.Format(time.DateOnly), reading.To.Format(time.DateOnly))
	if want := "2 unknown, 9 not kept, from 2028-01-30 to 2028-02-04"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
