package source

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"budgetbot/billing"
)

// maxFlightRows bounds the rows that all running reads together keep for callers that join later: about 5 MB.
const maxFlightRows = 20_000

// flights are the running reads by service. Callers that ask for the same share one.
type flights struct {
	read func(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error
	most int // rows kept for those who join later

	base    context.Context // ends with shut; a read outlives the caller that began it
	end     context.CancelFunc
	reading sync.WaitGroup

	mu     sync.Mutex
	taken  *sync.Cond // with mu: a passenger took a page, or left
	closed bool
	kept   int // rows
	open   map[billing.ServiceQuery]*serviceFlight
}

func newFlights(read func(context.Context, billing.ServiceQuery, func([]billing.ServiceUsage) error) error, most int) *flights {
	f := &flights{read: read, most: most, open: map[billing.ServiceQuery]*serviceFlight{}}
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
	query   billing.ServiceQuery
	end     context.CancelFunc
	pages   [][]billing.ServiceUsage // from the one that the slowest passenger wants next; from the first while others may join
	gone    int                      // pages that every passenger has had
	rows    int                      // of pages that are kept for others to join
	boarded map[*passenger]bool
	changed chan struct{} // closed and made again when a page came, and at the end
	over    bool
	err     error
}

// passenger is a caller of a flight; at is the next page for it.
type passenger struct{ at int }

// ride hands every page of the query to page, from a read that callers with the same query share. The read goes on while any of them waits.
// page runs in the caller's own goroutine.
func (f *flights) ride(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	one := &passenger{}
	flight := f.board(query, one) //nolint:contextcheck // the read is shared and outlives its first caller
	if flight == nil {
		return ErrClosed
	}
	defer f.leave(flight, one)
	for {
		rows, changed, err := f.next(flight, one)
		switch {
		case err != nil:
			return err
		case changed != nil:
			select {
			case <-changed:
			case <-ctx.Done():
				return ctx.Err()
			}
		case rows == nil:
			return nil
		default:
			if err := page(slices.Clone(rows)); err != nil { // others read the same rows
				return err
			}
		}
	}
}

// board joins the read of the query, or begins one; nil after shut.
func (f *flights) board(query billing.ServiceQuery, one *passenger) *serviceFlight {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil
	}
	flight := f.open[query]
	if flight == nil {
		ctx, cancel := context.WithCancel(f.base)
		flight = &serviceFlight{query: query, end: cancel, boarded: map[*passenger]bool{}, changed: make(chan struct{})}
		f.open[query] = flight
		f.reading.Go(func() {
			defer cancel()
			f.land(flight, f.fly(ctx, flight))
		})
	}
	flight.boarded[one] = true
	return flight
}

// fly makes the read. It turns a panic into an error, since no caller could recover it.
func (f *flights) fly(ctx context.Context, flight *serviceFlight) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a read of services: %v", r)
		}
	}()
	return f.read(ctx, flight.query, func(rows []billing.ServiceUsage) error {
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
	if f.open[flight.query] == flight {
		f.kept += len(rows)
		flight.rows += len(rows)
		if f.kept > f.most {
			f.close(flight)
		}
	}
	flight.wake()
	for f.open[flight.query] != flight && len(flight.pages) > 0 && len(flight.boarded) > 0 && !f.closed {
		f.taken.Wait()
	}
}

// land ends the flight.
func (f *flights) land(flight *serviceFlight, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	flight.over, flight.err = true, err
	f.close(flight)
	flight.wake()
}

// closeTo closes running reads to further callers.
func (f *flights) closeTo(these func(billing.ServiceQuery) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for query, flight := range f.open {
		if these(query) {
			f.close(flight)
		}
	}
}

// close closes the flight to further callers. The caller has the lock.
func (f *flights) close(flight *serviceFlight) {
	if f.open[flight.query] != flight {
		return
	}
	delete(f.open, flight.query)
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
		if f.open[flight.query] != flight {
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

// leave cancels a flight after its last passenger.
func (f *flights) leave(flight *serviceFlight, one *passenger) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(flight.boarded, one)
	if len(flight.boarded) == 0 {
		f.close(flight)
		flight.end()
	}
	f.taken.Broadcast()
}
