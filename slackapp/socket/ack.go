package socket

import (
	"encoding/json"
	"time"

	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"
)

const (
	// frameLimit is the size from which Slack drops a frame of the app.
	frameLimit = 20 * 1024
	// ackWithin bounds writing an acknowledgement to a connection.
	ackWithin = 2 * time.Second
)

// ack acknowledges a delivery; payload may be nil. It reports whether a connection took the acknowledgement.
func (l *Line) ack(d delivery, payload any) bool {
	err := l.send(d.via, l.fitting(d, payload))
	l.settled(d)
	if err != nil {
		l.log.Warn("envelope not acknowledged", zap.String("kind", string(d.Kind)), zap.String("envelope_id", d.ID), zap.Error(err))
		l.cfg.Observe(Signal{Name: SignalUnacked, Kind: d.Kind})
		return false
	}
	l.cfg.Observe(Signal{Name: SignalAcked, Kind: d.Kind, Took: time.Since(d.ReceivedAt)})
	return true
}

// forgo drops a delivery without an acknowledgement: Slack delivers it again, or shows the person that it failed.
func (l *Line) forgo(d delivery) {
	l.settled(d)
	l.cfg.Observe(Signal{Name: SignalUnacked, Kind: d.Kind})
}

// settled notes that a delivery waits for its acknowledgement no more.
func (l *Line) settled(d delivery) {
	l.unacked.Add(-1)
	d.via.pending.Add(-1)
}

// acknowledgement is the message that acknowledges an envelope, and holds nothing else.
func acknowledgement(id string) []byte {
	message, _ := json.Marshal(socketmode.Response{EnvelopeID: id}) // a string can always be encoded
	return message
}

// fitting returns the message that acknowledges a delivery. It leaves the payload out where Slack takes none or would drop the
// frame for its size.
func (l *Line) fitting(d delivery, payload any) []byte {
	if payload == nil || !d.accepts {
		return acknowledgement(d.ID)
	}
	message, err := json.Marshal(socketmode.Response{EnvelopeID: d.ID, Payload: payload})
	if err == nil && len(message) < frameLimit {
		return message
	}
	l.log.Error("answer does not fit into an acknowledgement", zap.String("kind", string(d.Kind)),
		zap.Int("bytes", len(message)), zap.Error(err))
	l.cfg.Observe(Signal{Name: SignalOversize, Kind: d.Kind})
	return acknowledgement(d.ID)
}

// send writes a message to the connection that the envelope came by, for as long as that can be written to, or else to another one
// that is open. One that cannot be written to is given up.
func (l *Line) send(via *connection, message []byte) error {
	err := via.write(message)
	if err == nil {
		return nil
	}
	via.end(err)
	for _, c := range l.open.list() {
		if err = c.write(message); err == nil {
			return nil
		}
		c.end(err)
	}
	return err
}
