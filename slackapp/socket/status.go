package socket

import (
	"sync"
	"time"
)

// Status is the state of the line at one moment, for readiness and for people.
type Status struct {
	// Connected is how many connections are open and were greeted by Slack.
	Connected int
	// HelloAt is when Slack last greeted a connection; zero before the first.
	HelloAt time.Time
	// LastError is why a connection last failed or ended (a Reason… constant or Slack's own word); empty when none has.
	LastError string
	// Unacked is how many envelopes are waiting for their acknowledgement now.
	Unacked int
	// Queued and Running are how many envelopes wait for a worker, and how many workers are busy.
	Queued, Running int
	// Reconnects and Renewals count the connections that followed one that had ended, and those that replaced one early. Only those
	// that Slack has greeted count.
	Reconnects, Renewals int
	// Draining is true once the line has stopped taking work.
	Draining bool
}

// Ready reports whether the line takes what people ask: a connection is open and greeted, and it is not shutting down.
func (s Status) Ready() bool { return s.Connected > 0 && !s.Draining }

// Signal is one event on the line, for metrics. Fields that do not apply are zero.
type Signal struct {
	// Name is the kind of event.
	Name SignalName
	// Kind is the envelope's, where there is one.
	Kind Kind
	// Took is the time from receiving an envelope to handing over its acknowledgement, for SignalAcked.
	Took time.Duration
}

// SignalName is the kind of a Signal. The set is closed, so that it can label a metric.
type SignalName string

// The names of signals.
const (
	// SignalReceived is an envelope that was read, a repeat or not.
	SignalReceived SignalName = "received"
	// SignalAcked is an acknowledgement that was handed to a connection.
	SignalAcked SignalName = "acked"
	// SignalUnacked is an envelope that was left without an acknowledgement, so that Slack delivers it again or says so to
	// the person.
	SignalUnacked SignalName = "unacked"
	// SignalDuplicate is a repeat of something already taken in hand.
	SignalDuplicate SignalName = "duplicate"
	// SignalBusy is an envelope that found the queue full or closed.
	SignalBusy SignalName = "busy"
	// SignalOversize is an answer too large for an acknowledgement.
	SignalOversize SignalName = "oversize"
	// SignalAbandoned is an envelope that was acknowledged and then dropped, since the drain timeout came first.
	SignalAbandoned SignalName = "abandoned"
	// SignalFailed is an answer that the handler could not give.
	SignalFailed SignalName = "failed"
	// SignalPanic is a handler that panicked.
	SignalPanic SignalName = "panic"
	// SignalBadFrame is a frame that is not JSON or not an envelope.
	SignalBadFrame SignalName = "bad_frame"
	// SignalReconnect is a connection opened because another one ended.
	SignalReconnect SignalName = "reconnect"
	// SignalRenewal is a connection that replaced another one early.
	SignalRenewal SignalName = "renewal"
)

// gauges is the part of Status that the connections write.
type gauges struct {
	mu     sync.Mutex
	status Status
}

// change lets f write the status.
func (g *gauges) change(f func(*Status)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f(&g.status)
}

// Status returns the state of the line now. It may be called at any time.
func (l *Line) Status() Status {
	l.gauges.mu.Lock()
	s := l.gauges.status
	l.gauges.mu.Unlock()
	s.Connected = len(l.open.list())
	s.Unacked = int(l.unacked.Load())
	for _, p := range []*pool{l.work, l.long, l.answers} {
		queued, running := p.load()
		s.Queued, s.Running = s.Queued+queued, s.Running+running
	}
	return s
}
