package source

import (
	"context"
	"slices"
	"time"

	"budgetbot/billing"
)

// How long services are cached that were read before they were final.
const (
	openServicesFor   = 10 * time.Minute // of a month that is not over, or without any row
	closedServicesFor = 24 * time.Hour   // of one that Fastly may still correct
)

// age is how old services are.
type age struct {
	readAt time.Time
	final  bool // Fastly no longer corrects them
}

// isFinal reports whether Fastly no longer corrected the month when these rows of it were read. What could not be read, or was not there, may
// still come.
func isFinal(m billing.Month, readAt time.Time, rows []billing.ServiceUsage) bool {
	isUnread := func(u billing.ServiceUsage) bool { return u.Unread != "" }
	return isCorrected(m, readAt) && len(rows) > 0 && !slices.ContainsFunc(rows, isUnread)
}

// isCorrected reports whether Fastly no longer corrects the month at that instant.
func isCorrected(m billing.Month, at time.Time) bool {
	return !at.Before(m.End().Add(billing.RestatedFor))
}

// isFresh reports whether a question takes services of that age: final ones, those of a month that is over for a day, and others for minutes.
func (c *Cache) isFresh(m billing.Month, a age, isEmpty bool) bool {
	lasts := closedServicesFor
	if !m.IsOver(a.readAt) || isEmpty && !isCorrected(m, a.readAt) {
		lasts = openServicesFor
	}
	return a.final || c.now().Sub(a.readAt) < lasts
}

// wanted decides whether services are new enough for a caller.
type wanted func(a age, isEmpty bool) bool

// ServiceUsage reads service-level usage from Fastly, unless it is cached or kept. Callers that want the same share one read, which goes on
// while any of them waits, and to its end after a caller whose time is up. It never returns stale rows: a failed read is an error.
func (c *Cache) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	return c.shareServices(ctx, flightKey{ServiceQuery: query}, page, func(a age, isEmpty bool) bool { return c.isFresh(query.Month, a, isEmpty) })
}

// Finish reads, a few at a time and while nobody waits, services that a question had no time for, so that the next one who asks has them.
func (c *Cache) Finish(queries []billing.ServiceQuery) { c.errands.add(queries) }

// shareServices hands over services that are new enough, or has them read for all callers with the same key.
func (c *Cache) shareServices(ctx context.Context, key flightKey, page func([]billing.ServiceUsage) error, isGood wanted) error {
	read := func(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
		if handed, err := c.heldServices(ctx, query, page, isGood); handed || err != nil {
			return err
		}
		return c.readServices(ctx, query, page)
	}
	for {
		if held := c.cachedServices(key.ServiceQuery, isGood); held != nil {
			return page(slices.Clone(held.rows))
		}
		full, err := c.flights.ride(ctx, key, read, page)
		if full == nil {
			return err
		}
		select {
		case <-full:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// cachedServices returns rows in memory that are new enough, nil if there are none.
func (c *Cache) cachedServices(query billing.ServiceQuery, isGood wanted) *lot[billing.ServiceUsage] {
	c.mu.Lock()
	held := c.services.get(query)
	c.mu.Unlock()
	if held == nil || !isGood(age{held.readAt, isFinal(query.Month, held.readAt, held.rows)}, len(held.rows) == 0) {
		return nil
	}
	return held
}

// heldServices hands over rows in memory, or in the store, that are new enough. It reports false if there are none.
func (c *Cache) heldServices(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error, isGood wanted) (handed bool, err error) {
	if held := c.cachedServices(query, isGood); held != nil {
		return true, page(slices.Clone(held.rows))
	}
	if c.kept == nil {
		return false, nil
	}
	beside, accountAt := c.beside(query)
	found := c.kept.find(ctx, query)
	if beside == "" || found.Edition == "" || found.Beside != beside || !isGood(age{found.ReadAt, found.IsFinal}, found.Parts == 0) {
		return false, nil
	}
	if !query.Month.IsSettled(c.now()) && !accountAt.After(found.ReadAt) {
		defer c.months.outdate(query.Month)
	}
	filing := c.file(query, found.ReadAt)
	handed, err = c.kept.hand(ctx, query, found, func(rows []billing.ServiceUsage) error {
		filing.add(rows)
		return page(rows)
	})
	if handed && err == nil {
		filing.end()
	}
	return handed, err
}

// readServices makes one read of services. It caches a small result, and keeps any in the store; a check does not keep a month that runs.
func (c *Cache) readServices(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	ctx, cancel := context.WithTimeout(ctx, servicesTime)
	defer cancel()
	now := c.now()
	beside, _ := c.beside(query)
	filing := c.file(query, now)
	if beside != "" && (query.Month.IsOver(now) || !billing.IsForCheck(ctx)) {
		filing.edition = c.kept.begin(query)
	}
	if !query.Month.IsSettled(now) {
		defer c.months.outdate(query.Month)
	}
	err := c.source.ServiceUsage(ctx, query, func(rows []billing.ServiceUsage) error {
		filing.add(rows)
		filing.edition.add(ctx, rows)
		return page(rows)
	})
	if err != nil {
		return err
	}
	if besideNow, _ := c.beside(query); filing.end() && besideNow == beside {
		filing.edition.end(ctx, billing.KeptServices{ReadAt: c.now(), Beside: beside, IsFinal: isCorrected(query.Month, now)})
	}
	return nil
}

// filing is a read of services that goes into the cache if it is small.
type filing struct {
	cache   *Cache
	query   billing.ServiceQuery
	readAt  time.Time
	shelf   *shelf[billing.ServiceQuery, billing.ServiceUsage] // for its rows: Cache.services when it began
	moves   int
	rows    []billing.ServiceUsage
	large   bool
	edition *edition // nil if it is not kept
}

func (c *Cache) file(query billing.ServiceQuery, readAt time.Time) *filing {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &filing{cache: c, query: query, readAt: readAt, shelf: c.services, moves: c.moves[query.Month]}
}

// add takes a page.
func (f *filing) add(rows []billing.ServiceUsage) {
	if f.large = f.large || len(f.rows)+len(rows) > f.cache.largest; f.large {
		f.rows = nil
		return
	}
	f.rows = append(f.rows, rows...)
}

// end caches a small read, and reports false if the account's rows moved meanwhile, or come from another source now.
func (f *filing) end() bool {
	c := f.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moves[f.query.Month] != f.moves || c.services != f.shelf {
		return false
	}
	if !f.large {
		f.shelf.put(f.query, f.rows, f.readAt)
	}
	return true
}
