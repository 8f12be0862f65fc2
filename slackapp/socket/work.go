package socket

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.uber.org/zap"
)

// handle is a worker's turn on an envelope that has been acknowledged.
func (l *Line) handle(ctx context.Context, d delivery) {
	if ctx.Err() != nil { // too late for the work, but not for a word to the person, which is the handler's
		l.log.Error("work abandoned at shutdown", zap.String("kind", string(d.Kind)), zap.String("envelope_id", d.ID))
		l.cfg.Observe(Signal{Name: SignalAbandoned, Kind: d.Kind})
	}
	working, cancel := context.WithTimeout(ctx, workWithin)
	defer cancel()
	what := l.claim(working, d)
	if what == repeated {
		return
	}
	err := guard(func() {
		if what == unclaimed {
			telling, cancel := context.WithTimeout(ctx, apologyWithin)
			defer cancel()
			l.handler.Unclaimed(telling, d.Envelope)
			return
		}
		l.handler.Handle(working, d.Envelope)
	})
	if err != nil {
		l.panicked(ctx, d, err)
	}
}

// answer is a worker's turn on an envelope whose acknowledgement carries the answer.
func (l *Line) answer(ctx context.Context, d delivery) {
	answering, cancel := context.WithDeadline(ctx, d.ReceivedAt.Add(answerWithin))
	defer cancel()
	what := l.claim(answering, d)
	if what == repeated {
		l.ack(d, nil)
		return
	}
	var payload any
	var failed error
	panicked := guard(func() {
		if what == unclaimed {
			payload = l.handler.Unclaimed(answering, d.Envelope)
			return
		}
		payload, failed = l.handler.Answer(answering, d.Envelope)
		failed = errors.Join(failed, answering.Err())
	})
	if err := errors.Join(panicked, failed); err != nil {
		l.forgo(d)
		l.forget(ctx, d)
		l.unanswered(ctx, d, err)
		return
	}
	if payload != nil { // the modal may stay open, and then the same one is submitted again, corrected
		l.forget(ctx, d)
	}
	if !l.ack(d, payload) {
		l.forget(ctx, d)
	}
}

// unanswered logs why there was no answer.
func (l *Line) unanswered(ctx context.Context, d delivery, err error) {
	l.cfg.Observe(Signal{Name: SignalFailed, Kind: d.Kind})
	if _, ok := errors.AsType[*panicError](err); ok {
		l.panicked(ctx, d, err)
		return
	}
	l.log.Error("no answer in time", zap.String("kind", string(d.Kind)), zap.String("error", Redact(err.Error())))
}

const (
	// claimWithin bounds asking whether an envelope is a repeat, and forgetting it.
	claimWithin = time.Second
	// onceWithin is the same for an envelope that may not be handled twice: what waits for a database that is locked is seldom locked longer.
	onceWithin = 20 * time.Second
	// answerOnceWithin is the same where the answer travels in the acknowledgement, and leaves time to say that nothing was done.
	answerOnceWithin = 1500 * time.Millisecond
)

// claimed is what asking whether an envelope is a repeat comes to.
type claimed int

const (
	taken     claimed = iota // it is in hand: it is new, or handling it twice does no harm
	repeated                 // another worker or replica handles it
	unclaimed                // that is not known, and handling it twice would do harm
)

// claim takes an envelope in hand. When it cannot be found out whether it is a repeat, it is taken: doing something twice is better than
// not at all, but for what Config.Once names.
func (l *Line) claim(ctx context.Context, d delivery) claimed {
	keys := d.keys()
	if len(keys) == 0 {
		return taken
	}
	once, limit := l.cfg.Once(d.Envelope), claimWithin
	switch {
	case once && d.answered():
		limit = answerOnceWithin
	case once:
		limit = onceWithin
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	fresh, err := l.cfg.Claims.Claim(ctx, time.Now(), keys)
	switch {
	case err != nil:
		l.log.Error("claim an envelope", zap.String("kind", string(d.Kind)), zap.String("error", Redact(err.Error())))
		if once {
			return unclaimed
		}
		return taken
	case !fresh:
		l.cfg.Observe(Signal{Name: SignalDuplicate, Kind: d.Kind})
		return repeated
	}
	return taken
}

// forget lets an envelope be taken in hand again.
func (l *Line) forget(ctx context.Context, d delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimWithin)
	defer cancel()
	if err := l.cfg.Claims.Forget(ctx, d.keys()); err != nil {
		l.log.Error("forget an envelope", zap.String("kind", string(d.Kind)), zap.String("error", Redact(err.Error())))
	}
}

// apologyWithin bounds the reply to a person after a failure.
const apologyWithin = 10 * time.Second

// panicked logs what happened in a handler and lets the person get a reply.
func (l *Line) panicked(ctx context.Context, d delivery, err error) {
	reference := rand.Text()[:6]
	l.log.Error("handler panicked", zap.String("reference", reference), zap.String("kind", string(d.Kind)),
		zap.String("error", Redact(err.Error())))
	l.cfg.Observe(Signal{Name: SignalPanic, Kind: d.Kind})
	ctx, cancel := context.WithTimeout(ctx, apologyWithin)
	defer cancel()
	if again := guard(func() { l.handler.Panicked(ctx, d.Envelope, reference) }); again != nil {
		l.log.Error("handler panicked again", zap.String("reference", reference), zap.String("error", Redact(again.Error())))
	}
}

// panicError is a panic that was recovered.
type panicError struct {
	value any
	stack []byte
}

// Error implements error.
func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// guard calls do and turns a panic into an error.
func guard(do func()) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	do()
	return nil
}
