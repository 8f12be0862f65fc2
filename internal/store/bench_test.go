package store

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/daily"
)

// BenchmarkRecord writes 10,000 standings of a rule for each service: new ones, and then an update of all.
func BenchmarkRecord(b *testing.B) {
	for _, kind := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", sqliteURL}, {"postgres", postgresURL}} {
		b.Run(kind.name, func(b *testing.B) {
			s := openAt(b, kind.url(b))
			states := make([]alerts.BudgetState, 10_000)
			for i := range states {
				states[i] = budgetState("shop-services")
				states[i].Instance = fmt.Sprintf("service-%05d", i)
			}
			b.ReportAllocs()
			for b.Loop() {
				record(b, s, alerts.Outcome{At: noon, BudgetStates: states})
				for i := range states {
					states[i].Revision++
				}
			}
		})
	}
}

// BenchmarkDays keeps 26 months of days of 1,000 services, and reads what is asked for most: five weeks of all services, and all months of one.
// MB is what the tables of days add to the database.
func BenchmarkDays(b *testing.B) {
	for _, kind := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", sqliteURL}, {"postgres", postgresURL}} {
		s := openAt(b, kind.url(b))
		size := func() int64 {
			statement := "SELECT (SELECT page_count FROM pragma_page_count()) * (SELECT page_size FROM pragma_page_size())"
			if kind.name == "postgres" {
				statement = "SELECT pg_total_relation_size('traffic') + pg_total_relation_size('traffic_month')"
			}
			var bytes int64
			if err := s.engine.QueryRow(b.Context(), statement).Scan(&bytes); err != nil {
				b.Fatal(err)
			}
			return bytes
		}
		empty := size()
		for back := range daily.MonthsKept {
			keepMonth(b, s, november.Add(-back), 1_000)
		}
		full := size()
		days := billing.Days{First: november.Start().AddDate(0, 0, -5), Last: november.Start().AddDate(0, 0, 29)}
		for _, read := range []struct {
			name string
			days billing.Days
			ids  []string
		}{
			{"five weeks of all", days, nil},
			{"all months of one", billing.Days{First: november.Add(1 - daily.MonthsKept).Start(), Last: days.Last}, []string{"service-00000000000007"}},
		} {
			b.Run(kind.name+"/"+read.name, func(b *testing.B) {
				for b.Loop() {
					reading, err := Days{s}.Services(b.Context(), read.days, read.ids...)
					if err != nil || len(reading.Rows) < 700 {
						b.Fatal(len(reading.Rows), err)
					}
				}
				b.ReportMetric(float64(full-empty)/1e6, "MB")
			})
		}
	}
}

// keepMonth keeps a month of services between 5 TB and 5 GB a day, a third of them with compute requests.
func keepMonth(b *testing.B, s *Store, month billing.Month, services int) {
	b.Helper()
	days := billing.Days{First: month.Start(), Last: month.End().AddDate(0, 0, -1)}
	random := rand.New(rand.NewPCG(1, uint64(month.Since(november)))) //nolint:gosec // figures that are the same every time
	var rows []billing.DayTraffic
	for _, day := range days.All() {
		for i := range services {
			bandwidth := int64(5e12 / float64(i+1) * (0.5 + random.Float64()))
			row := billing.DayTraffic{Day: day, Service: fmt.Sprintf("service-%014d", i), Bandwidth: decimal.New(bandwidth, 0), Requests: decimal.New(bandwidth/40_000, 0)}
			if i%3 == 0 {
				row.ComputeRequests = decimal.New(bandwidth/90_000, 0)
			}
			rows = append(rows, row)
		}
	}
	page := daily.Page{Kind: daily.ByService, Days: days, From: days.First, IsLast: true, At: noon, Rows: rows}
	if err := s.KeepDays(b.Context(), page); err != nil {
		b.Fatal(err)
	}
}
