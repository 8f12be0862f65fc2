package source

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/billing/fastly"
)

// fakeBillSource has an invoice for every month that is over but those named, and an estimate of the month that runs.
type fakeBillSource struct {
	mu          sync.Mutex
	reads       []string
	err         error
	noEstimate  error
	uninvoiced  map[billing.Month]bool
	estimateLag int // months by which the estimate is behind
	takes       time.Duration
}

func (f *fakeBillSource) begin(what string) error {
	f.mu.Lock()
	f.reads = append(f.reads, what)
	takes, err := f.takes, f.err
	f.mu.Unlock()
	<-time.After(takes)
	return err
}

func (f *fakeBillSource) Bills(_ context.Context, months billing.Range) ([]billing.Bill, error) {
	if err := f.begin(months.String()); err != nil {
		return nil, err
	}
	var bills []billing.Bill
	for _, m := range months.Months() {
		if !f.uninvoiced[m] {
			bills = append(bills, billing.Bill{Month: m, Currency: "USD", Total: dec("100"), Invoices: []string{"INV-" + m.String()}})
		}
	}
	return bills, nil
}

func (f *fakeBillSource) MonthToDate(context.Context) (billing.Bill, error) {
	if err := f.begin("month to date"); err != nil {
		return billing.Bill{}, err
	}
	month := billing.MonthOf(time.Now()).Add(-f.estimateLag)
	return billing.Bill{Month: month, Currency: "USD", Total: dec("10"), AsOf: month.Start().AddDate(0, 0, 3)}, f.noEstimate
}

func (f *fakeBillSource) set(change func(*fakeBillSource)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *fakeBillSource) checkReads(t *testing.T, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.Sort(f.reads) // an estimate and invoices are read side by side
	if diff := cmp.Diff(want, f.reads); diff != "" {
		t.Errorf("reads of the source (-want +got):\n%s", diff)
	}
	f.reads = nil
}

func cachedBills(t *testing.T, test func(t *testing.T, source *fakeBillSource, cache *BillCache)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		source := &fakeBillSource{}
		cache := NewBillCache(source, time.Now)
		defer cache.Close()
		test(t, source, cache)
	})
}

// monthsRead writes what a reading has: the months, with a mark after those that are estimates.
func monthsRead(t *testing.T, reader billing.BillReader, months billing.Range) (string, billing.Freshness) {
	t.Helper()
	reading, err := reader.ReadBills(t.Context(), months, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, bill := range reading.Bills {
		name := bill.Month.String()
		if bill.IsEstimate() {
			name += "~"
		}
		found = append(found, name)
	}
	return strings.Join(found, " "), reading.Fresh
}

func TestBillCacheKeepsBillsForTheirTime(t *testing.T) {
	for _, tt := range []struct {
		name  string
		month billing.Month
		reads string
		keeps time.Duration
	}{
		{"the estimate", open2000, "month to date", 10 * time.Minute},
		{"an invoice that may be issued again", recent, "1999-12", time.Hour},
		{"an old invoice", closed.Add(-1), "1999-09", 24 * time.Hour},
		{"a month that is not invoiced yet", closed, "1999-10", 10 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
				source.uninvoiced = map[billing.Month]bool{closed: true}
				monthsRead(t, cache, billing.One(tt.month))
				after(tt.keeps - time.Second)
				monthsRead(t, cache, billing.One(tt.month))
				source.checkReads(t, tt.reads)
				after(time.Second)
				monthsRead(t, cache, billing.One(tt.month))
				source.checkReads(t, tt.reads)
			})
		})
	}
}

func TestBillCacheReadsInvoicesOfWhatIsOverAndTheEstimateOfWhatRuns(t *testing.T) {
	for name, readerOf := range map[string]func(*BillCache) billing.BillReader{
		"remembered": func(c *BillCache) billing.BillReader { return c },
		"afresh":     func(c *BillCache) billing.BillReader { return c.Fresh() },
	} {
		t.Run(name, func(t *testing.T) {
			cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
				source.uninvoiced = map[billing.Month]bool{closed.Add(-1): true}
				got, fresh := monthsRead(t, readerOf(cache), billing.Range{First: closed.Add(-2), Last: open2000.Add(1)})
				if got != "1999-08 1999-10 1999-11 1999-12 2000-01~" {
					t.Errorf("bills are of %s", got)
				}
				want := billing.Freshness{ReadAt: startTime, CountedTo: startTime.AddDate(0, 0, 3), Source: billing.FromInvoices}
				if diff := cmp.Diff(want, fresh); diff != "" {
					t.Errorf("freshness (-want +got):\n%s", diff)
				}
				if got, fresh = monthsRead(t, readerOf(cache), billing.One(open2000.Add(3))); got != "" || !fresh.CountedTo.IsZero() {
					t.Errorf("a month to come has %s", got)
				}
				if _, err := readerOf(cache).ReadBills(t.Context(), billing.Range{First: open2000, Last: closed}, startTime); err == nil {
					t.Error("a reversed range was read")
				}
			})
		})
	}
}

func TestTheLastEstimateStandsInUntilThereIsAnInvoice(t *testing.T) {
	for name, readerOf := range map[string]func(*BillCache) billing.BillReader{
		"remembered": func(c *BillCache) billing.BillReader { return c },
		"afresh":     func(c *BillCache) billing.BillReader { return c.Fresh() },
	} {
		t.Run(name, func(t *testing.T) {
			cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
				source.uninvoiced = map[billing.Month]bool{open2000: true}
				monthsRead(t, readerOf(cache), billing.One(open2000))
				after(31*24*time.Hour + time.Hour)
				if got, _ := monthsRead(t, readerOf(cache), billing.Range{First: open2000, Last: open2000.Add(1)}); got != "2000-01~ 2000-02~" {
					t.Errorf("bills are of %s", got)
				}
				after(24 * time.Hour)
				source.set(func(f *fakeBillSource) { f.uninvoiced = nil })
				if got, _ := monthsRead(t, readerOf(cache), billing.Range{First: open2000, Last: open2000.Add(1)}); got != "2000-01 2000-02~" {
					t.Errorf("bills are of %s", got)
				}
			})
		})
	}
}

func TestAnEstimateThatIsStillTheLastMonthsIsNotTakenForThisMonths(t *testing.T) {
	for name, readerOf := range map[string]func(*BillCache) billing.BillReader{
		"remembered": func(c *BillCache) billing.BillReader { return c },
		"afresh":     func(c *BillCache) billing.BillReader { return c.Fresh() },
	} {
		t.Run(name, func(t *testing.T) {
			cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
				source.estimateLag, source.uninvoiced = 1, map[billing.Month]bool{recent: true}
				if got, _ := monthsRead(t, readerOf(cache), billing.One(open2000)); got != "" {
					t.Errorf("bills are of %s", got)
				}
				if got, _ := monthsRead(t, readerOf(cache), billing.Range{First: recent, Last: open2000}); got != "1999-12~" {
					t.Errorf("bills are of %s", got)
				}
			})
		})
	}
}

func TestNoEstimateIsAFactAndNoFault(t *testing.T) {
	for name, readerOf := range map[string]func(*BillCache) billing.BillReader{
		"remembered": func(c *BillCache) billing.BillReader { return c },
		"afresh":     func(c *BillCache) billing.BillReader { return c.Fresh() },
	} {
		t.Run(name, func(t *testing.T) {
			cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
				source.noEstimate = fastly.NoEstimate(&billing.APIError{Status: 422})
				if got, _ := monthsRead(t, readerOf(cache), billing.Range{First: recent, Last: open2000}); got != "1999-12" {
					t.Errorf("bills are of %s", got)
				}
				var api *billing.APIError
				_, err := readerOf(cache).ReadBills(t.Context(), billing.One(open2000), startTime)
				if !errors.Is(err, billing.ErrNoEstimate) || !errors.As(err, &api) || api.Status != 422 {
					t.Errorf("error is %v", err)
				}
				source.set(func(f *fakeBillSource) { f.uninvoiced = map[billing.Month]bool{closed: true} })
				if got, _ := monthsRead(t, readerOf(cache), billing.One(closed)); got != "" {
					t.Errorf("bills are of %s", got)
				}
			})
		})
	}
	t.Run("it is remembered", func(t *testing.T) {
		cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
			source.noEstimate = fastly.NoEstimate(&billing.APIError{Status: 404})
			for range 2 {
				if _, err := cache.ReadBills(t.Context(), billing.One(open2000), time.Now()); !errors.Is(err, billing.ErrNoEstimate) {
					t.Errorf("error is %v", err)
				}
				after(10*time.Minute - time.Second)
			}
			source.checkReads(t, "month to date")
		})
	})
}

func TestBillCacheAnswersStaleWithTheReason(t *testing.T) {
	cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
		if _, err := cache.ReadBills(t.Context(), billing.One(closed.Add(-9)), startTime); err != nil {
			t.Fatal(err)
		}
		months := billing.Range{First: recent, Last: open2000}
		monthsRead(t, cache, months)
		after(30 * time.Minute)
		source.set(func(f *fakeBillSource) { f.err = &billing.APIError{Status: 503} })
		got, fresh := monthsRead(t, cache, months)
		if got != "1999-12 2000-01~" || fresh.Stale != "Fastly has a fault" || !fresh.ReadAt.Equal(startTime) {
			t.Errorf("bills are of %s, %+v", got, fresh)
		}
		if _, err := cache.ReadBills(t.Context(), billing.One(closed.Add(-20)), time.Now()); !errors.Is(err, billing.ErrUnavailable) {
			t.Errorf("what was never read gives %v", err)
		}
		if _, err := cache.Fresh().ReadBills(t.Context(), months, time.Now()); !errors.Is(err, billing.ErrUnavailable) {
			t.Errorf("afresh gives %v", err)
		}
	})
}

func TestBillsReadAfreshAreCachedForEverybody(t *testing.T) {
	cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
		months := billing.Range{First: recent, Last: open2000}
		monthsRead(t, cache, months)
		after(time.Minute)
		monthsRead(t, cache.Fresh(), months)
		source.checkReads(t, "1999-12", "1999-12", "month to date", "month to date")
		after(10*time.Minute - time.Second)
		if _, fresh := monthsRead(t, cache, months); !fresh.ReadAt.Equal(startTime.Add(time.Minute)) {
			t.Errorf("the answer was read at %s, want when it was read afresh", fresh.ReadAt)
		}
		source.checkReads(t)
	})
}

func TestBillCacheSharesItsReads(t *testing.T) {
	cachedBills(t, func(t *testing.T, source *fakeBillSource, cache *BillCache) {
		source.takes = time.Minute
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { monthsRead(t, cache, billing.Range{First: closed, Last: open2000}) })
		}
		group.Wait()
		if len(source.reads) != 2 {
			t.Errorf("reads are %v", source.reads)
		}
	})
}

func TestBillCacheIsBoundedByLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := NewBillCache(&fakeBillSource{}, time.Now)
		cache.invoiced.held.most = 10
		defer cache.Close()
		for i := range 8 { // each weighs two, without a line
			monthsRead(t, cache, billing.One(closed.Add(-i)))
		}
		if held := cache.invoiced.held.lots.Len(); held != 5 {
			t.Errorf("%d months are held, want 5", held)
		}
	})
}

func TestBillCacheAfterItsEnd(t *testing.T) {
	cachedBills(t, func(t *testing.T, _ *fakeBillSource, cache *BillCache) {
		cache.Close()
		for _, m := range []billing.Month{closed, open2000} {
			if _, err := cache.ReadBills(t.Context(), billing.One(m), startTime); !errors.Is(err, ErrClosed) {
				t.Errorf("error is %v", err)
			}
		}
	})
}
