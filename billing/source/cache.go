package source

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
)

const (
	failFor      = 15 * time.Second // after a failed read, in which the month is not read again
	readTimeout  = 90 * time.Second // for one read of the source, however many wait for it
	servicesTime = 5 * time.Minute  // for one read by service: a hundred thousand services come in a thousand pages
	patience     = 10 * time.Second // for which a question waits for a read if the cache has an older answer

	maxRows        = 100_000 // cached usage rows, or lines of bills: about 40 MB
	maxJoinedRows  = 20_000  // usage rows that are cached a second time, as the answers of ranges
	maxServiceRows = 100_000 // cached service-level rows
	maxServiceRead = 10_000  // the largest service-level read that is cached, in rows
)

// How long a month is cached.
const (
	openFor   = 5 * time.Minute // one that is not over or has no row
	recentFor = time.Hour       // one that Fastly may still restate
	closedFor = 24 * time.Hour  // any earlier one
)

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
//
// Usage by service has no date: people read it beside that of the account. So while Fastly still counts a month, the account's rows of it are
// never older than services: they are read again, when somebody wants them, after services were read. If they moved, the services that
// the cache holds are forgotten. Services that a ServiceStore keeps are of use beside the account's figures alone that they were read beside.
type Cache struct {
	source billing.Source
	now    func() time.Time // business time
	origin func() billing.Origin
	months *monthly[billing.Usage]
	// flights are the running reads by service.
	flights *flights
	errands *errands
	kept    *kept // services that outlive the process; nil if they don't

	largest  int // service-level read that is cached, in rows
	mu       sync.Mutex
	services *shelf[billing.ServiceQuery, billing.ServiceUsage]
	joined   *shelf[billing.Range, joined]
	moves    map[billing.Month]int // how often the account's rows of a month moved
}

var _ billing.Reader = (*Cache)(nil)

// ErrClosed is the error of a cache that was closed.
var ErrClosed = errors.New("the cache is closed")

// NewCache returns an empty cache in front of the source. now is business time. origin returns where the source reads usage from, for
// Freshness.Source; call Forget when it changes. It may be nil. Close the cache in the end.
func NewCache(source billing.Source, now func() time.Time, origin func() billing.Origin) *Cache {
	c := &Cache{source: source, now: now, origin: origin, largest: maxServiceRead, moves: map[billing.Month]int{}}
	c.clear()
	c.flights = newFlights(maxFlightRows)
	c.errands = newErrands(c.ServiceUsage)
	c.months = newMonthly(monthlyConfig[billing.Usage]{
		what: "usage", now: now, read: source.Usage, month: func(u billing.Usage) billing.Month { return u.Month },
		most: maxRows, weight: single[billing.Usage], openFor: openFor, keep: keepUsage[billing.Usage], changed: c.dropMoved,
	})
	return c
}

// Close cancels the running reads and waits for them.
func (c *Cache) Close() {
	c.errands.close()
	c.months.close()
	c.flights.shut()
}

// Forget empties the cache, because usage now comes from another source. The result of a running read goes only to the callers that wait for
// it.
func (c *Cache) Forget() {
	c.months.forget()
	c.flights.closeTo(func(billing.ServiceQuery) bool { return true })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear() // a read under way puts its rows on the shelf before
}

func (c *Cache) clear() {
	c.services = newShelf[billing.ServiceQuery](maxServiceRows, single[billing.ServiceUsage])
	c.joined = newShelf[billing.Range](maxJoinedRows, func(j joined) int { return len(j.reading.Rows) })
}

// Read returns the rows of every month of the range. If a new read fails it returns the rows of the last one, with the reason in
// Freshness.Stale; it fails only if a month was never read.
func (c *Cache) Read(ctx context.Context, months billing.Range) (billing.Reading, error) {
	if err := months.Check(); err != nil {
		return billing.Reading{}, err
	}
	parts, err := c.months.plan(ctx, months)
	if err != nil {
		return billing.Reading{}, err
	}
	if err := waitFor(ctx, patience, parts); err != nil {
		return billing.Reading{}, err
	}
	reading, err := c.join(months, parts)
	if err == nil && c.origin != nil {
		reading.Fresh.Source = c.origin()
	}
	return reading, err
}

// joined is the Reading of a range, and the lots that it was put together from.
type joined struct {
	lots    []*lot[billing.Usage]
	reading billing.Reading
}

// join puts the months together. Questions about the same months share one Reading for as long as none of the months is read again.
func (c *Cache) join(months billing.Range, parts []part[billing.Usage]) (billing.Reading, error) {
	c.mu.Lock()
	before := c.joined.get(months)
	c.mu.Unlock()
	if before != nil && slices.EqualFunc(before.rows[0].lots, parts, isHeld) {
		return before.rows[0].reading, nil
	}
	rows, fresh, err := assemble(parts)
	if err != nil {
		return billing.Reading{}, err
	}
	next := joined{reading: billing.NewReading(rows, fresh, months)}
	for _, p := range parts {
		next.lots = append(next.lots, p.held)
	}
	if slices.EqualFunc(next.lots, parts, isHeld) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.joined.put(months, []joined{next}, c.now())
	}
	return next.reading, nil
}

// isHeld reports whether the month still comes from that lot, with no read under way and none failed.
func isHeld(l *lot[billing.Usage], p part[billing.Usage]) bool {
	return l != nil && p.held == l && p.flight == nil && p.err == nil
}

// dropMoved forgets the services of a month that were read before the account's rows moved.
func (c *Cache) dropMoved(m billing.Month, before, after []billing.Usage) {
	if !billing.Moved(before, after) {
		return
	}
	isOfMonth := func(q billing.ServiceQuery) bool { return q.Month == m }
	c.flights.closeTo(isOfMonth)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moves[m]++
	c.services.drop(isOfMonth)
}
