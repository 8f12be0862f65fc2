package source

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
)

// monthly caches usage or bills by month. Callers that want the same month share one read.
type monthly[V any] struct {
	monthlyConfig[V]
	ctx     context.Context // ends with close; reads outlive the callers that began them
	cancel  context.CancelFunc
	reading sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	held    *shelf[billing.Month, V]
	flights map[billing.Month]*flight[V]
	failed  map[billing.Month]failure
	reads   int // begun so far
	// outdated are the months that only a later read is good enough for, with the number of reads begun before.
	outdated map[billing.Month]int
}

// monthlyConfig is what monthly caches, and for how long.
type monthlyConfig[V any] struct {
	what string           // for errors
	now  func() time.Time // business time
	// openFor is how long a month that is not over is cached, and a failure at most.
	openFor time.Duration
	keep    func(m billing.Month, readAt time.Time, rows []V) time.Duration
	read    func(ctx context.Context, months billing.Range) ([]V, error)
	month   func(V) billing.Month
	weight  func(V) int // of the shelf's most
	most    int
	// changed is called, with the lock, when a month's rows replace others. It may be nil.
	changed func(m billing.Month, before, after []V)
}

func newMonthly[V any](config monthlyConfig[V]) *monthly[V] {
	ctx, cancel := context.WithCancel(context.Background())
	return &monthly[V]{
		monthlyConfig: config, ctx: ctx, cancel: cancel,
		held: config.emptyShelf(), flights: map[billing.Month]*flight[V]{}, failed: map[billing.Month]failure{},
		outdated: map[billing.Month]int{},
	}
}

func (c monthlyConfig[V]) emptyShelf() *shelf[billing.Month, V] {
	return newShelf[billing.Month](c.most, c.weight)
}

// close cancels the running reads and waits for them.
func (c *monthly[V]) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.cancel()
	c.reading.Wait()
}

// failure is why a month could not be read, and until when callers get that as the answer.
type failure struct {
	err   error
	until time.Time
}

// plan looks every month up and begins to read the missing ones, consecutive months in one read. A read outlives ctx.
func (c *monthly[V]) plan(ctx context.Context, months billing.Range) ([]part[V], error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	now := c.now()
	asked := months.Months()
	var missing []billing.Month
	parts := make([]part[V], 0, len(asked))
	for _, m := range asked {
		p := part[V]{what: c.what, month: m, held: c.held.get(m)}
		if !c.isFresh(m, p.held, now) {
			if p.flight, p.err = c.flight(m), c.failure(m, now); p.flight == nil && p.err == nil {
				missing = append(missing, m)
			}
		}
		parts = append(parts, p)
	}
	for _, run := range runs(missing) {
		c.begin(ctx, run, now)
	}
	for i := range parts {
		if p := &parts[i]; slices.Contains(missing, p.month) {
			p.flight = c.flights[p.month]
		}
	}
	return parts, nil
}

func (c *monthly[V]) isFresh(m billing.Month, held *lot[V], now time.Time) bool {
	_, outdated := c.outdated[m]
	return held != nil && !outdated && now.Sub(held.readAt) < c.keep(m, held.readAt, held.rows)
}

// flight returns the running read of the month; nil if there is none, or none that is late enough.
func (c *monthly[V]) flight(m billing.Month) *flight[V] {
	if f := c.flights[m]; f != nil && f.number > c.outdated[m] {
		return f
	}
	return nil
}

// outdate makes the cache read the month again, for the next caller that wants it.
func (c *monthly[V]) outdate(m billing.Month) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.outdated[m] = c.reads
}

// failure returns why a recent read of the month failed, nil if none did.
func (c *monthly[V]) failure(m billing.Month, now time.Time) error {
	if failed, found := c.failed[m]; found && now.Before(failed.until) {
		return failed.err
	}
	return nil
}

// runs joins months that follow each other.
func runs(months []billing.Month) []billing.Range {
	var joined []billing.Range
	for _, m := range months {
		if n := len(joined); n > 0 && joined[n-1].Last.Add(1) == m {
			joined[n-1].Last = m
			continue
		}
		joined = append(joined, billing.One(m))
	}
	return joined
}

// flight is one read of the source. Read its last two fields only after done is closed.
type flight[V any] struct {
	number int // of all reads, the first being 1
	readAt time.Time
	shelf  *shelf[billing.Month, V] // for its rows: monthly.held when it began
	done   chan struct{}
	rows   map[billing.Month][]V
	err    error
}

// newFlight returns a read that begins now. The caller has the lock.
func (c *monthly[V]) newFlight(now time.Time) *flight[V] {
	c.reads++
	return &flight[V]{number: c.reads, readAt: now, shelf: c.held, done: make(chan struct{})}
}

// begin starts a read of months. The caller has the lock.
func (c *monthly[V]) begin(asker context.Context, months billing.Range, now time.Time) {
	f := c.newFlight(now)
	for _, m := range months.Months() {
		c.flights[m] = f
	}
	c.reading.Go(func() {
		ctx, cancel := context.WithTimeout(billing.Likewise(c.ctx, asker), readTimeout)
		defer cancel()
		rows, err := c.ask(ctx, months)
		c.land(months, f, rows, err)
	})
}

// ask reads the source and turns a panic there into an error, since a flight has no caller that could recover it.
func (c *monthly[V]) ask(ctx context.Context, months billing.Range) (rows []V, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a read of %s: %v", c.what, r)
		}
	}()
	return c.read(ctx, months)
}

// land files the result of a flight and lets its callers go on.
func (c *monthly[V]) land(months billing.Range, f *flight[V], rows []V, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	f.rows, f.err = c.byMonth(months, rows), err
	if f.shelf != c.held {
		return // the cache was emptied meanwhile
	}
	maps.DeleteFunc(c.flights, func(_ billing.Month, flying *flight[V]) bool { return flying == f })
	if err != nil {
		c.fail(months, err)
		return
	}
	c.file(f)
}

// readNow reads past the cache, which keeps the result unless it was emptied meanwhile. After an error the cache is as before.
func (c *monthly[V]) readNow(ctx context.Context, months billing.Range) ([]V, error) {
	c.mu.Lock()
	f := c.newFlight(c.now())
	c.mu.Unlock()
	rows, err := c.read(ctx, months)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.rows = c.byMonth(months, rows); f.shelf == c.held {
		c.file(f)
	}
	return rows, nil
}

// file caches a successful read, also of a month that was not asked for, such as an estimate of the last one. The caller has the lock.
func (c *monthly[V]) file(f *flight[V]) {
	for _, m := range slices.SortedFunc(maps.Keys(f.rows), billing.Month.Compare) {
		delete(c.failed, m)
		if f.number > c.outdated[m] {
			delete(c.outdated, m)
		}
		var before []V
		if held := c.held.get(m); held != nil {
			before = held.rows
		}
		c.held.put(m, f.rows[m], f.readAt)
		if c.changed != nil {
			c.changed(m, before, f.rows[m])
		}
	}
}

// fail remembers a failure for failFor, or longer if Fastly asks to wait, up to openFor. The caller has the lock.
func (c *monthly[V]) fail(months billing.Range, err error) {
	now := c.now()
	maps.DeleteFunc(c.failed, func(_ billing.Month, old failure) bool { return !now.Before(old.until) })
	wait := failFor
	if api, ok := errors.AsType[*billing.APIError](err); ok {
		wait = max(wait, min(api.RetryAfter, c.openFor))
	}
	if errors.Is(err, billing.ErrNoEstimate) { // a fact about the account, not a failure
		wait = c.openFor
	}
	for _, m := range months.Months() {
		c.failed[m] = failure{err, now.Add(wait)}
	}
}

// byMonth splits rows by month; every month that was asked for is there, if only without rows.
func (c *monthly[V]) byMonth(asked billing.Range, rows []V) map[billing.Month][]V {
	months := map[billing.Month][]V{}
	for _, m := range asked.Months() {
		months[m] = nil
	}
	for _, row := range rows {
		months[c.month(row)] = append(months[c.month(row)], row)
	}
	return months
}

// readSince returns the rows of every month of the range if all of them were read after that instant.
func (c *monthly[V]) readSince(months billing.Range, since time.Time) (rows []V, ok bool) {
	if months.Check() != nil {
		return nil, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range months.Months() {
		held := c.held.get(m)
		if _, outdated := c.outdated[m]; outdated || held == nil || !held.readAt.After(since) {
			return nil, false
		}
		rows = append(rows, held.rows...)
	}
	return rows, true
}

// peek returns the cached lot of a month, whatever its age.
func (c *monthly[V]) peek(m billing.Month) []V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held := c.held.get(m); held != nil {
		return held.rows
	}
	return nil
}

// newest returns the cached lot of a month, nil if there is none.
func (c *monthly[V]) newest(m billing.Month) *lot[V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held.get(m)
}

// forget empties the cache and detaches the running reads: only the callers that wait for one get its result.
func (c *monthly[V]) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held = c.emptyShelf()
	clear(c.failed)
	clear(c.flights)
	clear(c.outdated)
}
