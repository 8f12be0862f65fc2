package socket

import (
	"context"
	"encoding/json"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"
)

// receive takes what a connection read. It never waits for work: whatever takes time is a worker's.
func (l *Line) receive(ctx context.Context, c *connection, event socketmode.Event) {
	l.safely(func() { l.dispatch(ctx, c, event) })
}

// safely calls do and reports a panic. Those of a handler do not come this far.
func (l *Line) safely(do func()) {
	err := guard(func() error {
		do()
		return nil
	})
	if err != nil {
		l.unexpected(err)
	}
}

// unexpected reports a panic outside of a handler.
func (l *Line) unexpected(err error) {
	l.log.Error("panic on the line", zap.String("error", Redact(err.Error())))
	l.tell(Signal{Name: SignalPanic})
}

// dispatch tells envelopes from the rest.
func (l *Line) dispatch(ctx context.Context, c *connection, event socketmode.Event) {
	switch data := event.Data.(type) {
	case *socketmode.ErrorWriteFailed:
		l.resend(ctx, c, data.Response)
	case *socketmode.ErrorBadMessage:
		l.misread(ctx, c, data)
	case *slack.IncomingEventError:
		if isBadFrame(data.ErrorObj) {
			l.tell(Signal{Name: SignalBadFrame})
			return
		}
		l.log.Debug("connection not readable any more", zap.String("error", Redact(data.ErrorObj.Error())))
	default:
		e, ok := read(event, time.Now())
		if ok {
			l.admit(ctx, delivery{Envelope: e, via: c, accepts: event.Request.AcceptsResponsePayload})
		} else if event.Request != nil {
			l.tell(Signal{Name: SignalBadFrame})
		}
	}
}

// admit queues an envelope and acknowledges it, or says that the line is busy.
func (l *Line) admit(ctx context.Context, d delivery) {
	l.tell(Signal{Name: SignalReceived, Kind: d.Kind})
	l.unacked.Add(1)
	d.via.pending.Add(1)
	d.via.lastUsed.Store(time.Now().UnixNano())
	if d.answered() {
		if !l.answers.put(d) {
			l.refuse(ctx, d)
		}
		return
	}
	if !l.work.put(d) {
		l.refuse(ctx, d)
		return
	}
	l.ack(ctx, d, nil)
}

// refuse turns an envelope away. A person who typed a command is told; the rest is left without an acknowledgement, so
// that Slack delivers an event again and marks a button or a modal as failed.
func (l *Line) refuse(ctx context.Context, d delivery) {
	l.tell(Signal{Name: SignalBusy, Kind: d.Kind})
	if d.Kind != KindCommand || l.cfg.Busy == nil {
		l.leave(d)
		return
	}
	var payload any
	err := guard(func() error {
		payload = l.cfg.Busy(d.Envelope)
		return nil
	})
	if err != nil {
		l.leave(d)
		l.unexpected(err)
		return
	}
	l.ack(ctx, d, payload)
}

// misread deals with a frame that slack-go does not understand. Events and new kinds of envelope are acknowledged, since
// Slack would send the same again and in the end stop sending; a command or an interaction is not, so that the person
// sees that it failed.
func (l *Line) misread(ctx context.Context, c *connection, bad *socketmode.ErrorBadMessage) {
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
	if err := l.send(ctx, c, frame.EnvelopeID, nil); err != nil {
		l.log.Warn("frame not acknowledged", zap.Error(err))
	}
}
