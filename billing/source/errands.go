package source

import (
	"context"
	"sync"

	"budgetbot/billing"
)

const (
	errandsAtOnce = 4      // of the reads that questions may make at a time
	maxErrands    = 10_000 // that wait
)

// errands are reads by service that nobody waits for.
type errands struct {
	read serviceRead

	base    context.Context // ends with close
	end     context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	due     []billing.ServiceQuery
	known   map[billing.ServiceQuery]bool // those due and those under way
	workers int
}

func newErrands(read serviceRead) *errands {
	e := &errands{read: read, known: map[billing.ServiceQuery]bool{}}
	e.base, e.end = context.WithCancel(context.Background())
	return e
}

// close cancels the errands and waits for those under way.
func (e *errands) close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.end()
	e.running.Wait()
}

// add takes on the queries that are not taken on yet.
func (e *errands) add(queries []billing.ServiceQuery) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, query := range queries {
		if !e.known[query] && len(e.due) < maxErrands {
			e.known[query] = true
			e.due = append(e.due, query)
		}
	}
	for ; e.workers < min(errandsAtOnce, len(e.due)) && !e.closed; e.workers++ {
		e.running.Go(e.work)
	}
}

// work runs errands until none is due. One that fails is over: who asks again makes the read themselves.
func (e *errands) work() {
	var done billing.ServiceQuery
	for {
		query, found := e.next(done)
		if !found {
			return
		}
		_ = e.read(e.base, query, func([]billing.ServiceUsage) error { return nil })
		done = query
	}
}

// next ends one errand and returns the next.
func (e *errands) next(done billing.ServiceQuery) (query billing.ServiceQuery, found bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.known, done)
	if len(e.due) == 0 || e.closed {
		e.workers--
		return billing.ServiceQuery{}, false
	}
	query, e.due = e.due[0], e.due[1:]
	return query, true
}
