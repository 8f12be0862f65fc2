package source

import (
	"context"
	"time"

	"budgetbot/billing"
)

// Fresh reads past a Cache, for callers such as a check that must not decide on cached figures. The cache keeps what Fresh reads, so that an
// answer never shows an older figure than an alert before it.
type Fresh struct {
	cache *Cache
	// within is how old, in business time, a read of any caller may be that is taken instead; 0 for none.
	within time.Duration
}

var _ billing.Source = Fresh{}

// Fresh returns the source behind the cache.
func (c *Cache) Fresh() Fresh { return Fresh{cache: c} }

// Recent returns the source behind the cache. It does not read again what the cache has read within so much business time: for people
// who ask again and again what a check would make of the figures.
func (c *Cache) Recent(within time.Duration) Fresh { return Fresh{c, within} }

// Usage is Source.Usage. After an error the cache is as before.
func (a Fresh) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	if a.within > 0 {
		if rows, ok := a.cache.months.readSince(months, a.since()); ok {
			return rows, nil
		}
	}
	return a.cache.months.readNow(ctx, months)
}

// ServiceUsage is Source.ServiceUsage. Services that Fastly no longer corrects are read once for everybody. The cache keeps small results, for
// Recent and for questions. Callers of Recent that want the same share one read.
func (a Fresh) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	if a.within == 0 {
		handed, err := a.cache.heldServices(ctx, query, page, func(held age, _ bool) bool { return held.final })
		if handed || err != nil {
			return err
		}
		return a.cache.readServices(ctx, query, page)
	}
	isGood := func(held age, _ bool) bool { return held.final || held.readAt.After(a.since()) }
	return a.cache.shareServices(ctx, flightKey{query, a.within}, page, isGood)
}

func (a Fresh) since() time.Time { return a.cache.now().Add(-a.within) }
