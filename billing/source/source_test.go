package source

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// fakeSource answers with one row a month, whose quantity counts the reads.
type fakeSource struct {
	mu       sync.Mutex
	reads    []string
	err      error
	empty    bool
	takes    time.Duration
	panics   bool
	services int  // rows of one read by service
	still    bool // the quantity stays 1
}

func (f *fakeSource) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	f.mu.Lock()
	f.reads = append(f.reads, months.String())
	number, err, empty, takes, panics := len(f.reads), f.err, f.empty, f.takes, f.panics
	if f.still {
		number = 1
	}
	f.mu.Unlock()
	if panics {
		panic("made up")
	}
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err != nil || empty {
		return nil, err
	}
	var rows []billing.Usage
	for _, m := range months.Months() {
		rows = append(rows, billing.Usage{
			Month: m, Product: "p", UsageType: "t", Unit: "gb", Quantity: dec(fmt.Sprint(number)), CountedTo: m.Start().AddDate(0, 0, 1),
		})
	}
	return rows, nil
}

func (f *fakeSource) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	f.mu.Lock()
	f.reads = append(f.reads, query.Month.String()+" by service")
	rows, err, takes := make([]billing.ServiceUsage, f.services), f.err, f.takes
	f.mu.Unlock()
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	return page(rows)
}

func (f *fakeSource) set(change func(*fakeSource)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *fakeSource) checkReads(t *testing.T, want ...string) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if diff := cmp.Diff(want, f.reads); diff != "" {
		t.Errorf("reads of the source (-want +got):\n%s", diff)
	}
}

// cached runs a test on a fake clock, which begins on 2000-01-01, against a cache.
func cached(t *testing.T, test func(t *testing.T, source *fakeSource, cache *Cache)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		source := &fakeSource{}
		cache := NewCache(source, time.Now, nil)
		defer cache.Close()
		test(t, source, cache)
	})
}
