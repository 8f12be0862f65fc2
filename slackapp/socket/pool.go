package socket

import (
	"context"
	"sync"
	"time"
)

// pool is a bounded queue and the workers that empty it. A worker stays, since the stack that a question needs grows only once then: a goroutine
// for each question took 7 % more CPU.
type pool struct {
	queue    int           // deliveries that may wait, beside those that its workers have in hand
	patience time.Duration // for which the first of those that wait may do so before no more are taken; 0 is no bound

	mu      sync.Mutex
	ready   *sync.Cond // with mu: there is a job, or the pool was closed
	closed  bool
	jobs    []delivery
	size    int // workers
	running int
	ended   sync.WaitGroup
}

// newPool returns a pool whose queue holds so many deliveries beside those that its workers have in hand.
func newPool(queue int, patience time.Duration) *pool {
	p := &pool{queue: queue, patience: patience}
	p.ready = sync.NewCond(&p.mu)
	return p
}

// start lets so many workers call work until the pool is closed and its queue is empty.
func (p *pool) start(workers int, work func(delivery)) {
	p.mu.Lock()
	p.size = workers
	p.mu.Unlock()
	for range workers {
		p.ended.Go(func() {
			for d, more := p.take(); more; d, more = p.take() {
				work(d)
				p.mu.Lock()
				p.running--
				p.mu.Unlock()
			}
		})
	}
}

// take waits for a delivery; it reports false at the end.
func (p *pool) take() (delivery, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.jobs) == 0 {
		if p.closed {
			return delivery{}, false
		}
		p.ready.Wait()
	}
	first := p.jobs[0]
	p.jobs[0] = delivery{} // or the array would keep it alive
	p.jobs = p.jobs[1:]
	p.running++
	return first, true
}

// put hands a delivery to the workers without waiting. It reports false when the pool is closed, or so busy that the person who asked is
// better refused: the queue is full, or the first in it has been waiting for too long.
func (p *pool) put(d delivery) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed, len(p.jobs) >= p.queue+p.size-p.running:
		return false
	case p.patience > 0 && len(p.jobs) > 0 && time.Since(p.jobs[0].ReceivedAt) > p.patience:
		return false
	}
	p.jobs = append(p.jobs, d)
	p.ready.Signal()
	return true
}

// close ends the intake. What is queued is still worked off.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.ready.Broadcast()
}

// load reports how many deliveries are queued and how many are in hand.
func (p *pool) load() (queued, running int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.jobs), p.running
}

// finish lets the workers of closed pools finish, and calls abandon if they have not at the context's end.
func finish(deadline context.Context, abandon func(), pools ...*pool) {
	stop := context.AfterFunc(deadline, abandon)
	defer stop()
	for _, p := range pools {
		p.ended.Wait()
	}
}
