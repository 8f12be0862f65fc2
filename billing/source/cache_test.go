package source

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

func read(t *testing.T, cache *Cache, months billing.Range) billing.Reading {
	t.Helper()
	reading, err := cache.Read(t.Context(), months)
	if err != nil {
		t.Fatal(err)
	}
	return reading
}

func after(d time.Duration) { <-time.After(d) }

var (
	open2000  = billing.NewMonth(2000, time.January)
	recent    = billing.NewMonth(1999, time.December)
	closed    = billing.NewMonth(1999, time.October)
	startTime = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
)

func TestCacheKeepsMonthsForTheirTime(t *testing.T) {
	for _, tt := range []struct {
		name  string
		month billing.Month
		empty bool
		keeps time.Duration
	}{
		{"the month that runs", open2000, false, 5 * time.Minute},
		{"a month that may be restated", recent, false, time.Hour},
		{"a closed month", closed, false, 24 * time.Hour},
		{"a closed month without rows", closed, true, 5 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
				source.empty = tt.empty
				read(t, cache, billing.One(tt.month))
				after(tt.keeps - time.Second)
				read(t, cache, billing.One(tt.month))
				source.checkReads(t, tt.month.String())
				after(time.Second)
				read(t, cache, billing.One(tt.month))
				source.checkReads(t, tt.month.String(), tt.month.String())
			})
		})
	}
}

func TestCacheReadsMissingMonthsInOneGo(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		read(t, cache, billing.Range{First: closed.Add(-8), Last: closed})
		read(t, cache, billing.Range{First: closed.Add(-8), Last: closed})
		read(t, cache, billing.Range{First: closed.Add(-9), Last: closed.Add(1)})
		source.mu.Lock()
		defer source.mu.Unlock()
		if len(source.reads) != 3 || source.reads[0] != "1999-02..1999-10" {
			t.Fatalf("reads are %v, want one run, then the month before and the month after it", source.reads)
		}
	})
}

func TestCacheJoinsMonthsOnceWhileTheyAreHeld(t *testing.T) {
	months := billing.Range{First: closed, Last: open2000}
	for _, tt := range []struct {
		name   string
		within func(*testing.T, *fakeSource, *Cache)
		shared bool
		newest string // quantity: the number of the read that it came with
	}{
		{"the same months again share the rows", func(*testing.T, *fakeSource, *Cache) {}, true, "1"},
		{"another range in between changes nothing", func(t *testing.T, _ *fakeSource, c *Cache) { read(t, c, billing.One(closed)) }, true, "1"},
		{"a month that has expired is joined anew", func(*testing.T, *fakeSource, *Cache) { after(5 * time.Minute) }, false, "2"},
		{"a month that a check has read is joined anew", func(t *testing.T, _ *fakeSource, c *Cache) {
			after(time.Second)
			if _, err := c.Fresh().Usage(t.Context(), billing.One(open2000)); err != nil {
				t.Fatal(err)
			}
		}, false, "2"},
		{"rows that were forgotten do not come back", func(_ *testing.T, _ *fakeSource, c *Cache) { c.Forget() }, false, "2"},
		{"an expired month that cannot be read is no shared answer", func(_ *testing.T, f *fakeSource, _ *Cache) {
			after(5 * time.Minute)
			f.set(func(f *fakeSource) { f.err = errors.New("down") })
		}, false, "1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
				read(t, cache, months)
				before := read(t, cache, months) // the first one came with a running read
				tt.within(t, source, cache)
				now := read(t, cache, months)
				if shared := &before.Rows[0] == &now.Rows[0]; shared != tt.shared {
					t.Errorf("the rows are shared: %v, want %v", shared, tt.shared)
				}
				if newest := now.Rows[len(now.Rows)-1]; newest.Month != open2000 || !newest.Quantity.Equal(dec(tt.newest)) {
					t.Errorf("the newest row is %+v, want that of read %s", newest, tt.newest)
				}
				if want := billing.CatalogOf(now.Rows); !cmp.Equal(want, now.Catalog, equalMonths) {
					t.Errorf("the catalog is %+v, want %+v", now.Catalog, want)
				}
			})
		})
	}
}

func TestCacheSharesAFlight(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		source.takes = time.Second
		impatient, leave := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := cache.Read(impatient, billing.One(closed)); !errors.Is(err, context.Canceled) {
				t.Errorf("who gave up got %v", err)
			}
		})
		for range 20 {
			group.Go(func() {
				if reading, err := cache.Read(t.Context(), billing.One(closed)); err != nil || len(reading.Rows) != 1 {
					t.Errorf("who waited got %d rows, %v", len(reading.Rows), err)
				}
			})
		}
		synctest.Wait()
		leave()
		group.Wait()
		source.checkReads(t, closed.String())
	})
}

func TestCacheAnswersStaleWithTheReason(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&billing.APIError{Status: 401}, "Fastly no longer accepts the token"},
		{&billing.APIError{Status: 403}, "Fastly no longer lets the token read usage"},
		{&billing.APIError{Status: 429}, "Fastly asks to be left alone for a while"},
		{&billing.APIError{Status: 503}, "Fastly has a fault"},
		{&billing.TransportError{Kind: billing.ErrTimeout}, "Fastly did not answer in time"},
		{&billing.TransportError{Kind: billing.ErrReset}, "the connection to Fastly broke"},
		{&billing.TransportError{Kind: billing.ErrUnreachable}, "Fastly cannot be reached"},
		{&billing.BodyError{Reason: "x"}, "Fastly's answer was not understood"},
		{errors.New("x"), "Fastly could not be asked"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
				months := billing.Range{First: recent, Last: open2000}
				fresh := read(t, cache, months)
				if fresh.Fresh.Stale != "" || !fresh.Fresh.ReadAt.Equal(startTime) || !fresh.Fresh.CountedTo.Equal(startTime.AddDate(0, 0, 1)) {
					t.Fatalf("fresh is %+v", fresh.Fresh)
				}
				after(30 * time.Minute)
				source.set(func(f *fakeSource) { f.err = tt.err })
				stale := read(t, cache, months)
				if stale.Fresh.Stale != tt.want || !stale.Fresh.ReadAt.Equal(startTime) {
					t.Errorf("stale is %+v, want %q", stale.Fresh, tt.want)
				}
				if diff := cmp.Diff(fresh.Rows, stale.Rows, equalDecimals, equalMonths); diff != "" {
					t.Errorf("rows (-fresh +stale):\n%s", diff)
				}
			})
		})
	}
}

func TestCacheFailsWhenItHasNothing(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		source.err = &billing.APIError{Status: 503}
		if _, err := cache.Read(t.Context(), billing.One(closed)); !errors.Is(err, billing.ErrUnavailable) {
			t.Errorf("error is %v", err)
		}
	})
}

func TestCacheLeavesFastlyAloneAfterAFailure(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		wait time.Duration
	}{
		{"a failure", &billing.APIError{Status: 503}, 15 * time.Second},
		{"a wait that Fastly asks for", &billing.APIError{Status: 429, RetryAfter: 2 * time.Minute}, 2 * time.Minute},
		{"a wait that is too long", &billing.APIError{Status: 429, RetryAfter: 24 * time.Hour}, 5 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
				source.err = tt.err
				for range 2 {
					if _, err := cache.Read(t.Context(), billing.One(closed)); !errors.Is(err, tt.err) {
						t.Fatalf("error is %v", err)
					}
					after(tt.wait - time.Second)
				}
				source.checkReads(t, closed.String())
				source.set(func(f *fakeSource) { f.err = nil })
				after(time.Second)
				if got := read(t, cache, billing.One(closed)); got.Fresh.Stale != "" {
					t.Errorf("stale: %s", got.Fresh.Stale)
				}
			})
		})
	}
}

func TestCacheDoesNotLetAQuestionWaitLongForWhatItHas(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		read(t, cache, billing.One(open2000))
		after(time.Hour)
		source.set(func(f *fakeSource) { f.takes = time.Minute })
		began := time.Now()
		got := read(t, cache, billing.One(open2000))
		if waited := time.Since(began); waited != 10*time.Second || got.Fresh.Stale != "Fastly did not answer in time" {
			t.Errorf("after %s: %+v", waited, got.Fresh)
		}
		after(time.Minute)
		if got := read(t, cache, billing.One(open2000)); got.Fresh.Stale != "" || !got.Fresh.ReadAt.Equal(began) {
			t.Errorf("what came later was lost: %+v", got.Fresh)
		}
	})
}

func TestShelfKeepsTheNewerOfTwoReads(t *testing.T) {
	shelf := newShelf[billing.Month](10, single[billing.Usage])
	shelf.put(open2000, []billing.Usage{{Region: "newer"}}, startTime.Add(time.Second))
	shelf.put(open2000, []billing.Usage{{Region: "older"}}, startTime)
	if got := shelf.get(open2000); got.rows[0].Region != "newer" {
		t.Error("a read that began first and ended last replaced the newer one")
	}
}

func TestCacheIsBounded(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		cache.months.held.most = 6
		for i := range 3 { // each month weighs its row and one more
			read(t, cache, billing.One(closed.Add(-i)))
		}
		read(t, cache, billing.One(closed))         // looked at again
		read(t, cache, billing.One(closed.Add(-3))) // drops the month that was not looked at for longest
		read(t, cache, billing.One(closed))
		read(t, cache, billing.One(closed.Add(-1)))
		source.checkReads(t, "1999-10", "1999-09", "1999-08", "1999-07", "1999-09")
	})
}

func TestCacheAnswersWithMoreThanItHolds(t *testing.T) {
	cached(t, func(t *testing.T, _ *fakeSource, cache *Cache) {
		cache.months.held.most = 1
		if got := read(t, cache, billing.Range{First: closed.Add(-5), Last: closed}); len(got.Rows) != 6 {
			t.Errorf("%d rows, want 6", len(got.Rows))
		}
	})
}

func TestCacheOfServices(t *testing.T) {
	query := billing.ServiceQuery{Month: closed, Product: "p", UsageType: "t"}
	ask := func(t *testing.T, cache *Cache) (rows int, err error) {
		t.Helper()
		err = cache.ServiceUsage(t.Context(), query, func(page []billing.ServiceUsage) error {
			rows += len(page)
			return nil
		})
		return rows, err
	}
	for _, tt := range []struct {
		name     string
		services int
		reads    int
	}{
		{"a small answer is kept", 10, 1},
		{"an empty answer is kept", 0, 1},
		{"a large answer is not", 11, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
				cache.largest = 10
				source.services = tt.services
				for range 2 {
					if rows, err := ask(t, cache); err != nil || rows != tt.services {
						t.Errorf("%d rows, %v", rows, err)
					}
				}
				if len(source.reads) != tt.reads {
					t.Errorf("%d reads, want %d", len(source.reads), tt.reads)
				}
			})
		})
	}
	t.Run("an error is one, whatever was kept", func(t *testing.T) {
		cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
			if _, err := ask(t, cache); err != nil {
				t.Fatal(err)
			}
			after(48 * time.Hour)
			source.set(func(f *fakeSource) { f.err = &billing.APIError{Status: 503} })
			if _, err := ask(t, cache); !errors.Is(err, billing.ErrUnavailable) {
				t.Errorf("error is %v", err)
			}
		})
	})
}

func TestCacheSurvivesAPanicOfItsSource(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		source.panics = true
		if _, err := cache.Read(t.Context(), billing.One(closed)); err == nil || !strings.Contains(err.Error(), "panic in a read of usage: made up") {
			t.Errorf("error is %v", err)
		}
	})
}

func TestCacheCloseEndsItsReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fakeSource{takes: time.Hour}
		cache := NewCache(source, time.Now, nil)
		done := make(chan error, 1)
		go func() {
			_, err := cache.Read(t.Context(), billing.One(closed))
			done <- err
		}()
		synctest.Wait()
		cache.Close()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("the read under way ended with %v", err)
		}
		if _, err := cache.Read(t.Context(), billing.One(closed)); !errors.Is(err, ErrClosed) {
			t.Errorf("a read after Close gives %v", err)
		}
	})
}

func TestCacheRefusesWhatIsNoRange(t *testing.T) {
	cached(t, func(t *testing.T, _ *fakeSource, cache *Cache) {
		if _, err := cache.Read(t.Context(), billing.Range{First: open2000, Last: closed}); err == nil {
			t.Error("a reversed range was read")
		}
		if _, err := cache.Read(t.Context(), billing.Range{First: closed.Add(-billing.MaxMonths), Last: closed}); !errors.Is(err, billing.ErrTooWide) {
			t.Errorf("a range that is too long gives %v", err)
		}
	})
}
