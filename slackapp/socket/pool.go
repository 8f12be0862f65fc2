package socket

import (
	"context"
	"sync"
	"time"
)

// pool works off deliveries, so many at a time, and bounds how many wait.
type pool struct {
	queue    int           // deliveries that may wait, beside those that are in hand
	patience time.Duration // for which the first of those that wait may do so before no more are taken; 0 is no bound
	work     func(delivery)
	inHand   chan struct{} // has a place for each that is worked on at a time

	mu      sync.Mutex
	closed  bool
	waiting []time.Time // since when each delivery waits for its place
	ended   sync.WaitGroup
}

// newPool returns a pool in which so many deliveries may wait beside those in hand.
func newPool(queue int, patience time.Duration) *pool {
	return &pool{queue: queue, patience: patience}
}

// start lets so many calls of work run at a time. It comes before the first put.
func (p *pool) start(workers int, work func(delivery)) {
	p.inHand, p.work = make(chan struct{}, workers), work
}

// put hands a delivery over without waiting. It reports false when the pool is closed, or so busy that the person who asked is
// better told so: too many wait, or the first of them has been waiting for too long.
func (p *pool) put(d delivery) bool {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	switch free := cap(p.inHand) - len(p.inHand); {
	case p.closed, len(p.waiting) >= p.queue+free:
		return false
	case p.patience > 0 && len(p.waiting) > 0 && now.Sub(p.waiting[0]) > p.patience:
		return false
	}
	p.waiting = append(p.waiting, now)
	p.ended.Go(func() {
		p.inHand <- struct{}{}
		p.mu.Lock()
		p.waiting = p.waiting[1:]
		p.mu.Unlock()
		p.work(d)
		<-p.inHand
	})
	return true
}

// close ends the intake. What waits is still worked off.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
}

// wait returns when everything is worked off, once the pool is closed.
func (p *pool) wait() { p.ended.Wait() }

// load reports how many deliveries wait and how many are in hand.
func (p *pool) load() (queued, running int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting), len(p.inHand)
}

// finish lets the workers of closed pools finish, and calls abandon if they have not at the context's end.
func finish(deadline context.Context, abandon func(), pools ...*pool) {
	stop := context.AfterFunc(deadline, abandon)
	defer stop()
	for _, p := range pools {
		p.wait()
	}
}
