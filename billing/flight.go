package billing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// flight is one read of the source. Its last two fields may be looked at once done is closed.
type flight struct {
	readAt time.Time
	done   chan struct{}
	rows   map[Month][]Usage
	err    error
}

// begin starts to read months that nobody is reading. The lock is held.
func (c *Cache) begin(months Range, now time.Time) {
	f := &flight{readAt: now, done: make(chan struct{})}
	for _, m := range months.Months() {
		c.flights[m] = f
	}
	c.reading.Go(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.config.Timeout)
		defer cancel()
		rows, err := c.ask(ctx, months)
		c.land(months, f, rows, err)
	})
}

// ask reads the source and turns a panic there into an error, since nobody above a flight could.
func (c *Cache) ask(ctx context.Context, months Range) (rows []Usage, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic while usage was read: %v", r)
		}
	}()
	return c.source.Usage(ctx, months)
}

// land files what a flight brought and lets its callers go on.
func (c *Cache) land(months Range, f *flight, rows []Usage, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(f.done)
	f.rows, f.err = byMonth(rows), err
	for _, m := range months.Months() {
		delete(c.flights, m)
	}
	if err != nil {
		c.fail(months, err)
		return
	}
	c.file(months, f)
}

// file keeps a successful read. The lock is held.
func (c *Cache) file(months Range, f *flight) {
	for _, m := range months.Months() {
		delete(c.failed, m)
		c.held.put(m, f.rows[m], f.readAt)
	}
}

// fail remembers a failure for a while, as long as Fastly wants to be left alone. The lock is held.
func (c *Cache) fail(months Range, err error) {
	now := c.config.Now()
	maps.DeleteFunc(c.failed, func(_ Month, old failure) bool { return !now.Before(old.until) })
	wait := c.config.FailFor
	if api, ok := errors.AsType[*APIError](err); ok {
		wait = max(wait, min(api.RetryAfter, c.config.OpenFor))
	}
	for _, m := range months.Months() {
		c.failed[m] = failure{err, now.Add(wait)}
	}
}

func byMonth(rows []Usage) map[Month][]Usage {
	months := map[Month][]Usage{}
	for _, u := range rows {
		months[u.Month] = append(months[u.Month], u)
	}
	return months
}

func everyMetric(Metric) bool { return true }

// part is where one month of a Read comes from: what is held, and, where that is not fresh, the read under way or the reason
// for which there is none.
type part struct {
	month  Month
	held   *lot[Usage]
	flight *flight
	err    error
}

// wait returns once the read under way is over, or once patience is and something older is held. It is an error only where
// the caller gave up.
func (p *part) wait(ctx, patience context.Context) error {
	if p.flight == nil {
		return nil
	}
	if p.held == nil {
		patience = ctx
	}
	select {
	case <-p.flight.done:
		p.err = p.flight.err
	case <-patience.Done():
		if ctx.Err() != nil {
			return fmt.Errorf("wait for usage of %s: %w", p.month, ctx.Err())
		}
		p.err = ErrTimeout
	}
	return nil
}

// result returns the newest rows there are, and in stale why they are not newer. It is an error if there are none.
func (p *part) result() (rows []Usage, readAt time.Time, stale, err error) {
	switch {
	case p.flight != nil && p.err == nil:
		return p.flight.rows[p.month], p.flight.readAt, nil, nil
	case p.held != nil:
		return p.held.rows, p.held.readAt, p.err, nil
	}
	return nil, time.Time{}, nil, p.err
}

// assemble puts the months together. The age is that of the newest month, or, where any is stale, of the oldest stale one.
func assemble(parts []part) (Reading, error) {
	var reading Reading
	var oldest time.Time
	lots := make([][]Usage, len(parts))
	for i, p := range parts {
		rows, readAt, stale, err := p.result()
		if err != nil {
			return Reading{}, err
		}
		lots[i], reading.Fresh.ReadAt = rows, readAt
		if stale != nil && (oldest.IsZero() || readAt.Before(oldest)) {
			oldest, reading.Fresh.Stale = readAt, staleReason(stale)
		}
	}
	if !oldest.IsZero() {
		reading.Fresh.ReadAt = oldest
	}
	reading.Rows = slices.Concat(lots...)
	months := Range{parts[0].month, parts[len(parts)-1].month}
	reading.Fresh.CountedTo = CountedTo(reading.Rows, newest(reading.Rows, months), everyMetric)
	return reading, nil
}

// staleReason says in a few words why Fastly could not be asked again.
func staleReason(err error) string {
	reasons := []struct {
		kind error
		text string
	}{
		{ErrUnauthorised, "Fastly no longer accepts the token"},
		{ErrForbidden, "Fastly no longer lets the token read usage"},
		{ErrRateLimited, "Fastly asks to be left alone for a while"},
		{ErrTimeout, "Fastly did not answer in time"},
		{ErrReset, "the connection to Fastly broke"},
		{ErrUnreachable, "Fastly cannot be reached"},
		{ErrUnavailable, "Fastly has a fault"},
		{ErrNotUnderstood, "Fastly's answer was not understood"},
	}
	for _, r := range reasons {
		if errors.Is(err, r.kind) {
			return r.text
		}
	}
	return "Fastly could not be asked"
}
