package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/daily"
)

// onDay is a day of November 2026.
func onDay(day int) time.Time { return time.Date(2026, time.November, day, 0, 0, 0, 0, time.UTC) }

func between(first, last int) billing.Days {
	return billing.Days{First: onDay(first), Last: onDay(last)}
}

// traffic is what a place had on a day of November: a region if its name has a small letter.
func traffic(place string, day int, bandwidth, requests, compute int64) billing.DayTraffic {
	row := billing.DayTraffic{
		Day: onDay(day), Service: place, Bandwidth: decimal.New(bandwidth, 0), Requests: decimal.New(requests, 0), ComputeRequests: decimal.New(compute, 0),
	}
	if strings.ToUpper(place) != place {
		row.Region, row.Service = place, ""
	}
	return row
}

// keep keeps days that were all read at once.
func keep(t *testing.T, s *Store, kind daily.Kind, days billing.Days, at time.Time, rows ...billing.DayTraffic) {
	t.Helper()
	page := daily.Page{Kind: kind, Days: days, From: days.First, IsLast: true, At: at, Rows: rows}
	if err := s.KeepDays(t.Context(), page); err != nil {
		t.Fatal(err)
	}
}

func shown(reading daily.Reading) (lines []string) {
	for _, row := range reading.Rows {
		lines = append(lines, fmt.Sprintf("%s %s%s%s %s %s %s", row.Day.Format("01-02"), row.Region, row.Service, row.ServiceName, row.Bandwidth, row.Requests, row.ComputeRequests))
	}
	for _, day := range reading.Unknown {
		lines = append(lines, day.Format("01-02")+" unknown")
	}
	return lines
}

func TestDaysAreReadAsTheyWereKept(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		days := Days{s}
		empty, err := days.Regions(t.Context(), between(1, 2))
		if err != nil || len(empty.Rows) != 0 || len(empty.Unknown) != 2 || !empty.Since.IsZero() || !empty.To.IsZero() || empty.Why != "" {
			t.Fatalf("before the first read: %+v, %v", empty, err)
		}
		keep(t, s, daily.ByRegion, between(1, 4), noon, traffic("Asia", 1, 9007199254740993, 2, 3), traffic("Europe", 1, 0, 5, 0), traffic("Asia", 3, 7, 0, 0), traffic("Asia", 4, 8, 0, 0))
		keep(t, s, daily.ByService, between(1, 4), noon, traffic("A", 1, 1, 0, 0), traffic("B", 1, 2, 0, 0), traffic("B", 4, 0, 0, 5))
		// The days from the third on are read again: one is restated, a region has gone, and one is new.
		keep(t, s, daily.ByRegion, between(3, 5), midnight, traffic("Europe", 3, 70, 0, 0), traffic("Asia", 4, 9, 0, 0), traffic("Mexico", 5, 1, 1, 1))
		if err := s.KeepServiceNames(t.Context(), noon, map[string]string{"B": " old", "C": " c"}); err != nil {
			t.Fatal(err)
		}
		if err := s.KeepServiceNames(t.Context(), midnight, map[string]string{"B": " www"}); err != nil {
			t.Fatal(err)
		}
		regions, err := days.Regions(t.Context(), between(1, 6))
		want := []string{"11-01 Asia 9007199254740993 2 3", "11-01 Europe 0 5 0", "11-03 Europe 70 0 0", "11-04 Asia 9 0 0", "11-05 Mexico 1 1 1", "11-02 unknown", "11-06 unknown"}
		if diff := cmp.Diff(want, shown(regions)); err != nil || diff != "" {
			t.Errorf("%v, regions (-want +got):\n%s", err, diff)
		}
		if !regions.Since.Equal(onDay(1)) || !regions.To.Equal(onDay(6)) {
			t.Errorf("since %s, to %s", regions.Since, regions.To)
		}
		services, err := days.Services(t.Context(), between(1, 4))
		want = []string{"11-01 A 1 0 0", "11-01 B www 2 0 0", "11-04 B www 0 0 5", "11-02 unknown", "11-03 unknown"}
		if diff := cmp.Diff(want, shown(services)); err != nil || diff != "" {
			t.Errorf("%v, services (-want +got):\n%s", err, diff)
		}
		unnamed, err := s.UnnamedServices(t.Context(), november)
		if err != nil || !slices.Equal(unnamed, []string{"A"}) {
			t.Errorf("without a name: %v, %v", unnamed, err)
		}
		some, err := days.Services(t.Context(), between(2, 4), "B", "Z", "B")
		if diff := cmp.Diff([]string{"11-04 B www 0 0 5", "11-02 unknown", "11-03 unknown"}, shown(some)); err != nil || diff != "" {
			t.Errorf("%v, some services (-want +got):\n%s", err, diff)
		}
		states, err := s.DayMonths(t.Context(), daily.ByRegion)
		if err != nil || len(states) != 1 || !states[0].ReadTo.Equal(onDay(5)) || !states[0].ReadAt.Equal(midnight) || !states[0].WholeAt.Equal(noon) || len(states[0].Known) != 4 {
			t.Errorf("states are %+v, %v", states, err)
		}
	})
}

func TestOfManyServicesThoseWithTheMostTrafficAreKept(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		page := func(day int, ids func(i int) string, bandwidth func(i int) int64) []billing.DayTraffic {
			rows := make([]billing.DayTraffic, daily.MostServices)
			for i := range rows {
				rows[i] = traffic(ids(i), day, bandwidth(i), 0, 0)
			}
			return rows
		}
		first := page(1, func(i int) string { return fmt.Sprintf("A%04d", i) }, func(i int) int64 { return int64(i + 10) })
		keep(t, s, daily.ByService, between(1, 1), noon, first...)
		// The next day has three more: one with much bandwidth, one with requests alone, and one with less than all others.
		keep(t, s, daily.ByService, between(2, 2), noon, traffic("B", 2, 1_000_000, 0, 0), traffic("C", 2, 0, 1, 0), traffic("D", 2, 1, 0, 0))
		reading, err := Days{s}.Services(t.Context(), between(1, 2))
		if err != nil || len(reading.Rows) != daily.MostServices || reading.Unkept != 3 {
			t.Fatalf("%d rows, %d not kept, %v", len(reading.Rows), reading.Unkept, err)
		}
		kept := map[string]bool{}
		for _, row := range reading.Rows {
			kept[row.Service] = true
		}
		if !kept["B"] || !kept["C"] || kept["D"] || kept["A0000"] || kept["A0001"] || !kept["A0002"] {
			t.Errorf("kept the wrong ones: %v %v %v %v %v %v", kept["B"], kept["C"], kept["D"], kept["A0000"], kept["A0001"], kept["A0002"])
		}
	})
}

func TestDaysAreKeptFor26Months(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		for _, back := range []int{0, 25, 26} {
			day := november.Add(-back).Start()
			row := traffic("Asia", 1, 1, 1, 1)
			row.Day = day
			keep(t, s, daily.ByRegion, billing.Days{First: day, Last: day}, noon, row)
			if err := s.KeepServiceNames(t.Context(), day, map[string]string{day.String(): "name"}); err != nil {
				t.Fatal(err)
			}
		}
		readUsageAt(t, s, noon, usage("A", "1", midnight))
		must(s.Prune(t.Context(), noon))(t)
		states, err := s.DayMonths(t.Context(), daily.ByRegion)
		var months []string
		for _, state := range states {
			months = append(months, state.Month.String())
		}
		if want := []string{"2024-10", "2026-11"}; err != nil || !slices.Equal(months, want) {
			t.Errorf("kept %v, %v, want %v", months, err, want)
		}
		if n := count(t, s, "SELECT count(*) FROM traffic"); n != 2 {
			t.Errorf("%d rows are left, want 2", n)
		}
		if n := count(t, s, "SELECT count(*) FROM service_name"); n != 2 {
			t.Errorf("%d names are left, want 2", n)
		}
	})
}

func TestWhyThereAreNoNewerDays(t *testing.T) {
	onEach(t, func(t *testing.T, url string) {
		s := openAt(t, url)
		end := func(at time.Time, failure string) {
			t.Helper()
			task := DayTask(daily.ByRegion)
			must(s.DueAt(t.Context(), task, at))(t)
			if claimed, err := s.Claim(t.Context(), task, "one", at, at, time.Minute); err != nil || !claimed {
				t.Fatal(claimed, err)
			}
			if err := s.Finish(t.Context(), alerts.Finished{Task: task, Owner: "one", At: at, Failure: failure}); err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range []struct {
			at      time.Time
			failure string
		}{{noon, "Fastly refused"}, {noon.Add(time.Hour), ""}, {noon.Add(2 * time.Hour), "Fastly failed"}} {
			end(tt.at, tt.failure)
			reading, err := Days{s}.Regions(t.Context(), between(1, 1))
			if err != nil || reading.Why != tt.failure {
				t.Errorf("why is %q, %v, want %q", reading.Why, err, tt.failure)
			}
			services, err := Days{s}.Services(t.Context(), between(1, 1))
			if err != nil || services.Why != "" {
				t.Errorf("services fail with %q, %v", services.Why, err)
			}
		}
	})
}
