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
}

var _ billing.Source = Fresh{}

// Fresh returns the source behind the cache.
func (c *Cache) Fresh() Fresh { return Fresh{c} }

// Usage is Source.Usage. After an error the cache is as before.
func (a Fresh) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	begun := a.cache.months.depart()
	rows, err := a.cache.source.Usage(ctx, months)
	if err != nil {
		return nil, err
	}
	a.cache.months.file(months, rows, begun)
	return rows, nil
}

// ServiceUsage is Source.ServiceUsage. The cache keeps small results, for Recent and for questions.
func (a Fresh) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return a.cache.readServices(ctx, query, page)
}

// Recent reads past a Cache like Fresh, but takes what any caller has read a short while ago: for people who ask again and again what a check
// would make of the figures.
type Recent struct {
	cache  *Cache
	within time.Duration
}

var _ billing.Source = Recent{}

// Recent returns the source behind the cache. It does not read again what the cache has read within so much business time.
func (c *Cache) Recent(within time.Duration) Recent { return Recent{c, within} }

// Usage is Source.Usage.
func (r Recent) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	if rows, ok := r.cache.months.readSince(months, r.since()); ok {
		return rows, nil
	}
	return r.cache.Fresh().Usage(ctx, months)
}

// ServiceUsage is Source.ServiceUsage. Callers that want the same share one read.
func (r Recent) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return r.cache.serviceUsage(ctx, query, page, func(held *lot[billing.ServiceUsage]) bool { return held.readAt.After(r.since()) })
}

func (r Recent) since() time.Time { return r.cache.config.Now().Add(-r.within) }
