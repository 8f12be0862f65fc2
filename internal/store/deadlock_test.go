package store

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"budgetbot/internal/store/engine"
	"budgetbot/internal/store/query"
)

// TestACheckAndAWorkerThatWaitForEachOther: the check has the message and wants the lane, the worker has the lane and wants the message.
// PostgreSQL undoes one of the two, which is made again.
func TestACheckAndAWorkerThatWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := openAt(t, postgresURL(t))
	enqueue(t, s, parent("d1", "shop-cdn"))
	message, lane := make(chan struct{}), make(chan struct{})
	hasMessage, hasLane := sync.OnceFunc(func() { close(message) }), sync.OnceFunc(func() { close(lane) })
	var times atomic.Int32
	results := make(chan error, 2)
	go func() {
		results <- s.engine.Transact(t.Context(), "wait", func(ctx context.Context, w *engine.Work) error {
			times.Add(1)
			_, err := w.WithdrawDelivery(ctx, "d1")
			hasMessage()
			<-lane
			w.Touched["shop-cdn"] = true
			return err
		})
	}()
	worker := s.engine.Transact(t.Context(), "wait", func(ctx context.Context, w *engine.Work) error {
		now, err := w.Clock(ctx)
		if err != nil {
			return err
		}
		_, err = w.TakeLane(ctx, query.TakeLaneParams{Channel: "shop-cdn", Now: millis(now.Add(time.Hour)), Until: millis(now)})
		if err != nil {
			return err
		}
		times.Add(1)
		hasLane()
		<-message
		_, err = w.BeginAttempt(ctx, query.BeginAttemptParams{ID: "d1", Now: millis(now), Until: millis(now), Dead: millis(now)})
		return err
	})
	if worker != nil {
		t.Errorf("the worker: %v", worker)
	}
	if check := <-results; check != nil {
		t.Errorf("the check: %v", check)
	}
	if made := times.Load(); made < 3 {
		t.Errorf("they were made %d times, and did not meet", made)
	}
}
