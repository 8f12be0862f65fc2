package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/daily"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
	"budgetbot/internal/service"
	"budgetbot/internal/servicetest"
	"budgetbot/internal/store"
)

// readEvery is how often the services of these tests look whether days are to be read.
const readEvery = time.Second

func readingDays(_ *service.Config, o *service.Options) { o.Days = readEvery }

// statistics counts the calls of statistics so far.
func (w *world) statistics() (calls int) {
	for _, request := range w.Fastly.Requests() {
		if strings.HasPrefix(request.Path, "/stats/") {
			calls++
		}
	}
	return calls
}

// measured sets what the statistics have: a terabyte in Europe and half of it by the service www, on each of the days.
func measured(days billing.Days) (rows []account.StatRow) {
	for _, day := range days.All() {
		rows = append(rows,
			account.StatRow{Day: day.Format(time.DateOnly), Region: "europe", ServiceID: "www", Bandwidth: 5e11, Requests: 5},
			account.StatRow{Day: day.Format(time.DateOnly), Region: "europe", ServiceID: "api", Bandwidth: 5e11, Requests: 7, ComputeRequests: 3})
	}
	return rows
}

func november(first, last int) billing.Days {
	day := func(n int) time.Time { return time.Date(2026, time.November, n, 0, 0, 0, 0, time.UTC) }
	return billing.Days{First: day(first), Last: day(last)}
}

// regions reads what is kept.
func (w *world) regions(r *servicetest.Running, days billing.Days) daily.Reading {
	w.T.Helper()
	reading, err := store.Days{Store: r.Service.Store}.Regions(w.Soon(), days)
	if err != nil {
		w.T.Fatal(err)
	}
	return reading
}

func (w *world) awaitDays(r *servicetest.Running, what string, holds func(daily.Reading) bool) {
	w.T.Helper()
	w.Await(what, func() bool { return holds(w.regions(r, november(1, 30))) })
}

// awaitWhole waits until days of both kinds have been read.
func (w *world) awaitWhole(r *servicetest.Running) {
	w.T.Helper()
	w.Await("26 months of services", func() bool {
		states, err := r.Service.Store.DayMonths(w.Soon(), daily.ByService)
		return err == nil && len(states) == daily.MonthsKept
	})
}

func TestDaysAreReadOnceAndThenDaily(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		w.Fastly.SetStats(measured(november(3, 20))...) // the account is new, and today, the 20th, is not over
		first := w.Start(readingDays)
		w.awaitWhole(first)
		reading := w.regions(first, november(1, 20))
		if len(reading.Rows) != 17 || reading.Rows[0].Bandwidth.String() != "1000000000000" || reading.Rows[0].ComputeRequests.String() != "3" ||
			!reading.Since.Equal(november(3, 3).First) || !reading.To.Equal(november(20, 20).First) {
			t.Errorf("read %+v", reading)
		}
		if unknown := fmt.Sprint(reading.Unknown); len(reading.Unknown) != 3 || !strings.Contains(unknown, "2026-11-01") || !strings.Contains(unknown, "2026-11-20") {
			t.Errorf("unknown are %s", unknown)
		}
		services, err := store.Days{Store: first.Service.Store}.Services(w.Soon(), november(19, 19), "www")
		if err != nil || len(services.Rows) != 1 || services.Rows[0].Requests.String() != "5" {
			t.Errorf("services are %+v, %v", services, err)
		}
		// Ten regions and three fields for each month, three fields more for the first day, which shows how many days fit into an answer.
		calls := w.statistics()
		if want := daily.MonthsKept*13 + 3; calls < want || calls > want+10 {
			t.Errorf("%d calls, want %d and those of the first check", calls, want)
		}
		first.Stop()
		again := w.Start(readingDays)
		time.Sleep(10 * readEvery)
		if after := w.statistics(); after > calls+10 {
			t.Errorf("a restart made %d calls, beside those of the first check", after-calls)
		}
		// The next day is there, and the one before is restated.
		rows := measured(november(3, 20))
		rows[len(rows)-3].Bandwidth = 0
		w.Fastly.SetStats(rows...)
		w.Clock.Advance(25 * time.Hour)
		w.awaitDays(again, "the next day", func(reading daily.Reading) bool { return reading.To.Equal(november(21, 21).First) })
		time.Sleep(10 * readEvery)
		if reading := w.regions(again, november(19, 20)); len(reading.Rows) != 2 || reading.Rows[0].Bandwidth.String() != "500000000000" {
			t.Errorf("the restated day is %+v", reading.Rows)
		}
		if after := w.statistics(); after-calls > 10+6+2*10 { // two checks read regions for their forecasts, too
			t.Errorf("a day takes %d calls", after-calls)
		}
	})
}

func TestServicesOfDaysHaveTheirNames(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start(readingDays)
		w.awaitWhole(r)
		var unnamed []string
		w.Await("names", func() (named bool) {
			reading, err := store.Days{Store: r.Service.Store}.Services(w.Soon(), november(18, 19))
			if unnamed = nil; err != nil || len(reading.Rows) < 10 {
				t.Fatalf("read %d services, %v", len(reading.Rows), err)
			}
			for _, row := range reading.Rows {
				if row.ServiceName == "" {
					unnamed = append(unnamed, row.Service)
				}
				named = named || row.ServiceName == "www-shop"
			}
			return named && len(unnamed) == 0
		})
	})
}

func TestOneOfTwoReplicasReadsDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Fastly.SetStats(measured(november(3, 20))...)
	database, _ := w.Postgres()
	often := func(c *service.Config, o *service.Options) { c.DatabaseURL, o.Days = database, 20*time.Millisecond }
	one, two := w.Start(often), w.Start(often)
	for _, r := range []*servicetest.Running{one, two} {
		w.awaitWhole(r)
		if reading := w.regions(r, november(3, 19)); len(reading.Rows) != 17 {
			t.Errorf("read %+v", reading)
		}
	}
	// Each of them may have read a day to learn how many fit into an answer, and regions for its first check.
	if calls, want := w.statistics(), daily.MonthsKept*13; calls > want+2*(3+10) {
		t.Errorf("%d calls, want %d", calls, want)
	}
}

func TestStatisticsThatAreRefusedHarmNothingElse(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		for _, path := range []string{fastlysim.StatsPath, fastlysim.StatsFieldPath("bandwidth")} {
			w.FailFastly(path, 0, fault.Forbidden)
		}
		r := w.Start(readingDays)
		w.awaitDays(r, "the reason", func(reading daily.Reading) bool { return reading.Why != "" })
		time.Sleep(time.Minute)
		reading := w.regions(r, november(1, 30))
		if reading.Why != "the Fastly token may not read statistics" || len(reading.Rows) != 0 || len(reading.Unknown) != 30 {
			t.Errorf("read %+v", reading)
		}
		if ready := r.Readiness(); !ready.Ready {
			t.Errorf("not ready: %+v", ready)
		}
		if status, page := r.Page("/healthz"); status != 200 {
			t.Errorf("not healthy: %s", page)
		}
		before := w.statistics()
		if before > 2*2+10 {
			t.Errorf("Fastly was asked %d times", before)
		}
		w.Fastly.Heal()
		w.Clock.Advance(2 * time.Hour)
		w.awaitWhole(r)
		if reading := w.regions(r, november(1, 19)); reading.Why != "" || len(reading.Unknown) != 0 {
			t.Errorf("once they are allowed: %s, unknown are %v", reading.Why, reading.Unknown)
		}
	})
}

func TestAStopEndsTheReadingOfDays(t *testing.T) {
	onVirtualTime(t, func(t *testing.T) {
		w := newWorld(t)
		r := w.Start(readingDays)
		w.Await("the reading to begin", func() bool { return w.statistics() > 20 })
		release := w.Fastly.Hold()
		defer release()
		began := time.Now()
		r.Stop()
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("a stop took %s", took)
		}
		release()
		r = w.Start(readingDays)
		w.awaitWhole(r)
		paths := map[string]int{}
		for _, request := range w.Fastly.Requests() {
			paths[request.Path]++
		}
		if months := paths[fastlysim.StatsPath] / 10; months > daily.MonthsKept+3 {
			t.Errorf("%d months were read", months)
		}
	})
}
