package source

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
)

// CacheConfig is what a cache is given. Zero fields take the defaults.
type CacheConfig struct {
	Now func() time.Time // business time; default time.Now
	// Origin returns where the source reads usage from, for Freshness.Source; nil leaves that empty. Call Forget when it changes.
	Origin func() billing.Origin

	FailFor  time.Duration // how long after a failed read the month is not read again; default 15 s
	Timeout  time.Duration // for one read of the source, however many wait for it; default 90 s
	Patience time.Duration // how long a question waits for a read where the cache has an older answer; default 10 s

	MaxRows        int // cached usage rows, or lines of bills; default 100,000, about 40 MB
	MaxServiceRows int // cached service-level rows; default 100,000
	MaxServiceRead int // the largest service-level read that is cached, in rows; default 10,000
}

// How long a month is cached.
const (
	openFor   = 5 * time.Minute // one that is not over or has no row
	recentFor = time.Hour       // one that Fastly may still restate
	closedFor = 24 * time.Hour  // any earlier one
)

func (c CacheConfig) withDefaults() CacheConfig {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.FailFor = cmp.Or(c.FailFor, 15*time.Second)
	c.Timeout = cmp.Or(c.Timeout, 90*time.Second)
	c.Patience = cmp.Or(c.Patience, 10*time.Second)
	c.MaxRows = cmp.Or(c.MaxRows, 100_000)
	c.MaxServiceRows = cmp.Or(c.MaxServiceRows, 100_000)
	c.MaxServiceRead = cmp.Or(c.MaxServiceRead, 10_000)
	return c
}

// keepUsage returns how long a month that was read at that instant stays in the cache.
func keepUsage[V any](m billing.Month, readAt time.Time, rows []V) time.Duration {
	switch {
	case len(rows) == 0 || !m.IsOver(readAt):
		return openFor
	case readAt.Before(m.End().Add(billing.RestatedFor)):
		return recentFor
	}
	return closedFor
}

// Cache remembers usage by month, so that many questions cost few reads, and so that questions have an answer, marked with its age, while
// Fastly is down. Callers that want the same month share one read; a caller that gives up does not disturb the others. It may be used by
// many goroutines.
type Cache struct {
	source billing.Source
	config CacheConfig
	months *monthly[billing.Usage]
	// flights are the running reads by service.
	flights *flights

	mu       sync.Mutex
	services *shelf[billing.ServiceQuery, billing.ServiceUsage]
}

var _ billing.Reader = (*Cache)(nil)

// ErrClosed is the error of a cache that was closed.
var ErrClosed = errors.New("the cache is closed")

// NewCache returns an empty cache in front of the source. Close it in the end.
func NewCache(source billing.Source, config CacheConfig) *Cache {
	config = config.withDefaults()
	c := &Cache{
		source: source, config: config,
		months: newMonthly(monthlyConfig[billing.Usage]{
			what: "usage", times: config, read: source.Usage, month: func(u billing.Usage) billing.Month { return u.Month },
			most: config.MaxRows, weight: single[billing.Usage], openFor: openFor, keep: keepUsage[billing.Usage],
		}),
	}
	c.services = c.emptyShelf()
	c.flights = newFlights(c.readServices, maxFlightRows)
	return c
}

// Close cancels the running reads and waits for them.
func (c *Cache) Close() {
	c.months.close()
	c.flights.shut()
}

// Forget empties the cache, because usage now comes from another source. The result of a running read goes only to the callers that wait for
// it.
func (c *Cache) Forget() {
	c.months.forget()
	c.flights.forget()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.services = c.emptyShelf() // a read under way puts its rows on the one before
}

func (c *Cache) emptyShelf() *shelf[billing.ServiceQuery, billing.ServiceUsage] {
	return newShelf[billing.ServiceQuery](c.config.MaxServiceRows, single[billing.ServiceUsage])
}

// Read returns the rows of every month of the range. Where a new read fails it returns the rows of the last one, with the reason in
// Freshness.Stale; it fails only where a month was never read.
func (c *Cache) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	parts, err := c.months.plan(ctx, months)
	if err != nil {
		return billing.Reading{}, err
	}
	if err := waitFor(ctx, c.config.Patience, parts); err != nil {
		return billing.Reading{}, err
	}
	rows, fresh, err := assemble(parts)
	if err != nil {
		return billing.Reading{}, err
	}
	rows, unread := billing.Readable(rows)
	fresh.CountedTo = billing.CountedTo(rows, billing.Newest(rows, months), func(billing.Metric) bool { return true })
	if c.config.Origin != nil {
		fresh.Source = c.config.Origin()
	}
	return billing.Reading{Rows: rows, Unread: unread, Fresh: fresh}, nil
}

// ServiceUsage reads service-level usage and caches small results. Callers that want the same share one read, which goes on while any of them
// waits. It never returns stale rows: a failed read is an error.
func (c *Cache) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return c.serviceUsage(ctx, query, page, func(held *lot[billing.ServiceUsage]) bool {
		return c.config.Now().Sub(held.readAt) < keepUsage(query.Month, held.readAt, held.rows)
	})
}

// serviceUsage returns the cached rows where they are new enough.
func (c *Cache) serviceUsage(
	ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error, isGood func(*lot[billing.ServiceUsage]) bool,
) error {
	c.mu.Lock()
	held := c.services.get(query)
	c.mu.Unlock()
	if held != nil && isGood(held) {
		return page(slices.Clone(held.rows))
	}
	return c.flights.ride(ctx, query, page)
}

// readServices makes one read of services and caches a small result.
func (c *Cache) readServices(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	now := c.config.Now()
	c.mu.Lock()
	services := c.services
	c.mu.Unlock()
	var rows []billing.ServiceUsage
	large := false
	err := c.source.ServiceUsage(ctx, query, func(next []billing.ServiceUsage) error {
		if large = large || len(rows)+len(next) > c.config.MaxServiceRead; large {
			rows = nil
		} else {
			rows = append(rows, next...)
		}
		return page(next)
	})
	if err == nil && !large {
		c.mu.Lock()
		defer c.mu.Unlock()
		services.put(query, rows, now)
	}
	return err
}
