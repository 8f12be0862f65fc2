package socket

import (
	"context"
	"sync"
	"sync/atomic"
)

// pool is a bounded queue and the workers that empty it.
type pool struct {
	mu      sync.Mutex // guards closed, and that nothing is put into jobs after it was closed
	closed  bool
	jobs    chan delivery
	workers sync.WaitGroup
	running atomic.Int64
}

// newPool returns a pool whose queue holds so many deliveries beside those that its workers have in hand.
func newPool(queue int) *pool {
	return &pool{jobs: make(chan delivery, queue)}
}

// start lets so many workers call work until the pool is closed and its queue is empty.
func (p *pool) start(workers int, work func(delivery)) {
	for range workers {
		p.workers.Go(func() {
			for d := range p.jobs {
				p.running.Add(1)
				work(d)
				p.running.Add(-1)
			}
		})
	}
}

// put hands a delivery to the workers without waiting; it reports false when the queue is full or closed.
func (p *pool) put(d delivery) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	select {
	case p.jobs <- d:
		return true
	default:
		return false
	}
}

// close ends the intake. What is queued is still worked off.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	close(p.jobs)
}

// wait returns when every worker has ended, which they do once the pool is closed.
func (p *pool) wait() { p.workers.Wait() }

// load reports how many deliveries are queued and how many are in hand.
func (p *pool) load() (queued, running int) {
	return len(p.jobs), int(p.running.Load())
}

// finish lets the workers of closed pools finish, and calls abandon if they have not at the context's end.
func finish(deadline context.Context, abandon func(), pools ...*pool) {
	stop := context.AfterFunc(deadline, abandon)
	defer stop()
	for _, p := range pools {
		p.wait()
	}
}
