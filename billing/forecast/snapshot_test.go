package forecast

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"budgetbot/billing"
)

func TestDaysOf(t *testing.T) {
	snap := func(day, hour int, used float64) Snapshot {
		return Snapshot{date(11, day).Add(time.Duration(hour) * time.Hour), amount(used)}
	}
	rows := []struct {
		name      string
		snapshots []Snapshot
		want      map[int]string
	}{
		{"no snapshots tell nothing", nil, map[int]string{}},
		{"the first day is what was used up to its end", []Snapshot{snap(2, 0, 7)}, map[int]string{1: "7"}},
		{"a day is the difference of its midnights", []Snapshot{snap(2, 0, 7), snap(3, 0, 12)}, map[int]string{1: "7", 2: "5"}},
		{
			"several snapshots a day add up to the day",
			[]Snapshot{snap(1, 6, 1), snap(1, 18, 4), snap(2, 0, 7), snap(2, 12, 9), snap(3, 0, 12)},
			map[int]string{1: "7", 2: "5"},
		},
		{"a day that is not over is unknown", []Snapshot{snap(2, 0, 7), snap(2, 23, 12)}, map[int]string{1: "7"}},
		{
			"a midnight between two snapshots is taken in proportion",
			[]Snapshot{snap(1, 18, 6), snap(2, 6, 10), snap(2, 18, 14), snap(3, 6, 20)},
			map[int]string{1: "8", 2: "9"},
		},
		{"missing snapshots are bridged evenly", []Snapshot{snap(2, 0, 7), snap(4, 0, 13)}, map[int]string{1: "7", 2: "3", 3: "3"}},
		{
			"a gap of more than a week is unknown, and what follows it is not",
			[]Snapshot{snap(2, 0, 7), snap(9, 1, 70), snap(10, 0, 77), snap(11, 0, 82)},
			map[int]string{1: "7", 10: "5"},
		},
		{
			"a start in mid-month tells no day before it",
			[]Snapshot{snap(20, 0, 190), snap(21, 0, 200)},
			map[int]string{20: "10"},
		},
		{
			"a restatement is no negative day: the days between are unknown",
			[]Snapshot{snap(2, 0, 10), snap(3, 0, 20), snap(4, 0, 15), snap(5, 0, 24)},
			map[int]string{1: "10", 2: "10", 4: "9"},
		},
		{
			"a restatement within a day makes that day unknown",
			[]Snapshot{snap(2, 0, 10), snap(2, 8, 14), snap(2, 16, 12), snap(3, 0, 17), snap(4, 0, 24)},
			map[int]string{1: "10", 3: "7"},
		},
		{"of two that count to the same instant, the one read later counts", []Snapshot{snap(2, 0, 10), snap(2, 0, 9)}, map[int]string{1: "9"}},
		{"the order is that of counting", []Snapshot{snap(3, 0, 12), snap(2, 0, 7)}, map[int]string{1: "7", 2: "5"}},
		{"usage that stood still is zero", []Snapshot{snap(2, 0, 7), snap(3, 0, 7)}, map[int]string{1: "7", 2: "0"}},
		{
			"the last day ends with the month, however far the figures claim to count",
			[]Snapshot{snap(30, 0, 290), snap(33, 0, 300)},
			map[int]string{30: "10"},
		},
		{"snapshots of before the month and undated ones are none of it", []Snapshot{snap(0, 0, 280), {Used: amount(5)}}, map[int]string{}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			days := DaysOf(november, row.snapshots)
			got := map[int]string{}
			for _, d := range days {
				got[d.Day.Day()] = d.Used.String()
			}
			if len(got) != len(row.want) {
				t.Fatalf("got %v, want %v", got, row.want)
			}
			for day, want := range row.want {
				if got[day] != want {
					t.Errorf("day %d is %q, want %s", day, got[day], want)
				}
			}
		})
	}
}

func TestAnyDaysAreWithinTheMonthAndNotNegative(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		month := billing.NewMonth(2026, time.Month(rapid.IntRange(1, 24).Draw(t, "month")))
		var snapshots []Snapshot
		highest := decimal.Decimal{}
		for range rapid.IntRange(0, 60).Draw(t, "snapshots") {
			counted := month.Start().Add(time.Duration(rapid.IntRange(-48, 33*24).Draw(t, "hours")) * time.Hour)
			used := decimal.NewFromInt(rapid.Int64Range(0, 1000).Draw(t, "used"))
			snapshots, highest = append(snapshots, Snapshot{counted, used}), decimal.Max(highest, used)
		}
		given := slices.Clone(snapshots)
		for i, d := range DaysOf(month, snapshots) {
			if d.Used.IsNegative() || d.Used.GreaterThan(highest) || billing.MonthOf(d.Day) != month {
				t.Fatalf("day %d of %s is %v", i, month, d)
			}
		}
		if !slices.Equal(given, snapshots) {
			t.Fatalf("the snapshots were changed")
		}
	})
}

func TestSteadySnapshotsGiveBackTheDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var snapshots []Snapshot
		sum := decimal.Decimal{}
		var want []decimal.Decimal
		for i := range november.Days() {
			used := decimal.NewFromInt(rapid.Int64Range(0, 1e15).Draw(t, "used"))
			sum, want = sum.Add(used), append(want, used)
			snapshots = append(snapshots, Snapshot{date(11, i+2), sum})
		}
		for i, d := range DaysOf(november, snapshots) {
			if !d.Used.Equal(want[i]) || !d.Day.Equal(date(11, i+1)) {
				t.Fatalf("day %d is %v, want %s", i+1, d, want[i])
			}
		}
		if got := len(DaysOf(november, snapshots)); got != november.Days() {
			t.Fatalf("%d days", got)
		}
	})
}
