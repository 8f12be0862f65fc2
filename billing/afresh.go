package billing

import "context"

// Afresh reads past a Cache, for those who must not decide on what was held, such as a check. What it reads is held for
// everybody else, so that an answer never shows an older figure than an alert before it.
type Afresh struct {
	cache *Cache
}

var _ Source = Afresh{}

// Afresh returns the source behind the cache.
func (c *Cache) Afresh() Afresh { return Afresh{c} }

// Usage is Source.Usage. An error leaves what is held as it was.
func (a Afresh) Usage(ctx context.Context, months Range) ([]Usage, error) {
	readAt := a.cache.config.Now()
	rows, err := a.cache.source.Usage(ctx, months)
	if err != nil {
		return nil, err
	}
	a.cache.months.file(months, rows, readAt)
	return rows, nil
}

// ServiceUsage is Source.ServiceUsage.
func (a Afresh) ServiceUsage(ctx context.Context, query ServiceQuery, page func([]ServiceUsage) error) error {
	return a.cache.source.ServiceUsage(ctx, query, page)
}
