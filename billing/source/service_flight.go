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

// maxFlightRows bounds the rows that all running reads together keep for callers that join later: about 2.5 MB.
const maxFlightRows = 10_000

// serviceRead is billing.Source.ServiceUsage.
type serviceRead func(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error

// flightKey is what callers who share a read have in common: what they ask for, and how new it has to be.
type flightKey struct {
	billing.ServiceQuery

	within time.Duration
}

// flights are the running reads by service. Callers that ask for the same share one.
type flights struct {
	most int // rows kept for those who join later
	// waits has a caller who comes too late to join a read wait for its end: then it is kept.
	waits bool

	base    context.Context // ends with shut; a read outlives the caller that began it
	end     context.CancelFunc
	reading sync.WaitGroup

	mu     sync.Mutex
	taken  *sync.Cond // with mu: a passenger took a page, or left
	closed bool
	kept   int // rows
	open   map[flightKey]*serviceFlight
	full   map[flightKey]*serviceFlight // under way, and closed to further callers since they keep too many rows
}

func newFlights(most int) *flights {
	f := &flights{most: most, open: map[flightKey]*serviceFlight{}, full: map[flightKey]*serviceFlight{}}
	f.base, f.end = context.WithCancel(context.Background())
	f.taken = sync.NewCond(&f.mu)
	return f
}

// shut cancels the running reads and waits for them.
func (f *flights) shut() {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.end()
	f.taken.Broadcast()
	f.reading.Wait()
}

// serviceFlight is one running read. flights.mu guards its fields.
type serviceFlight struct {
	key     flightKey
	end     context.CancelFunc
	pages   [][]billing.ServiceUsage // from the one that the slowest passenger wants next; from the first while others may join
	gone    int                      // pages that every passenger has had
	rows    int                      // of pages that are kept for others to join
	boarded map[*passenger]bool
	changed chan struct{} // closed and made again when a page came, and at the end
	landed  chan struct{} // closed at the end
	over    bool
	err     error
}

// passenger is a caller of a flight; at is the next page for it.
type passenger struct{ at int }

// ride hands every page of the query to page, from a read that callers with the same key share. page runs in the caller's own goroutine. The
// read goes on while any caller waits, and if the last one ran out of time: the next one who asks will have it. If the caller comes too late to
// join a read whose end is worth waiting for, ride returns a channel that is closed then.
func (f *flights) ride(ctx context.Context, key flightKey, read serviceRead, page func([]billing.ServiceUsage) error) (full <-chan struct{}, err error) {
	one := &passenger{}
	flight, full := f.board(key, read, one) //nolint:contextcheck // the read is shared and outlives its first caller
	if flight == nil {
		if full == nil {
			err = ErrClosed
		}
		return full, err
	}
	defer func() { f.leave(flight, one, errors.Is(ctx.Err(), context.DeadlineExceeded)) }()
	for {
		rows, changed, err := f.next(flight, one)
		switch {
		case err != nil:
			return nil, err
		case changed != nil:
			select {
			case <-changed:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		case rows == nil:
			return nil, nil
		default:
			if err := page(slices.Clone(rows)); err != nil { // others read the same rows
				return nil, err
			}
		}
	}
}

// board joins the read of the key, or begins one. It returns no flight after shut, and if a full one is worth waiting for.
func (f *flights) board(key flightKey, read serviceRead, one *passenger) (*serviceFlight, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, nil
	}
	flight := f.open[key]
	if full := f.full[key]; flight == nil && full != nil && f.waits {
		return nil, full.landed
	}
	if flight == nil {
		ctx, cancel := context.WithCancel(f.base)
		flight = &serviceFlight{key: key, end: cancel, boarded: map[*passenger]bool{}, changed: make(chan struct{}), landed: make(chan struct{})}
		f.open[key] = flight
		f.reading.Go(func() {
			defer cancel()
			f.land(flight, f.fly(ctx, flight, read))
		})
	}
	flight.boarded[one] = true
	return flight, nil
}

// fly makes the read. It turns a panic into an error, since no caller could recover it.
func (f *flights) fly(ctx context.Context, flight *serviceFlight, read serviceRead) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a read of services: %v", r)
		}
	}()
	return read(ctx, flight.key.ServiceQuery, func(rows []billing.ServiceUsage) error {
		f.arrive(flight, rows)
		return ctx.Err()
	})
}

// arrive takes a page. If the flights would keep more than maxFlightRows, it closes this one to further callers and waits until every
// passenger has had the page.
func (f *flights) arrive(flight *serviceFlight, rows []billing.ServiceUsage) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if rows == nil {
		rows = []billing.ServiceUsage{}
	}
	flight.pages = append(flight.pages, rows)
	if f.open[flight.key] == flight {
		f.kept += len(rows)
		flight.rows += len(rows)
		if f.kept > f.most {
			f.close(flight)
			f.full[flight.key] = flight
		}
	}
	flight.wake()
	for f.open[flight.key] != flight && len(flight.pages) > 0 && len(flight.boarded) > 0 && !f.closed {
		f.taken.Wait()
	}
	if f.open[flight.key] != flight {
		flight.drop()
	}
}

// land ends the flight.
func (f *flights) land(flight *serviceFlight, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	flight.over, flight.err = true, err
	f.close(flight)
	if f.full[flight.key] == flight {
		delete(f.full, flight.key)
	}
	close(flight.landed)
	flight.wake()
}

// closeTo closes running reads to further callers.
func (f *flights) closeTo(these func(billing.ServiceQuery) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, flight := range f.open {
		if these(key.ServiceQuery) {
			f.close(flight)
		}
	}
	maps.DeleteFunc(f.full, func(key flightKey, _ *serviceFlight) bool { return these(key.ServiceQuery) })
}

// close closes the flight to further callers. The caller has the lock.
func (f *flights) close(flight *serviceFlight) {
	if f.open[flight.key] != flight {
		return
	}
	delete(f.open, flight.key)
	f.kept -= flight.rows
	flight.drop()
}

func (s *serviceFlight) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// drop frees the pages that every passenger has had.
func (s *serviceFlight) drop() {
	least := s.gone + len(s.pages)
	for one := range s.boarded {
		least = min(least, one.at)
	}
	s.pages = slices.Delete(s.pages, 0, least-s.gone)
	s.gone = least
}

// next returns the passenger's next page, or a channel to wait on until there is one, or neither at the end.
func (f *flights) next(flight *serviceFlight, one *passenger) ([]billing.ServiceUsage, <-chan struct{}, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := one.at - flight.gone; i < len(flight.pages) {
		rows := flight.pages[i]
		one.at++
		if f.open[flight.key] != flight {
			flight.drop()
			f.taken.Broadcast()
		}
		return rows, nil, nil
	}
	if !flight.over {
		return nil, flight.changed, nil
	}
	return nil, nil, flight.err
}

// leave ends a flight after its last passenger, unless it is to go on.
func (f *flights) leave(flight *serviceFlight, one *passenger, goesOn bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(flight.boarded, one)
	if len(flight.boarded) == 0 && !goesOn {
		f.close(flight)
		delete(f.full, flight.key)
		flight.end()
	}
	if f.open[flight.key] != flight {
		flight.drop() // the others may have had all that this one has not
	}
	f.taken.Broadcast()
}
