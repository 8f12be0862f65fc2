package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"budgetbot/alerts"
)

// How long the parts of an attempt may take. An attempt is taken for a dead replica's when all of them are over; until then a
// busy machine or a slow disk has time to write an outcome down, since one that is not written has to be looked for.
const (
	jobTimeout     = 10 * time.Second // until the handler must have answered
	attemptTimeout = 8 * time.Second  // of them for the handler itself
	recordTimeout  = 12 * time.Second // writing down its outcome
	rescueAfter    = 25 * time.Second
)

const (
	softStop   = 10 * time.Second // for attempts in hand to end by themselves
	hardStop   = 2 * time.Second  // for those that did not, once cancelled
	sweepEvery = 10 * time.Second // for what dead replicas have left: with rescueAfter well within a minute
	sweepsFull = 6                // every so many sweeps look for everything that has lost its job
	pollEvery  = 500 * time.Millisecond
	workers    = 4
	// maxAttempts is when the queue gives a job up, after some 40 hours of failures. The next sweep makes a new one.
	maxAttempts = 500
	maxBackoff  = 5 * time.Minute
)

// Handler is a consumer contract of Store. It models whoever carries out deliveries; alerts.Deliverer is one.
type Handler interface {
	// Attempt makes one try at a delivery. It heeds the end of ctx, which comes within seconds.
	Attempt(ctx context.Context, attempt alerts.Attempt) alerts.Verdict
	// Notice returns the delivery that tells the operators of a route that has just broken, or false. It is called within a
	// transaction and must not call the Store.
	Notice(trouble alerts.RouteTrouble, id string, now time.Time) (alerts.Delivery, bool)
}

var _ Handler = (*alerts.Deliverer)(nil)

// deliverArgs are the arguments of a job: the row says the rest.
type deliverArgs struct {
	DeliveryID string `json:"delivery_id"`
	// Orphan is the number of the attempt that its process did not live to end; 0 for the delivery's usual job. The queue's
	// own rescue waits for the leader, who may be the one that died.
	Orphan int64 `json:"orphan,omitempty"`
}

// Kind names the job in the queue.
func (deliverArgs) Kind() string { return "deliver" }

// InsertOpts lets a delivery have one job at a time.
func (deliverArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{
		MaxAttempts: maxAttempts,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}},
	}
}

// The order in which the queue works off what waits in it: a digest can wait for an alert.
const (
	priorityAlert  = 1
	priorityDigest = 3
)

// wantedJob is a job that is to be queued.
type wantedJob struct {
	deliverArgs
	kind alerts.DeliveryKind
}

func jobs(wanted []wantedJob) []river.InsertManyParams {
	params := make([]river.InsertManyParams, len(wanted))
	for i, job := range wanted {
		params[i].Args = job.deliverArgs
		params[i].InsertOpts = &river.InsertOpts{Priority: priorityAlert}
		if job.kind.CanWait() {
			params[i].InsertOpts.Priority = priorityDigest
		}
	}
	return params
}

// usualJob is the job that a delivery has as a rule.
func usualJob(id string, kind alerts.DeliveryKind) wantedJob {
	return wantedJob{deliverArgs{DeliveryID: id}, kind}
}

func queueConfig(c *courier) *river.Config {
	registry := river.NewWorkers()
	river.AddWorker(registry, c)
	return &river.Config{
		Logger:               slog.New(quiet{c.log.Handler()}),
		Workers:              registry,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: workers}},
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		SoftStopTimeout:      softStop,
	}
}

// quiet passes on what the queue complains about, and not how it is busy.
type quiet struct{ slog.Handler }

// Enabled refuses what is below a warning.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// WithAttrs keeps the quiet.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup keeps the quiet.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }

// StartDelivery hands every delivery that is stored, now or later, to handler until it is sent or dropped. Attempts run
// beside one another. It goes on after the end of ctx, until StopDelivery.
func (s *Store) StartDelivery(ctx context.Context, handler Handler) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopSweep != nil {
		return errors.New("start delivery: it runs already")
	}
	if err := s.requeue(ctx); err != nil {
		return fmt.Errorf("start delivery: %w", err)
	}
	s.courier.handler = handler
	ctx = context.WithoutCancel(ctx)
	if err := s.engine.start(ctx); err != nil {
		return fmt.Errorf("start delivery: %w", err)
	}
	ctx, s.stopSweep = context.WithCancel(ctx)
	s.sweeping.Go(func() { s.sweep(ctx) })
	return nil
}

// StopDelivery takes up no further delivery and waits until the attempts in hand have ended. Those that have not within
// 10 seconds, or by the end of ctx, are cancelled. It does nothing where no delivery runs.
func (s *Store) StopDelivery(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopSweep == nil {
		return nil
	}
	s.stopSweep()
	s.sweeping.Wait()
	s.stopSweep = nil
	err := s.engine.stop(ctx)
	if err == nil {
		return nil
	}
	halt, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStop)
	defer cancel()
	return errors.Join(fmt.Errorf("stop delivery: %w", err), s.engine.halt(halt))
}

// sweep queues deliveries that are open and have no job, whatever became of it.
func (s *Store) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for turn := 1; ; turn++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := s.adopt(ctx)
			if turn%sweepsFull == 0 {
				err = errors.Join(err, s.requeue(ctx))
			}
			if err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "deliveries not queued anew", "error", err)
			}
		}
	}
}

// adopt queues the deliveries whose attempt has lasted longer than a living process lets it.
func (s *Store) adopt(ctx context.Context) error {
	return s.engine.transact(ctx, func(ctx context.Context, w *work) error {
		orphans, err := w.OrphanedDeliveries(ctx, s.courier.dead())
		if err != nil {
			return fmt.Errorf("read orphaned deliveries: %w", err)
		}
		var wanted []wantedJob
		for _, orphan := range orphans {
			wanted = append(wanted, wantedJob{deliverArgs{orphan.ID, orphan.Attempts}, alerts.DeliveryKind(orphan.Kind)})
		}
		if err := w.enqueue(ctx, wanted...); err != nil {
			return fmt.Errorf("queue orphaned deliveries: %w", err)
		}
		return nil
	})
}

func (s *Store) requeue(ctx context.Context) error {
	return s.engine.transact(ctx, func(ctx context.Context, w *work) error {
		open, err := w.OpenDeliveries(ctx)
		if err != nil {
			return fmt.Errorf("read open deliveries: %w", err)
		}
		var wanted []wantedJob
		for _, row := range open {
			wanted = append(wanted, usualJob(row.ID, alerts.DeliveryKind(row.Kind)))
		}
		if err := w.enqueue(ctx, wanted...); err != nil {
			return fmt.Errorf("queue open deliveries: %w", err)
		}
		return nil
	})
}

// backoff returns how long to wait after the nth failure, give or take a tenth: 1 s, 2 s, 4 s, … 5 min.
func backoff(n int) time.Duration {
	wait := min(time.Second<<min(max(n-1, 0), 10), maxBackoff)
	return wait*9/10 + rand.N(wait/5) //nolint:gosec // spreads retries, guards nothing
}
