package source

import (
	"context"
	"time"

	"budgetbot/billing"
)

// Fresh reads past a Cache, for those who must not decide on what was held, such as a check. What it reads is held for
// everybody else, so that an answer never shows an older figure than an alert before it.
type Fresh struct {
	cache *Cache
}

var _ billing.Source = Fresh{}

// Fresh returns the source behind the cache.
func (c *Cache) Fresh() Fresh { return Fresh{c} }

// Usage is Source.Usage. An error leaves what is held as it was.
func (a Fresh) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	begun := a.cache.months.depart()
	rows, err := a.cache.source.Usage(ctx, months)
	if err != nil {
		return nil, err
	}
	a.cache.months.file(months, rows, begun)
	return rows, nil
}

// ServiceUsage is Source.ServiceUsage. What is small is held, for Recent and for questions.
func (a Fresh) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return a.cache.readServices(ctx, query, page)
}

// Recent reads past a Cache like Afresh, but takes what was read in the last while, by a check or by anybody: for people who want to
// know what a check would make of the figures, and ask again and again.
type Recent struct {
	cache  *Cache
	within time.Duration
}

var _ billing.Source = Recent{}

// Recent returns the source behind the cache. It does not read again what was read within so much business time.
func (c *Cache) Recent(within time.Duration) Recent { return Recent{c, within} }

// Usage is Source.Usage.
func (r Recent) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	if rows, ok := r.cache.months.readSince(months, r.since()); ok {
		return rows, nil
	}
	return r.cache.Fresh().Usage(ctx, months)
}

// ServiceUsage is Source.ServiceUsage. Those who want the same meanwhile share one read.
func (r Recent) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return r.cache.serviceUsage(ctx, query, page, func(held *lot[billing.ServiceUsage]) bool { return held.readAt.After(r.since()) })
}

func (r Recent) since() time.Time { return r.cache.config.Now().Add(-r.within) }
