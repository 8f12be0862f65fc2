package billing

import (
	"context"
	"strings"
	"testing"
	"time"
)

// sourceOf answers with a row for each of its months, or with its error.
type sourceOf struct {
	name   string
	months map[Month]bool
	err    error
	reads  int
}

func (s *sourceOf) Usage(_ context.Context, months Range) ([]Usage, error) {
	s.reads++
	var rows []Usage
	for _, m := range months.Months() {
		if s.months[m] {
			rows = append(rows, Usage{Month: m, Product: s.name})
		}
	}
	return rows, s.err
}

func (s *sourceOf) ServiceUsage(_ context.Context, _ ServiceQuery, page func([]ServiceUsage) error) error {
	return page([]ServiceUsage{{Product: s.name}})
}

// someBills is how many bills there are, or the error.
type someBills struct {
	count int
	err   error
}

func (s *someBills) ReadBills(context.Context, Range, time.Time) (BillReading, error) {
	return BillReading{Bills: make([]Bill, s.count)}, s.err
}

func TestChooser(t *testing.T) {
	august := july.Add(1) // which runs
	both := map[Month]bool{july: true, august: true}
	down, closed := &APIError{Status: 503}, &APIError{Status: 403}
	for _, tt := range []struct {
		name              string
		fixed             Origin
		metrics, invoices sourceOf
		bills             someBills
		asked             Range
		want              Origin
		decided           bool
		answeredBy        string
	}{
		{
			name: "usage rows are taken first, invoices or not", metrics: sourceOf{months: both}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: One(august), want: FromMetrics, decided: true, answeredBy: "metrics",
		},
		{
			name: "without usage rows invoices are", invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: One(august), want: FromInvoices, decided: true, answeredBy: "invoices",
		},
		{
			name: "a token that may not read usage but invoices reads invoices", metrics: sourceOf{err: closed}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: One(august), want: FromInvoices, decided: true, answeredBy: "invoices",
		},
		{
			name: "a fault decides nothing", metrics: sourceOf{err: down}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: One(august), want: FromMetrics,
		},
		{
			name: "where neither is known it is usage, for now", bills: someBills{err: down},
			asked: One(august), want: FromMetrics,
		},
		{
			name: "an account with neither is not decided", asked: One(august), want: FromMetrics,
		},
		{
			name: "an old month without rows does not decide against usage", metrics: sourceOf{months: both}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: One(july.Add(-40)), want: FromMetrics, decided: true,
		},
		{
			name: "what was chosen beforehand stays", fixed: FromMetrics, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: One(august), want: FromMetrics, decided: true,
		},
		{
			name: "invoices chosen beforehand stay", fixed: FromInvoices, metrics: sourceOf{months: both},
			asked: One(august), want: FromInvoices, decided: true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.metrics.name, tt.invoices.name = "metrics", "invoices"
			chooser := &Chooser{
				Metrics: &tt.metrics, Invoices: &tt.invoices, Bills: &tt.bills, Fixed: tt.fixed,
				Now: func() time.Time { return at(8, 20, 0) },
			}
			rows, err := chooser.Usage(t.Context(), tt.asked)
			if err != nil && tt.metrics.err == nil {
				t.Fatal(err)
			}
			var by string
			if len(rows) > 0 {
				by = rows[0].Product
			}
			if by != tt.answeredBy || chooser.Origin() != tt.want || (chooser.decided() != "") != tt.decided {
				t.Errorf("answered by %q, origin %q, decided %q", by, chooser.Origin(), chooser.decided())
			}
			err = chooser.ServiceUsage(t.Context(), ServiceQuery{}, func(page []ServiceUsage) error {
				if want := strings.TrimPrefix(string(tt.want), "usage "); page[0].Product != want {
					t.Errorf("services are told by %s, want %s", page[0].Product, want)
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func TestChooserLooksAgainWhereTheRunningMonthHasNoRows(t *testing.T) {
	august := july.Add(1)
	metrics, invoices := &sourceOf{name: "metrics"}, &sourceOf{name: "invoices", months: map[Month]bool{july: true, august: true}}
	var said []string
	chooser := &Chooser{
		Metrics: metrics, Invoices: invoices, Bills: &someBills{count: 1}, Now: func() time.Time { return at(8, 20, 0) },
		Chose: func(origin Origin, why string) { said = append(said, string(origin)+": "+why) },
	}
	ask := func(want string) {
		t.Helper()
		rows, err := chooser.Usage(t.Context(), Range{july, august})
		if err != nil || len(rows) == 0 || rows[0].Product != want {
			t.Errorf("%v, %v; want %s", rows, err, want)
		}
	}
	ask("invoices")
	metrics.months = map[Month]bool{july: true, august: true}
	ask("invoices") // as long as they have rows
	invoices.months = map[Month]bool{july: true}
	ask("metrics")
	metrics.months = map[Month]bool{july: true} // as on the first day of a month
	ask("metrics")
	metrics.months = nil
	invoices.months = map[Month]bool{july: true, august: true}
	ask("invoices")
	want := []string{
		"invoices: there are no usage rows, but invoices",
		"usage metrics: the account has usage rows",
		"invoices: there are no usage rows, but invoices",
	}
	if strings.Join(said, "\n") != strings.Join(want, "\n") {
		t.Errorf("said %q, want %q", said, want)
	}
}

func TestAForgottenCacheReadsAnew(t *testing.T) {
	cached(t, CacheConfig{Origin: func() Origin { return FromInvoices }}, func(t *testing.T, source *fakeSource, cache *Cache) {
		query := ServiceQuery{closed, "p", "t"}
		for range 2 {
			if got := read(t, cache, One(closed)).Fresh.Source; got != FromInvoices {
				t.Errorf("source is %q", got)
			}
			if err := cache.ServiceUsage(t.Context(), query, func([]ServiceUsage) error { return nil }); err != nil {
				t.Fatal(err)
			}
			cache.Forget()
		}
		source.checkReads(t, "1999-10", "1999-10 by service", "1999-10", "1999-10 by service")
	})
}
