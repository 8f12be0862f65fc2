package lookup

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/report"
	"budgetbot/internal/billingtest"
)

// slowReader takes a while over the services of some months. Two services have usage in every month, and half of a page comes before the wait.
type slowReader struct {
	fakeReader
	slow map[billing.Month]bool
	of   func(billing.Month) string // quantity of a service
}

func (f *slowReader) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	f.mu.Lock()
	f.queries = append(f.queries, query)
	f.mu.Unlock()
	service := func(id string) []billing.ServiceUsage {
		return []billing.ServiceUsage{{
			Month: query.Month, Product: query.Product, UsageType: query.UsageType, Unit: "unit", ServiceID: id, ServiceName: id, Quantity: dec(f.of(query.Month)),
		}}
	}
	if err := page(service("api")); err != nil {
		return err
	}
	if f.slow[query.Month] {
		select {
		case <-time.After(time.Minute):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return page(service("www-shop"))
}

// TestAQuestionIsAnsweredWithTheMonthsThatWereReadInTime: the partial answer is the whole answer to the same question about fewer months.
func TestAQuestionIsAnsweredWithTheMonthsThatWereReadInTime(t *testing.T) {
	through := func(first, last billing.Month) billing.Range { return billing.Range{First: first, Last: last} }
	may, june := july.Add(-2), july.Add(-1)
	for _, tt := range []struct {
		name  string
		q     report.Question
		slow  []billing.Month
		now   time.Time
		whole billing.Range // of the question whose answer it is; zero for none
		lacks []billing.Month
	}{
		{"nothing is slow", report.Question{Months: through(may, july)}, nil, at(8, 20, 0), through(may, july), nil},
		{"the oldest month is slow", report.Question{Months: through(may, july)}, []billing.Month{may}, at(8, 20, 0), through(june, july), []billing.Month{may}},
		{"a month in the middle is slow", report.Question{Months: through(may, july)}, []billing.Month{june}, at(8, 20, 0), billing.One(july), []billing.Month{june}},
		{"all but the newest are slow", report.Question{Months: through(may, july)}, []billing.Month{may, june}, at(8, 20, 0), billing.One(july), []billing.Month{may, june}},
		{"the newest is slow", report.Question{Months: through(may, july)}, []billing.Month{july}, at(8, 20, 0), billing.Range{}, nil},
		{"all are slow", report.Question{Months: through(may, july)}, []billing.Month{may, june, july}, at(8, 20, 0), billing.Range{}, nil},
		{"the month before a single one is slow", report.Question{Months: billing.One(july)}, []billing.Month{june}, at(8, 20, 0), billing.One(july), []billing.Month{june}},
		{"the month before one that runs is slow", report.Question{Months: billing.One(july)}, []billing.Month{june}, at(7, 21, 0), billing.One(july), []billing.Month{june}},
		{"a single one is slow", report.Question{Months: billing.One(july)}, []billing.Month{july}, at(8, 20, 0), billing.Range{}, nil},
		{"one of two periods is slow", report.Question{Months: billing.One(july), Against: billing.One(may)}, []billing.Month{may}, at(8, 20, 0), billing.Range{}, nil},
	} {
		for _, cost := range []bool{false, true} {
			for _, by := range []report.Breakdown{report.ByService, report.ByTeam} {
				t.Run(tt.name+map[bool]string{true: ", of a cost"}[cost]+", by "+string(by), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						q := tt.q
						q.Cost, q.By = cost, by
						got, left, err := askSlow(t, q, tt.slow, tt.now)
						if took := time.Since(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); took > 22*time.Second {
							t.Errorf("it took %s", took)
						}
						if len(left) != len(tt.slow) {
							t.Errorf("%v are read on, want those of %v", left, tt.slow)
						}
						if tt.whole == (billing.Range{}) {
							if !errors.Is(err, report.ErrStillReading) {
								t.Errorf("error is %v", err)
							}
							return
						}
						if err != nil {
							t.Fatal(err)
						}
						if diff := cmp.Diff(tt.lacks, got.StillReading, equalMonths); diff != "" {
							t.Errorf("it says that it lacks (-want +got):\n%s", diff)
						}
						if err := got.WriteCSV(io.Discard, csvfile.ForSpreadsheets); (err != nil) != (tt.lacks != nil) {
							t.Errorf("the error of its file is %v", err)
						}
						q.Months = tt.whole
						want := wholeOf(t, q, tt.slow, tt.now)
						diff := cmp.Diff(want, got, equalMonths, billingtest.EqualDecimals, cmpopts.IgnoreFields(report.Table{}, "StillReading"))
						if diff != "" {
							t.Errorf("against the whole answer about %s (-want +got):\n%s", tt.whole, diff)
						}
					})
				})
			}
		}
	}
}

// slowly has the account's usage of the months.
func slowly(months []billing.Month, slow ...billing.Month) *slowReader {
	f := &slowReader{slow: map[billing.Month]bool{}, of: func(m billing.Month) string { return map[bool]string{true: "60", false: "40"}[m == july] }}
	for _, m := range months {
		u := billing.Usage{Month: m, Product: "cdn_usage", UsageType: "Asia Requests", Region: "Asia", Unit: "unit", Quantity: dec(f.of(m)).Mul(dec("2")), CountedTo: m.End()}
		if m == july {
			u.CountedTo = m.Start().AddDate(0, 0, 20)
		}
		f.rows = append(f.rows, u)
	}
	for _, m := range slow {
		f.slow[m] = true
	}
	return f
}

func (f *slowReader) asker() Asker {
	var bills []billing.Bill
	for _, u := range f.rows {
		bills = append(bills, billOf(u.Month))
	}
	return Asker{Usage: f, Bills: fakeBills{bills: bills}, TeamOf: func(name, _ string) string { return map[string]string{"www-shop": "shop"}[name] }}
}

// askSlow asks with 25 s of time, and returns what is read on.
func askSlow(t *testing.T, q report.Question, slow []billing.Month, now time.Time) (table report.Table, left []billing.ServiceQuery, err error) {
	asker := slowly([]billing.Month{july.Add(-2), july.Add(-1), july}, slow...).asker()
	var mu sync.Mutex
	asker.Finish = func(queries []billing.ServiceQuery) {
		mu.Lock()
		defer mu.Unlock()
		left = append(left, queries...)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
	defer cancel()
	table, err = asker.Ask(ctx, q, now)
	return table, left, err
}

// wholeOf answers a question of a Fastly that has none of the slow months.
func wholeOf(t *testing.T, q report.Question, slow []billing.Month, now time.Time) report.Table {
	t.Helper()
	months := slices.DeleteFunc([]billing.Month{july.Add(-2), july.Add(-1), july}, func(m billing.Month) bool { return slices.Contains(slow, m) })
	table, err := slowly(months).asker().Ask(t.Context(), q, now)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// TestWithoutSomebodyWhoReadsOnThereIsNoPartialAnswer, nor without a time that is up.
func TestWithoutSomebodyWhoReadsOnThereIsNoPartialAnswer(t *testing.T) {
	q := report.Question{Months: billing.One(july), By: report.ByService}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		asker := slowly([]billing.Month{july.Add(-1), july}, july.Add(-1)).asker()
		if _, err := asker.Ask(ctx, q, at(8, 20, 0)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v, want that the time is up", err)
		}
		asker.Finish = func([]billing.ServiceQuery) { t.Error("something is read on") }
		table, err := asker.Ask(t.Context(), q, at(8, 20, 0))
		if err != nil || len(table.StillReading) != 0 {
			t.Errorf("the answer lacks %v, error %v", table.StillReading, err)
		}
	})
}
