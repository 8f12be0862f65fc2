package socket

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"
)

// receive takes what a connection read. It never waits for work: whatever takes time is a worker's.
func (l *Line) receive(c *connection, event socketmode.Event) {
	err := guard(func() error {
		l.sort(c, event)
		return nil
	})
	if err != nil {
		l.log.Error("panic while receiving", zap.String("error", Redact(err.Error())))
		l.tell(Signal{Name: SignalPanic})
	}
}

// sort tells envelopes from the rest.
func (l *Line) sort(c *connection, event socketmode.Event) {
	switch data := event.Data.(type) {
	case *socketmode.ErrorWriteFailed:
		l.resend(c, data.Response)
	case *socketmode.ErrorBadMessage:
		l.misread(c, data)
	case *slack.IncomingEventError:
		if isBadFrame(data.ErrorObj) {
			l.tell(Signal{Name: SignalBadFrame})
		}
	default:
		e, ok := read(event, time.Now())
		if ok {
			l.admit(delivery{Envelope: e, via: c, accepts: event.Request.AcceptsResponsePayload})
		} else if event.Request != nil {
			l.tell(Signal{Name: SignalBadFrame})
		}
	}
}

// admit queues an envelope and acknowledges it, or says that the line is busy.
func (l *Line) admit(d delivery) {
	l.tell(Signal{Name: SignalReceived, Kind: d.Kind})
	l.unacked.Add(1)
	d.via.pending.Add(1)
	d.via.lastUsed.Store(time.Now().UnixNano())
	if d.answered() {
		if !l.answers.put(d) {
			l.refuse(d)
		}
		return
	}
	if !l.work.put(d) {
		l.refuse(d)
		return
	}
	l.ack(d, nil)
}

// refuse turns an envelope away. A person who typed a command is told; the rest is left without an acknowledgement, so
// that Slack delivers an event again and marks a button or a modal as failed.
func (l *Line) refuse(d delivery) {
	l.tell(Signal{Name: SignalBusy, Kind: d.Kind})
	if d.Kind != KindCommand || l.cfg.Busy == nil {
		l.leave(d)
		return
	}
	l.ack(d, l.cfg.Busy(d.Envelope))
}

// misread deals with a frame that slack-go does not understand. Events and new kinds of envelope are acknowledged, since
// Slack would send the same again and in the end stop sending; a command or an interaction is not, so that the person
// sees that it failed.
func (l *Line) misread(c *connection, bad *socketmode.ErrorBadMessage) {
	l.tell(Signal{Name: SignalBadFrame})
	var frame struct {
		Type       string `json:"type"`
		EnvelopeID string `json:"envelope_id"`
	}
	err := json.Unmarshal(bad.Message, &frame)
	l.log.Warn("frame not understood", zap.String("type", Redact(frame.Type)), zap.String("error", Redact(bad.Cause.Error())))
	command := frame.Type == socketmode.RequestTypeSlashCommands || frame.Type == socketmode.RequestTypeInteractive
	if err != nil || frame.EnvelopeID == "" || command {
		return
	}
	if err := l.send(c, frame.EnvelopeID, nil); err != nil {
		l.log.Warn("frame not acknowledged", zap.Error(err))
	}
}

// handle is a worker's turn on an envelope that has been acknowledged.
func (l *Line) handle(ctx context.Context, d delivery) {
	if ctx.Err() != nil {
		l.log.Error("work abandoned at shutdown", zap.String("kind", string(d.Kind)), zap.String("envelope_id", d.ID))
		l.tell(Signal{Name: SignalAbandoned, Kind: d.Kind})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, l.cfg.WorkTimeout)
	defer cancel()
	if !l.claim(ctx, d) {
		return
	}
	err := guard(func() error {
		l.handler.Handle(ctx, d.Envelope)
		return nil
	})
	if err != nil {
		l.panicked(ctx, d, err)
	}
}

// answer is a worker's turn on an envelope whose acknowledgement carries the answer.
func (l *Line) answer(ctx context.Context, d delivery) {
	answering, cancel := context.WithDeadline(ctx, d.ReceivedAt.Add(l.times.answer))
	defer cancel()
	if !l.claim(answering, d) {
		l.ack(d, nil)
		return
	}
	var payload any
	err := guard(func() (err error) {
		payload, err = l.handler.Answer(answering, d.Envelope)
		return errors.Join(err, answering.Err())
	})
	if err != nil {
		l.leave(d)
		l.forget(d)
		l.unanswered(ctx, d, err)
		return
	}
	// A modal that stays open can be submitted again as it is, so only an empty answer ends it.
	if !l.ack(d, payload) || payload != nil {
		l.forget(d)
	}
}

// unanswered tells why there was no answer.
func (l *Line) unanswered(ctx context.Context, d delivery, err error) {
	l.tell(Signal{Name: SignalFailed, Kind: d.Kind})
	if _, ok := errors.AsType[*panicError](err); ok {
		l.panicked(ctx, d, err)
		return
	}
	l.log.Error("no answer in time", zap.String("kind", string(d.Kind)), zap.String("error", Redact(err.Error())))
}

// claimWithin bounds asking whether an envelope is a repeat, and forgetting it.
const claimWithin = time.Second

// claim takes an envelope in hand; it reports false for a repeat. When that cannot be found out the envelope is taken:
// doing something twice is better than not at all.
func (l *Line) claim(ctx context.Context, d delivery) bool {
	keys := d.keys()
	if len(keys) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, claimWithin)
	defer cancel()
	fresh, err := l.cfg.Claims.Claim(ctx, time.Now(), keys)
	if err != nil {
		l.log.Error("claim an envelope", zap.String("kind", string(d.Kind)), zap.String("error", Redact(err.Error())))
		return true
	}
	if !fresh {
		l.tell(Signal{Name: SignalDuplicate, Kind: d.Kind})
	}
	return fresh
}

// forget lets an envelope be taken in hand again.
func (l *Line) forget(d delivery) {
	ctx, cancel := context.WithTimeout(context.Background(), claimWithin)
	defer cancel()
	if err := l.cfg.Claims.Forget(ctx, d.keys()); err != nil {
		l.log.Error("forget an envelope", zap.String("kind", string(d.Kind)), zap.String("error", Redact(err.Error())))
	}
}

// panicked logs what happened in a handler and lets the person be told.
func (l *Line) panicked(ctx context.Context, d delivery, err error) {
	reference := rand.Text()[:6]
	l.log.Error("handler panicked", zap.String("reference", reference), zap.String("kind", string(d.Kind)),
		zap.String("error", Redact(err.Error())))
	l.tell(Signal{Name: SignalPanic, Kind: d.Kind})
	again := guard(func() error {
		l.handler.Panicked(ctx, d.Envelope, reference)
		return nil
	})
	if again != nil {
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
func guard(do func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	return do()
}
