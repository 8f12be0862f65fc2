package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"budgetbot/billing"
)

// sourceOf answers with a row for each of its months, or with its error.
type sourceOf struct {
	name   string
	months map[billing.Month]bool
	err    error
	reads  int
}

func (s *sourceOf) Usage(_ context.Context, months billing.Range) ([]billing.Usage, error) {
	s.reads++
	var rows []billing.Usage
	for _, m := range months.Months() {
		if s.months[m] {
			rows = append(rows, billing.Usage{Month: m, Product: s.name})
		}
	}
	return rows, s.err
}

func (s *sourceOf) ServiceUsage(_ context.Context, _ billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return page([]billing.ServiceUsage{{Product: s.name}})
}

// someBills is how many bills there are, or the error.
type someBills struct {
	count int
	err   error
}

func (s *someBills) ReadBills(context.Context, billing.Range, time.Time) (billing.BillReading, error) {
	return billing.BillReading{Bills: make([]billing.Bill, s.count)}, s.err
}

func TestSelector(t *testing.T) {
	august := july.Add(1) // which runs
	both := map[billing.Month]bool{july: true, august: true}
	down, closed := &billing.APIError{Status: 503}, &billing.APIError{Status: 403}
	for _, tt := range []struct {
		name              string
		fixed             billing.Origin
		metrics, invoices sourceOf
		bills             someBills
		asked             billing.Range
		want              billing.Origin
		decided           bool
		answeredBy        string
	}{
		{
			name: "usage rows are taken first, invoices or not", metrics: sourceOf{months: both}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: billing.One(august), want: billing.FromMetrics, decided: true, answeredBy: "metrics",
		},
		{
			name: "without usage rows invoices are", invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: billing.One(august), want: billing.FromInvoices, decided: true, answeredBy: "invoices",
		},
		{
			name: "a refusal decides nothing either", metrics: sourceOf{err: closed}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: billing.One(august), want: billing.FromMetrics,
		},
		{
			name: "a fault decides nothing", metrics: sourceOf{err: down}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: billing.One(august), want: billing.FromMetrics,
		},
		{
			name: "where neither is known it is usage, for now", bills: someBills{err: down},
			asked: billing.One(august), want: billing.FromMetrics,
		},
		{
			name: "an account with neither is not decided", asked: billing.One(august), want: billing.FromMetrics,
		},
		{
			name: "an old month without rows does not decide against usage", metrics: sourceOf{months: both}, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: billing.One(july.Add(-40)), want: billing.FromMetrics, decided: true,
		},
		{
			name: "what was chosen beforehand stays", fixed: billing.FromMetrics, invoices: sourceOf{months: both}, bills: someBills{count: 1},
			asked: billing.One(august), want: billing.FromMetrics, decided: true,
		},
		{
			name: "invoices chosen beforehand stay", fixed: billing.FromInvoices, metrics: sourceOf{months: both},
			asked: billing.One(august), want: billing.FromInvoices, decided: true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.metrics.name, tt.invoices.name = "metrics", "invoices"
			selector := &Selector{
				Metrics: &tt.metrics, Invoices: &tt.invoices, Bills: &tt.bills, Fixed: tt.fixed,
				Now: func() time.Time { return at(8, 20, 0) },
			}
			rows, err := selector.Usage(t.Context(), tt.asked)
			if err != nil && tt.metrics.err == nil {
				t.Fatal(err)
			}
			var by string
			if len(rows) > 0 {
				by = rows[0].Product
			}
			if by != tt.answeredBy || selector.Origin() != tt.want || (selector.decided() != "") != tt.decided {
				t.Errorf("answered by %q, origin %q, decided %q", by, selector.Origin(), selector.decided())
			}
			var products []string
			err = selector.ServiceUsage(t.Context(), billing.ServiceQuery{}, func(page []billing.ServiceUsage) error {
				products = append(products, page[0].Product)
				return nil
			})
			if want := []string{strings.TrimPrefix(string(tt.want), "usage ")}; err != nil || !slices.Equal(products, want) {
				t.Errorf("services are read from %q, %v; want %q", products, err, want)
			}
		})
	}
}

// The looks of a history: what the usage endpoints and the bills were seen to have, so long after the one before.
type seen struct {
	usage, invoices sight
	later           time.Duration
}

func times(n int, s seen) []seen { return slices.Repeat([]seen{s}, n) }

func TestAfterWhichLooksTheSourceIsAnother(t *testing.T) {
	rows, refusal := seen{sawRows, sawFault, time.Hour}, seen{sawRefusal, sawRows, time.Hour}
	empty, fault := seen{sawNone, sawRows, time.Hour}, seen{sawFault, sawFault, time.Hour}
	for _, tt := range []struct {
		name    string
		history []seen
		want    string // every choice and its reason, in order
	}{
		{"nothing seen decides nothing", nil, ""},
		{"rows decide", []seen{rows}, "usage metrics: the account has usage rows"},
		{"rows go on being what they are", times(5, rows), "usage metrics: the account has usage rows"},
		{"no rows but invoices decide at once", []seen{empty}, "invoices: there are no usage rows, but invoices"},
		{"no rows and no invoices decide nothing", []seen{{sawNone, sawNone, 0}}, ""},
		{"no rows and bills that cannot be read decide nothing", []seen{{sawNone, sawFault, 0}}, ""},
		{"faults decide nothing, however many", times(100, fault), ""},
		{"two refusals decide nothing", []seen{refusal, refusal}, ""},
		{"many refusals within seconds decide nothing", times(50, seen{sawRefusal, sawRows, time.Second}), ""},
		{
			"refusals that last decide where nothing else was ever seen",
			[]seen{refusal, refusal, refusal},
			"invoices: Fastly keeps refusing to show usage, but shows invoices",
		},
		{"refusals that last decide nothing without invoices", times(9, seen{sawRefusal, sawNone, time.Hour}), ""},
		{
			"after a refusal at the start rows decide",
			[]seen{refusal, rows, refusal, refusal, refusal},
			"usage metrics: the account has usage rows",
		},
		{
			"after rows no refusal is proof, if it lasts for weeks", append([]seen{rows}, times(1000, refusal)...),
			"usage metrics: the account has usage rows",
		},
		{
			"after rows an empty answer now and then is none", append([]seen{rows}, slices.Repeat([]seen{empty, empty, rows}, 30)...),
			"usage metrics: the account has usage rows",
		},
		{
			"after rows empty answers for less than a day are none", append([]seen{rows}, times(24, empty)...),
			"usage metrics: the account has usage rows",
		},
		{
			"after rows empty answers for a day are an account that gets invoices now", append([]seen{rows}, times(25, empty)...),
			"usage metrics: the account has usage rows\ninvoices: there have been no usage rows for a day, but there are invoices",
		},
		{
			"the clock that jumps a day is not a day of looks",
			[]seen{rows, empty, {sawNone, sawRows, 48 * time.Hour}},
			"usage metrics: the account has usage rows",
		},
		{
			"rows bring it back from invoices at once",
			[]seen{empty, refusal, fault, rows},
			"invoices: there are no usage rows, but invoices\nusage metrics: the account has usage rows",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var c selection
			var choices []string
			now := at(8, 20, 0)
			for _, look := range tt.history {
				now = now.Add(look.later)
				next, why := c.after(look.usage, look.invoices, now)
				if next.origin != c.origin && why == "" {
					t.Fatalf("%q became %q without a reason", c.origin, next.origin)
				}
				if next.origin != c.origin {
					choices = append(choices, string(next.origin)+": "+why)
				}
				c = next
			}
			if got := strings.Join(choices, "\n"); got != tt.want {
				t.Errorf("chose %q, want %q", got, tt.want)
			}
		})
	}
}

// asking asks a Selector one thing after another, while what its sources have changes.
type asking struct {
	*Selector
	metrics, invoices *sourceOf
	now               time.Time
	choices           []string
}

func newAsking() *asking {
	august := july.Add(1)
	a := &asking{
		metrics: &sourceOf{name: "metrics"}, invoices: &sourceOf{name: "invoices", months: map[billing.Month]bool{july: true, august: true}},
		now: at(8, 20, 0),
	}
	a.Selector = &Selector{
		Metrics: a.metrics, Invoices: a.invoices, Bills: &someBills{count: 1}, Now: func() time.Time { return a.now },
		Chose: func(before, chosen billing.Origin, why string) {
			a.choices = append(a.choices, string(before)+" to "+string(chosen)+": "+why)
		},
	}
	return a
}

func (a *asking) ask(t *testing.T, want string) {
	t.Helper()
	a.now = a.now.Add(time.Hour)
	rows, err := a.Usage(t.Context(), billing.Range{First: july, Last: july.Add(1)})
	if (err != nil) != (want == "") || err == nil && (len(rows) == 0 || rows[0].Product != want) {
		t.Errorf("%v, %v; want %s", rows, err, cmp.Or(want, "an error"))
	}
}

func TestSelectorLooksAgainAtEachRead(t *testing.T) {
	a := newAsking()
	august := july.Add(1)
	a.ask(t, "invoices")
	a.ask(t, "invoices")
	a.metrics.months = map[billing.Month]bool{july: true, august: true}
	a.ask(t, "metrics")
	a.metrics.months = map[billing.Month]bool{july: true} // as on the first day of a month
	a.ask(t, "metrics")
	want := []string{
		" to invoices: there are no usage rows, but invoices",
		"invoices to usage metrics: the account has usage rows",
	}
	if strings.Join(a.choices, "\n") != strings.Join(want, "\n") {
		t.Errorf("chose %q, want %q", a.choices, want)
	}
}

// Whatever Fastly refuses for a while, an account with usage rows is never read from its invoices.
func TestSelectorStaysWithUsageThroughRefusals(t *testing.T) {
	august := july.Add(1)
	for _, status := range []int{400, 401, 403, 404, 429, 500} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			a := newAsking()
			a.metrics.err = &billing.APIError{Status: status} // at the start, too
			a.ask(t, "")
			a.ask(t, "")
			a.metrics.months, a.metrics.err = map[billing.Month]bool{july: true, august: true}, nil
			a.ask(t, "metrics")
			a.metrics.err = &billing.APIError{Status: status}
			for range 100 {
				a.ask(t, "")
			}
			a.metrics.err = nil
			a.ask(t, "metrics")
			if want := " to usage metrics: the account has usage rows"; len(a.choices) != 1 || a.choices[0] != want {
				t.Errorf("chose %q", a.choices)
			}
		})
	}
}

func TestAForgottenCacheReadsAnew(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		cache.origin = func() billing.Origin { return billing.FromInvoices }
		query := billing.ServiceQuery{Month: closed, Product: "p", UsageType: "t"}
		for range 2 {
			if got := read(t, cache, billing.One(closed)).Fresh.Source; got != billing.FromInvoices {
				t.Errorf("source is %q", got)
			}
			if err := cache.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error { return nil }); err != nil {
				t.Fatal(err)
			}
			cache.Forget()
		}
		source.checkReads(t, "1999-10", "1999-10 by service", "1999-10", "1999-10 by service")
	})
}

// What a read brings that began before all was forgotten is of the source before: those who wait for it get it, and nobody after them.
func TestAReadUnderWayIsForgottenToo(t *testing.T) {
	query := billing.ServiceQuery{Month: closed, Product: "p", UsageType: "t"}
	ignore := func([]billing.ServiceUsage) error { return nil }
	question := func(t *testing.T, c *Cache) error {
		_, err := c.Read(t.Context(), billing.One(closed))
		return err
	}
	services := func(t *testing.T, c *Cache) error { return c.ServiceUsage(t.Context(), query, ignore) }
	for _, tt := range []struct {
		name        string
		read, after func(*testing.T, *Cache) error
	}{
		{"a question's", question, question},
		{"a check's", func(t *testing.T, c *Cache) error {
			_, err := c.Fresh().Usage(t.Context(), billing.One(closed))
			return err
		}, question},
		{"of services, a question's", services, services},
		{"of services, a check's", func(t *testing.T, c *Cache) error { return c.Fresh().ServiceUsage(t.Context(), query, ignore) }, services},
	} {
		for _, fault := range []error{nil, errors.New("down")} {
			t.Run(fmt.Sprintf("%s, with the error %v", tt.name, fault), func(t *testing.T) {
				cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
					source.set(func(f *fakeSource) { f.takes, f.err = time.Second, fault })
					before, joins, later := make(chan error, 1), make(chan error, 1), make(chan error, 1)
					go func() { before <- tt.read(t, cache) }()
					synctest.Wait()
					cache.Forget()
					source.set(func(f *fakeSource) { f.takes, f.err = time.Minute, nil })
					go func() { joins <- tt.after(t, cache) }()
					if err := <-before; !errors.Is(err, fault) {
						t.Errorf("who waited for the read before got %v, want %v", err, fault)
					}
					go func() { later <- tt.after(t, cache) }()
					after(58 * time.Second)
					if len(joins)+len(later) > 0 {
						t.Error("somebody got what a read brought that began before")
					}
					for _, asked := range []chan error{joins, later} {
						if err := <-asked; err != nil {
							t.Errorf("who asked after all was forgotten got %v", err)
						}
					}
					if err := tt.after(t, cache); err != nil {
						t.Error(err)
					}
					if len(source.reads) != 2 {
						t.Errorf("reads of the source are %v, want one before, and one after that is shared and held", source.reads)
					}
				})
			})
		}
	}
}
