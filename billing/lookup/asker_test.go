package lookup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/fastly"
	"budgetbot/billing/report"
)

// fakeReader answers from rows that are given.
type fakeReader struct {
	rows  []billing.Usage
	fresh billing.Freshness
	err   error
	pages map[billing.ServiceQuery][]billing.ServiceUsage

	mu      sync.Mutex
	read    []billing.Range
	queries []billing.ServiceQuery
}

func (f *fakeReader) Read(_ context.Context, months billing.Range) (billing.Reading, error) {
	f.read = append(f.read, months)
	return billing.NewReading(slices.DeleteFunc(slices.Clone(f.rows), func(u billing.Usage) bool { return !months.Contains(u.Month) }), f.fresh, months), f.err
}

func (f *fakeReader) ServiceUsage(_ context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	f.mu.Lock()
	f.queries = append(f.queries, query)
	f.mu.Unlock()
	rows, found := f.pages[query]
	if !found {
		return fmt.Errorf("nobody expects %v", query)
	}
	return page(rows)
}

type fakePrior struct {
	prior report.Prior
	err   error
	month billing.Month
	at    time.Time
}

func (f *fakePrior) Prior(_ context.Context, month billing.Month, at time.Time) (report.Prior, error) {
	f.month, f.at = month, at
	return f.prior, f.err
}

func TestAskReadsTheMonthBefore(t *testing.T) {
	readAt := time.Date(2023, 7, 1, 10, 42, 0, 0, time.UTC)
	source := &fakeReader{rows: gb("cdn_usage", "Asia Bandwidth", "Asia", "96.2", "101.8", "139.5"), fresh: billing.Freshness{ReadAt: readAt}}
	march := billing.NewMonth(2023, time.March)
	table, err := Asker{Usage: source}.Ask(t.Context(), report.Question{Months: billing.One(march)}, longAfter)
	if err != nil {
		t.Fatal(err)
	}
	checkOutline(t, table, "Bandwidth, TB | Total 139.5 +23.8% | Asia Bandwidth 139.5 +23.8%")
	if diff := cmp.Diff([]billing.Range{{First: march.Add(-1), Last: march}}, source.read, equalMonths); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	if !table.Fresh.ReadAt.Equal(readAt) || table.Question.By != report.ByUsageType {
		t.Errorf("fresh is %+v, by %q", table.Fresh, table.Question.By)
	}
}

func TestAskReadsALongRangeAsItIs(t *testing.T) {
	source := &fakeReader{rows: gb("cdn_usage", "Asia Bandwidth", "Asia", "96.2", "101.8", "139.5")}
	quarter := billing.Range{First: billing.NewMonth(2023, time.January), Last: billing.NewMonth(2023, time.March)}
	if _, err := (Asker{Usage: source}).Ask(t.Context(), report.Question{Months: quarter}, longAfter); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]billing.Range{quarter}, source.read, equalMonths); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
}

func TestTwoPeriodsAreReadWithoutWhatLiesBetween(t *testing.T) {
	later := billing.Range{First: billing.NewMonth(2026, time.August), Last: billing.NewMonth(2026, time.October)}
	earlier := billing.Range{First: later.First.Add(-12), Last: later.Last.Add(-12)}
	source := &fakeReader{}
	for _, m := range (billing.Range{First: earlier.First, Last: later.Last}).Months() {
		source.rows = append(source.rows, counting(m, "1", m.End()))
	}
	table, err := Asker{Usage: source}.Ask(t.Context(), report.Question{Months: later, Against: earlier}, at(11, 22, 9))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]billing.Range{later, earlier}, source.read, equalMonths); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
	total := table.Groups[0].Total
	if !total.Earlier.Decimal.Equal(dec("3e12")) || !total.Later.Decimal.Equal(dec("3e12")) || billing.FormatChange(total.Change.Decimal) != "0.0%" {
		t.Errorf("the total is %+v", total)
	}
}

func TestAskTakesTheSameDaysFromTheRecord(t *testing.T) {
	october, november := billing.NewMonth(2026, time.October), billing.NewMonth(2026, time.November)
	source := &fakeReader{rows: []billing.Usage{counting(october, "310", at(11, 1, 0)), counting(november, "231", at(11, 22, 0))}}
	record := &fakePrior{prior: report.Prior{Rows: []billing.Usage{counting(october, "210", at(10, 22, 0))}, CountedTo: at(10, 22, 0)}}
	table, err := Asker{Usage: source, Prior: record}.Ask(t.Context(), report.Question{Months: billing.One(november)}, at(11, 22, 9))
	if err != nil {
		t.Fatal(err)
	}
	if record.month != october || !record.at.Equal(at(10, 22, 0)) {
		t.Errorf("the record was asked for %s up to %s", record.month, record.at)
	}
	if got := billing.FormatChange(table.Groups[0].Total.Change.Decimal); got != "+10.0%" || !table.Fresh.CountedTo.Equal(at(11, 22, 0)) {
		t.Errorf("change is %s, counted to %s", got, table.Fresh.CountedTo)
	}
}

// TestServicesGrowAsTheAccountDoes: without a record of services, each used the part of its October in the same days that the account did, so
// that an answer by service and one about the account have one growth.
func TestServicesGrowAsTheAccountDoes(t *testing.T) {
	october, november := billing.NewMonth(2026, time.October), billing.NewMonth(2026, time.November)
	account := []billing.Usage{counting(october, "310", at(11, 1, 0)), counting(november, "231", at(11, 22, 0))}
	pages := map[billing.ServiceQuery][]billing.ServiceUsage{}
	for _, of := range []struct {
		month    billing.Month
		www, vod string
	}{{october, "93", "217"}, {november, "69.3", "161.7"}} {
		service := func(name, quantity string) billing.ServiceUsage {
			u := account[0]
			return billing.ServiceUsage{Month: of.month, Product: u.Product, UsageType: u.UsageType, Unit: u.Unit, ServiceID: name, ServiceName: name, Quantity: dec(quantity)}
		}
		pages[account[0].Metric().In(of.month)] = []billing.ServiceUsage{service("www-shop", of.www), service("video-vod", of.vod)}
	}
	record := report.Prior{Rows: []billing.Usage{counting(october, "200", at(10, 22, 0))}, CountedTo: at(10, 22, 0)}
	for _, tt := range []struct {
		rule   string
		prior  report.Prior
		growth string
	}{
		{"with a record each service is compared with the account's part of the same days", record, "+15.5%"},
		{"without one each is compared with its average day of the month before", report.Prior{}, "+10.0%"},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			q := report.Question{Months: billing.One(november), By: report.ByService}
			table, err := Asker{Usage: &fakeReader{rows: account, pages: pages}, Prior: &fakePrior{prior: tt.prior}}.Ask(t.Context(), q, at(11, 22, 9))
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range append(table.Groups[0].All(), table.Groups[0].Total) {
				if got := billing.FormatChange(row.Change.Decimal); got != tt.growth {
					t.Errorf("%s grew by %s, want %s", row.Name, got, tt.growth)
				}
			}
		})
	}
}

func TestAskAnswersWithoutARecord(t *testing.T) {
	november := billing.NewMonth(2026, time.November)
	source := &fakeReader{rows: []billing.Usage{counting(november, "231", at(11, 22, 0))}}
	record := &fakePrior{err: errors.New("disk on fire")}
	table, err := Asker{Usage: source, Prior: record}.Ask(t.Context(), report.Question{Months: billing.One(november)}, at(11, 22, 9))
	if err != nil {
		t.Fatal(err)
	}
	if table.Versus == nil || table.Versus.Why != report.GapUnreadable || len(table.Groups) != 1 {
		t.Errorf("table is %+v", table)
	}
}

func TestAskByService(t *testing.T) {
	february, march := billing.NewMonth(2023, time.February), billing.NewMonth(2023, time.March)
	query := func(m billing.Month, usageType string) billing.ServiceQuery {
		return billing.ServiceQuery{Month: m, Product: "cdn_usage", UsageType: usageType}
	}
	page := func(q billing.ServiceQuery, unit, quantity string) []billing.ServiceUsage {
		return []billing.ServiceUsage{{Month: q.Month, Product: q.Product, UsageType: q.UsageType, Unit: unit, ServiceID: "S1", ServiceName: "www", Quantity: dec(quantity), Unread: ""}}
	}
	source := &fakeReader{
		rows: slices.Concat(
			gb("cdn_usage", "Asia Bandwidth", "", "", "2.8", "3.1"), unit("cdn_usage", "Asia Requests", "", "0", "0", "1"),
			gb("streaming", "Video Bandwidth", "", "", "9", "9"),
		),
		pages: map[billing.ServiceQuery][]billing.ServiceUsage{
			query(february, "Asia Bandwidth"): page(query(february, "Asia Bandwidth"), "gb", "2800"),
			query(march, "Asia Bandwidth"):    page(query(march, "Asia Bandwidth"), "gb", "3100"),
			query(february, "Asia Requests"):  nil,
			query(march, "Asia Requests"):     page(query(march, "Asia Requests"), "unit", "100000"),
		},
	}
	q := report.Question{Months: billing.One(march), Product: "cdn_usage", By: report.ByService}
	table, err := Asker{Usage: source}.Ask(t.Context(), q, longAfter)
	if err != nil {
		t.Fatal(err)
	}
	checkOutline(t, table, "Bandwidth, TB | Total 3.10 0.0% | www 3.10 0.0%", "Requests, B | Total 1.00 | www 1.00")
	if len(source.queries) != 4 {
		t.Errorf("%d reads by service, want one for each of 2 months and 2 usage types", len(source.queries))
	}
}

func TestAskByServiceReadsTheMonthBeforeOneThatRuns(t *testing.T) {
	march := billing.NewMonth(2023, time.March)
	query := billing.ServiceQuery{Month: march, Product: "cdn_usage", UsageType: "Asia Bandwidth"}
	before := query
	before.Month = march.Add(-1)
	source := &fakeReader{
		rows:  gb("cdn_usage", "Asia Bandwidth", "", "", "2.8", "3.1"),
		pages: map[billing.ServiceQuery][]billing.ServiceUsage{query: nil, before: nil},
	}
	now := time.Date(2023, 3, 20, 0, 0, 0, 0, time.UTC)
	if _, err := (Asker{Usage: source}).Ask(t.Context(), report.Question{Months: billing.One(march), By: report.ByService}, now); err != nil {
		t.Fatal(err)
	}
	read := slices.SortedFunc(slices.Values(source.queries), func(a, b billing.ServiceQuery) int { return a.Month.Start().Compare(b.Month.Start()) })
	if diff := cmp.Diff([]billing.ServiceQuery{before, query}, read, equalMonths); diff != "" {
		t.Errorf("reads (-want +got):\n%s", diff)
	}
}

func TestAskReportsWhatFailed(t *testing.T) {
	march := billing.One(billing.NewMonth(2023, time.March))
	gone := &billing.APIError{Status: 503, Path: fastly.PathUsage}
	for _, tt := range []struct {
		name   string
		source *fakeReader
		q      report.Question
		kind   error
		want   string
	}{
		{
			"usage", &fakeReader{err: gone},
			report.Question{Months: march},
			billing.ErrUnavailable,
			"read usage for 2023-03: GET /billing/v3/usage-metrics: status 503",
		},
		{
			"a service", &fakeReader{rows: gb("p", "Asia Bandwidth", "", "", "", "1")},
			report.Question{Months: march, By: report.ByService},
			nil,
			"read Asia Bandwidth by service for 2023-03: nobody expects {2023-03 p Asia Bandwidth}",
		},
		{
			"too many usage types by service", &fakeReader{rows: manyTypes(601)},
			report.Question{Months: march, By: report.ByService},
			billing.ErrTooWide,
			"601 months and usage types: the question is too wide",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Asker{Usage: tt.source}.Ask(t.Context(), tt.q, longAfter)
			if err == nil || err.Error() != tt.want || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func manyTypes(n int) []billing.Usage {
	var rows []billing.Usage
	for i := range n {
		rows = append(rows, gb("p", fmt.Sprintf("Type %d", i), "", "", "", "1")...)
	}
	return rows
}

// movingReader counts a day more after each of its first reads by service.
type movingReader struct {
	fakeReader
	moves, day int
	fails      bool // every read by service after the first
}

func (f *movingReader) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	m := months.Last
	f.rows = []billing.Usage{counting(m.Add(-1), "310", m.Start()), counting(m, fmt.Sprint(f.day*10), m.Start().AddDate(0, 0, f.day))}
	return f.fakeReader.Read(ctx, months)
}

func (f *movingReader) ServiceUsage(_ context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.queries) > 1 && f.fails { // of two months each time
		return billing.ErrUnavailable
	}
	f.queries = append(f.queries, query)
	used := "310"
	if query.Month.Days() == 30 {
		if f.moves > 0 {
			f.moves--
			f.day++
		}
		used = fmt.Sprint(f.day * 10)
	}
	return page([]billing.ServiceUsage{{
		Month: query.Month, Product: query.Product, UsageType: query.UsageType, Unit: "gb", ServiceID: "S1", ServiceName: "www", Quantity: dec(used + "000"),
	}})
}

func TestServicesAreOfTheInstantOfTheAccount(t *testing.T) {
	november := billing.NewMonth(2026, time.November)
	for _, tt := range []struct {
		name  string
		moves int
		fails bool
		want  string
		reads int // of the account
	}{
		{"Fastly counts nothing meanwhile", 0, false, "210 TB to Nov 22", 2},
		{"Fastly counts a day more meanwhile: both are read again", 1, false, "220 TB to Nov 23", 2},
		{"services are read twice and no more", 2, false, "230 TB to Nov 23", 2},
		{"where services cannot be read again, those before stand", 1, true, "220 TB to Nov 22", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &movingReader{moves: tt.moves, fails: tt.fails, day: 21}
			table, err := Asker{Usage: source}.Ask(t.Context(), report.Question{Months: billing.One(november), By: report.ByService}, at(11, 22, 9))
			if err != nil {
				t.Fatal(err)
			}
			g := table.Groups[0]
			got := g.Measure.Written(g.Rows[0].Last().Decimal) + " to " + table.Fresh.CountedTo.Format("Jan 2")
			if got != tt.want || len(source.read) != tt.reads {
				t.Errorf("%s after %d reads, want %s after %d", got, len(source.read), tt.want, tt.reads)
			}
		})
	}
	t.Run("a settled month is read once", func(t *testing.T) {
		source := &movingReader{day: 30}
		_, err := Asker{Usage: source}.Ask(t.Context(), report.Question{Months: billing.One(november), By: report.ByService}, november.End().Add(billing.SettledAfter))
		if err != nil || len(source.read) != 1 {
			t.Errorf("%d reads, %v", len(source.read), err)
		}
	})
}
