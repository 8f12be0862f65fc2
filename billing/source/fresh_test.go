package source

import (
	"errors"
	"slices"
	"testing"
	"time"

	"budgetbot/billing"
)

func TestWhatIsReadAfreshIsCachedForEverybody(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		month := open2000.String()
		read(t, cache, billing.One(open2000))
		after(time.Minute)
		if _, err := cache.Fresh().Usage(t.Context(), billing.One(open2000)); err != nil {
			t.Fatal(err)
		}
		source.checkReads(t, month, month)
		after(5*time.Minute - time.Second)
		if got := read(t, cache, billing.One(open2000)).Fresh.ReadAt; !got.Equal(startTime.Add(time.Minute)) {
			t.Errorf("the answer was read at %s, want when it was read afresh", got)
		}
		source.checkReads(t, month, month)

		source.err = errors.New("down")
		if _, err := cache.Fresh().Usage(t.Context(), billing.One(open2000)); !errors.Is(err, source.err) {
			t.Errorf("error %v, want that of the source", err)
		}
		if len(read(t, cache, billing.One(open2000)).Rows) == 0 {
			t.Error("a read that failed took away what was held")
		}
	})
}

// TestRecentTakesWhatACheckRead has a check read usage and services, and somebody ask for the same again and again.
func TestRecentTakesWhatACheckRead(t *testing.T) {
	cached(t, func(t *testing.T, source *fakeSource, cache *Cache) {
		source.services, source.still = 5000, true
		running := billing.MonthOf(time.Now())
		query := billing.ServiceQuery{Month: running, Product: "p", UsageType: "t"}
		usage := func(from billing.Source) {
			if rows, err := from.Usage(t.Context(), billing.Range{First: running.Add(-1), Last: running}); err != nil || len(rows) != 2 {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		}
		read := func(from billing.Source) (services int) {
			usage(from)
			err := from.ServiceUsage(t.Context(), query, func(page []billing.ServiceUsage) error { services += len(page); return nil })
			if err != nil {
				t.Error(err)
			}
			usage(from) // as everybody does who reads services
			return services
		}
		read(cache.Fresh())
		after(59 * time.Second)
		for range 10 {
			if services := read(cache.Recent(time.Minute)); services != 5000 {
				t.Errorf("%d services", services)
			}
		}
		once := []string{"1999-12..2000-01", "2000-01 by service", "1999-12..2000-01"}
		source.checkReads(t, once...)
		after(2 * time.Second)
		read(cache.Recent(time.Minute))
		read(cache.Recent(time.Minute))
		source.checkReads(t, slices.Concat(once, once)...)
		read(cache.Fresh()) // a check never takes what is held
		source.checkReads(t, slices.Concat(once, once, once)...)
	})
}
