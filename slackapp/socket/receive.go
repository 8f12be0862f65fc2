package socket

import (
	"time"

	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"
)

// receive takes an envelope that a connection has read. It never waits for work: whatever takes time is a worker's.
func (l *Line) receive(c *connection, frame socketmode.Request) {
	e, err := read(frame, time.Now())
	if err != nil {
		l.misread(c, frame, err)
		return
	}
	l.admit(delivery{Envelope: e, via: c, accepts: frame.AcceptsResponsePayload})
}

// safely calls do and reports a panic, after which it returns false. Those of a handler do not come this far.
func (l *Line) safely(do func()) bool {
	err := guard(do)
	if err != nil {
		l.log.Error("panic on the line", zap.String("error", Redact(err.Error())))
		l.cfg.Observe(Signal{Name: SignalPanic})
	}
	return err == nil
}

// admit queues an envelope and acknowledges it, or says that the line is busy.
func (l *Line) admit(d delivery) {
	l.cfg.Observe(Signal{Name: SignalReceived, Kind: d.Kind})
	l.unacked.Add(1)
	d.via.pending.Add(1)
	lane := l.work
	switch {
	case d.answered():
		lane = l.answers
	case l.cfg.Long(d.Envelope):
		lane = l.long
	}
	if !lane.put(d) {
		l.refuse(d)
		return
	}
	if !d.answered() { // or else the acknowledgement carries the answer
		l.ack(d, nil)
	}
}

// refuse turns an envelope away. A command is answered that the line is busy; the rest is left without an
// acknowledgement, so that Slack delivers an event again and marks a button or a modal as failed.
func (l *Line) refuse(d delivery) {
	l.cfg.Observe(Signal{Name: SignalBusy, Kind: d.Kind})
	var payload any
	if d.Kind != KindCommand || !l.safely(func() { payload = l.cfg.Busy(d.Envelope) }) {
		l.forgo(d)
		return
	}
	l.ack(d, payload)
}

// misread deals with a frame that cannot be understood, but for what is given of it. Events and new kinds of envelope are
// acknowledged, since Slack would send the same again and in the end stop sending; a command or an interaction is not, so that the person
// sees that it failed, nor is what may be one.
func (l *Line) misread(c *connection, frame socketmode.Request, cause error) {
	l.cfg.Observe(Signal{Name: SignalBadFrame})
	l.log.Warn("frame not understood", zap.String("type", Redact(frame.Type)), zap.String("error", Redact(cause.Error())))
	switch {
	case frame.EnvelopeID == "", frame.Type == "", frame.Type == socketmode.RequestTypeSlashCommands, frame.Type == socketmode.RequestTypeInteractive:
		return
	}
	if err := l.send(c, acknowledgement(frame.EnvelopeID)); err != nil {
		l.log.Warn("frame not acknowledged", zap.Error(err))
	}
}
