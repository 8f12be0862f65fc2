package source

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"budgetbot/billing"
)

// pagedSource sends pages of ten services, one every 300 ms.
type pagedSource struct {
	billing.Source
	pages  int
	err    error // after the last page
	panics bool

	reads, sent, ended atomic.Int32
}

func (s *pagedSource) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	s.reads.Add(1)
	defer s.ended.Add(1)
	for n := range s.pages {
		select {
		case <-time.After(300 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		rows := make([]billing.ServiceUsage, 10)
		for i := range rows {
			rows[i] = billing.ServiceUsage{Month: query.Month, ServiceID: fmt.Sprintf("S%04d", 10*n+i)}
		}
		s.sent.Add(1)
		if err := page(rows); err != nil {
			return err
		}
	}
	if s.panics {
		panic("made up")
	}
	return s.err
}

// shared runs a test on a fake clock against a cache that keeps so many rows of reads under way, and none that are over.
func shared(t *testing.T, source *pagedSource, kept int, test func(t *testing.T, cache *Cache)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cache := NewCache(source, time.Now, nil)
		cache.largest, cache.flights.most = 1, kept
		defer func() {
			cache.Close()
			if f := cache.flights; f.kept != 0 || len(f.open) != 0 {
				t.Errorf("%d rows and %d reads are left", f.kept, len(f.open))
			}
		}()
		test(t, cache)
	})
}

// listServices reads one query, and returns the services in the order in which they came.
func listServices(ctx context.Context, cache *Cache) (ids []string, err error) {
	query := billing.ServiceQuery{Month: billing.NewMonth(1999, time.December), Product: "p", UsageType: "t"}
	err = cache.ServiceUsage(ctx, query, func(page []billing.ServiceUsage) error {
		for i, u := range page {
			ids = append(ids, u.ServiceID)
			page[i].ServiceID = "taken" // nobody else may see it
		}
		return nil
	})
	return ids, err
}

func checkInOrder(t *testing.T, ids []string, want int) {
	t.Helper()
	if len(ids) != want {
		t.Errorf("%d services, want %d", len(ids), want)
	}
	for i, id := range ids {
		if id != fmt.Sprintf("S%04d", i) {
			t.Fatalf("service %d is %s", i, id)
		}
	}
}

func TestLikeQuestionsByServiceAreOneRead(t *testing.T) {
	for _, tt := range []struct {
		name  string
		apart time.Duration // between one who asks and the next
		kept  int           // rows of reads under way
		reads int32
	}{
		{"eight people ask at once", 0, 1000, 1},
		{"eight people ask one after another while the read is under way", time.Second, 1000, 1},
		{"eight people ask at once, and nothing may be kept", 0, 0, 1},
		{"who comes when too much would be kept begins a read that the next ones join", time.Second, 60, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &pagedSource{pages: 50}
			shared(t, source, tt.kept, func(t *testing.T, cache *Cache) {
				var asking sync.WaitGroup
				for n := range 8 {
					asking.Go(func() {
						time.Sleep(time.Duration(n) * tt.apart)
						ids, err := listServices(t.Context(), cache)
						if err != nil {
							t.Error(err)
						}
						checkInOrder(t, ids, 500)
					})
				}
				asking.Wait()
			})
			if got := source.reads.Load(); got != tt.reads {
				t.Errorf("%d reads, want %d", got, tt.reads)
			}
		})
	}
}

func TestWhoGivesUpDisturbsNobodyElse(t *testing.T) {
	source := &pagedSource{pages: 50}
	shared(t, source, 1000, func(t *testing.T, cache *Cache) {
		var asking sync.WaitGroup
		asking.Go(func() {
			brief, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := listServices(brief, cache); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who began the read and gave up gets %v", err)
			}
		})
		asking.Go(func() {
			ids, err := listServices(t.Context(), cache)
			if err != nil {
				t.Error(err)
			}
			checkInOrder(t, ids, 500)
		})
		asking.Wait()
	})
	if got := source.reads.Load(); got != 1 {
		t.Errorf("%d reads, want one", got)
	}
}

func TestAReadThatNobodyWaitsForEnds(t *testing.T) {
	source := &pagedSource{pages: 50}
	shared(t, source, 1000, func(t *testing.T, cache *Cache) {
		asking, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, _ = listServices(asking, cache)
		synctest.Wait()
		if sent, ended := source.sent.Load(), source.ended.Load(); sent != 3 || ended != 1 {
			t.Errorf("%d pages were read, and %d reads have ended; want 3 pages and the end", sent, ended)
		}
		ids, err := listServices(t.Context(), cache) // joins nothing that was given up
		if err != nil {
			t.Error(err)
		}
		checkInOrder(t, ids, 500)
	})
}

func TestAReadGoesOnWhereTheLastCallersTimeIsUp(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kept  int // rows of reads under way
		reads int32
	}{
		{"the next one who asks joins it", 1000, 1},
		{"where too much would be kept, nobody can join it", 0, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := &pagedSource{pages: 50}
			shared(t, source, tt.kept, func(t *testing.T, cache *Cache) {
				brief, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, _ = listServices(brief, cache)
				time.Sleep(2 * time.Second)
				if sent := source.sent.Load(); sent < 6 {
					t.Errorf("%d pages were read in 3 s, want 6 at least", sent)
				}
				ids, err := listServices(t.Context(), cache)
				if err != nil {
					t.Error(err)
				}
				checkInOrder(t, ids, 500)
				if got := source.reads.Load(); got != tt.reads {
					t.Errorf("%d reads, want %d", got, tt.reads)
				}
			})
		})
	}
}

// TestOneWhoGivesUpLeavesNothingThatOthersWaitFor has somebody who gives up over a page that the other one has taken.
func TestOneWhoGivesUpLeavesNothingThatOthersWaitFor(t *testing.T) {
	source := &pagedSource{pages: 50}
	shared(t, source, 0, func(t *testing.T, cache *Cache) {
		query := billing.ServiceQuery{Month: billing.NewMonth(1999, time.December), Product: "p", UsageType: "t"}
		var asking sync.WaitGroup
		asking.Go(func() {
			_ = cache.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error {
				time.Sleep(time.Minute)
				return errors.New("enough")
			})
		})
		asking.Go(func() {
			patient, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
			defer cancel()
			ids, err := listServices(patient, cache)
			if err != nil {
				t.Error(err)
			}
			checkInOrder(t, ids, 500)
		})
		asking.Wait()
	})
}

func TestTheEndOfASharedReadIsEverybodys(t *testing.T) {
	refused := &billing.APIError{Status: 503}
	for name, source := range map[string]*pagedSource{
		"Fastly refuses the last page": {pages: 3, err: refused},
		"a panic":                      {pages: 3, panics: true},
	} {
		t.Run(name, func(t *testing.T) {
			shared(t, source, 1000, func(t *testing.T, cache *Cache) {
				var asking sync.WaitGroup
				for range 3 {
					asking.Go(func() {
						if _, err := listServices(t.Context(), cache); err == nil || source.err != nil && !errors.Is(err, billing.ErrUnavailable) {
							t.Errorf("error is %v", err)
						}
					})
				}
				asking.Wait()
			})
		})
	}
}

// TestAReadDoesNotRunAhead has somebody who takes a minute over every page: what nobody else may join holds one page and no more.
func TestAReadDoesNotRunAhead(t *testing.T) {
	source := &pagedSource{pages: 50}
	shared(t, source, 0, func(t *testing.T, cache *Cache) {
		pages := 0
		query := billing.ServiceQuery{Month: billing.NewMonth(1999, time.December), Product: "p", UsageType: "t"}
		err := cache.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error {
			time.Sleep(time.Minute)
			pages++
			if sent := int(source.sent.Load()); sent > pages+1 {
				t.Errorf("%d pages were read while %d were taken", sent, pages)
			}
			if pages == 3 {
				return errors.New("enough")
			}
			return nil
		})
		if err == nil || err.Error() != "enough" {
			t.Errorf("error is %v", err)
		}
	})
}

func TestAClosedCacheReadsNoServices(t *testing.T) {
	cache := NewCache(&pagedSource{}, time.Now, nil)
	cache.Close()
	if _, err := listServices(t.Context(), cache); !errors.Is(err, ErrClosed) {
		t.Errorf("error is %v", err)
	}
}
