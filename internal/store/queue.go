package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"budgetbot/alerts"
	"budgetbot/alerts/deliver"
	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

const (
	softStop   = 10 * time.Second // for attempts in hand to end by themselves
	hardStop   = 2 * time.Second  // for those that did not, once cancelled
	sweepEvery = 10 * time.Second // for what others have left open without waking anybody
	pollEvery  = 500 * time.Millisecond
	workers    = 16 // channels at a time; an attempt mostly waits for Slack
	// tooFar is further ahead than anything in the queue waits: it was set by a clock that has been put back since.
	tooFar = 2 * time.Hour
	// maxSkew is by how much this process's clock may differ from the database's before the log has a warning.
	maxSkew = 5 * time.Second
)

// Handler is a consumer contract of Store. It makes attempts at deliveries; deliver.Deliverer implements it.
type Handler interface {
	// Attempt makes one try at a delivery. It heeds the end of ctx, which comes within seconds.
	Attempt(ctx context.Context, attempt deliver.Attempt) deliver.Verdict
	// Notice returns the delivery that reports to the operators a route that has just broken, or false. It is called
	// within a transaction and must not call the Store.
	Notice(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool)
}

var _ Handler = (*deliver.Deliverer)(nil)

// dispatcher works the lanes that are due, each once at a time: it takes the first delivery out of one, has the handler try it, and writes
// down what became of it.
type dispatcher struct {
	store   *Store
	handler Handler // set before the delivery starts
	// business is business time, by which deliveries are deferred; nil means wall time.
	business func() time.Time
	pace     time.Duration // how long a channel takes for a message
	started  time.Time
	tried    sync.Map // ids of deliveries that this process has tried to post

	nudge   chan struct{} // has one element when a lane may be due
	loop    sync.WaitGroup
	workers sync.WaitGroup
	stop    context.CancelFunc // ends the loop
	cancel  context.CancelFunc // ends the attempts in hand

	mu     sync.Mutex
	inHand map[string]bool // channels
}

// wake has the dispatcher look at once. It never blocks.
func (d *dispatcher) wake() {
	select {
	case d.nudge <- struct{}{}:
	default:
	}
}

// StartDelivery hands every delivery that is stored, now or later, to handler until it is sent or dropped: one at a time of each
// channel, and channels beside one another. It goes on after the end of ctx, until StopDelivery.
func (s *Store) StartDelivery(ctx context.Context, handler Handler) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &s.dispatcher
	if d.stop != nil {
		return errors.New("start delivery: it runs already")
	}
	// What kept a channel waiting may be mended.
	err := s.engine.Transact(ctx, "start delivery", func(ctx context.Context, w *engine.Work) error { return addWaiting(ctx, w, w.Opened) })
	if err != nil {
		return err
	}
	d.handler = handler
	ctx = context.WithoutCancel(ctx)
	looping, stop := context.WithCancel(ctx)
	attempts, cancel := context.WithCancel(ctx)
	d.stop, d.cancel, d.inHand = stop, cancel, map[string]bool{}
	d.loop.Go(func() { d.dispatch(looping, attempts) })
	return nil
}

// StopDelivery takes up no further delivery and waits until the attempts in hand have ended. Those that have not within
// 10 seconds, or by the end of ctx, are cancelled. It does nothing where no delivery runs.
func (s *Store) StopDelivery(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &s.dispatcher
	if d.stop == nil {
		return nil
	}
	d.stop()
	d.loop.Wait()
	d.stop = nil
	defer d.cancel()
	ended := make(chan struct{})
	go func() {
		d.workers.Wait()
		close(ended)
	}()
	soft, cancel := context.WithTimeout(ctx, softStop)
	defer cancel()
	select {
	case <-ended:
		return nil
	case <-soft.Done():
	}
	d.cancel()
	err := fmt.Errorf("stop delivery: %w", soft.Err())
	select {
	case <-ended:
		return err
	case <-time.After(hardStop):
		return errors.Join(err, errors.New("a delivery attempt does not end"))
	}
}

// dispatch looks for lanes that are due, at every poll and when it is woken. Now and then it looks into every lane: another version, or an
// operator, may have opened deliveries without waking anybody.
func (d *dispatcher) dispatch(ctx, attempts context.Context) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	var swept time.Time
	for {
		if time.Since(swept) >= sweepEvery {
			swept = time.Now()
			if err := d.store.sweepOnce(ctx); err != nil && ctx.Err() == nil {
				d.store.log.Warn("deliveries not checked", zap.Error(err))
			}
		}
		if err := d.fill(ctx, attempts); err != nil && ctx.Err() == nil {
			d.store.log.Warn("cannot look for deliveries", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return
		case <-d.nudge:
		case <-poll.C:
		}
	}
}

// fill gives the lanes that are due to the workers that are free.
func (d *dispatcher) fill(ctx, attempts context.Context) error {
	now, err := d.store.engine.Clock(ctx, d.store.engine)
	if err != nil {
		return err
	}
	due, err := d.store.queries.DueLanes(ctx, query.DueLanesParams{Now: millis(now), Most: workers})
	if err != nil {
		return err
	}
	for _, channel := range due {
		if d.take(channel) {
			d.workers.Go(func() { d.work(attempts, channel) })
		}
	}
	return nil
}

func (d *dispatcher) work(ctx context.Context, channel string) {
	done := d.try(ctx, channel)
	d.mu.Lock()
	delete(d.inHand, channel)
	d.mu.Unlock()
	if done { // else the next poll is soon enough
		d.wake()
	}
}

// take reports whether a worker is free for the channel and none has it in hand, and gives it that one.
func (d *dispatcher) take(channel string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.inHand) == workers || d.inHand[channel] {
		return false
	}
	d.inHand[channel] = true
	return true
}

// addWaiting adds the channels with open deliveries.
func addWaiting(ctx context.Context, w *engine.Work, to map[string]bool) error {
	waiting, err := w.WaitingChannels(ctx)
	if err != nil {
		return fmt.Errorf("read the channels with open deliveries: %w", err)
	}
	for _, channel := range waiting {
		to[channel] = true
	}
	return nil
}

func (s *Store) sweepOnce(ctx context.Context) error {
	return s.engine.Transact(ctx, "look into every lane", func(ctx context.Context, w *engine.Work) error {
		now, err := w.Clock(ctx)
		if err != nil {
			return fmt.Errorf("ask the database for its clock: %w", err)
		}
		s.reportSkew(now)
		far := millis(now.Add(tooFar))
		if err := errors.Join(w.FreeLanes(ctx, far), w.FreeDeliveries(ctx, far)); err != nil {
			return fmt.Errorf("free what waits for a clock that was put back: %w", err)
		}
		return addWaiting(ctx, w, w.Touched)
	})
}

// reportSkew warns once of a clock that differs from the database's, and once more when it differs again.
func (s *Store) reportSkew(database time.Time) {
	skew := s.now().Sub(database)
	apart := skew.Abs() > maxSkew
	if apart && !s.skewed {
		s.log.Warn("this machine's clock differs from the database's; set one of them right", zap.Int64("ahead_seconds", int64(skew.Seconds())))
	}
	s.skewed = apart
}
