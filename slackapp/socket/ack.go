package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack/socketmode"
	"go.uber.org/zap"
)

const (
	// frameLimit is the size from which Slack drops a frame of the app.
	frameLimit = 20 * 1024
	// ackWithin bounds handing an acknowledgement to a connection.
	ackWithin = 2 * time.Second
)

var errNoConnection = errors.New("no open connection")

// ack acknowledges a delivery; payload may be nil. It reports whether a connection took the acknowledgement.
func (l *Line) ack(ctx context.Context, d delivery, payload any) bool {
	payload = l.fitting(d, payload)
	err := l.send(ctx, d.via, d.ID, payload)
	l.settled(d)
	if err != nil {
		l.log.Warn("envelope not acknowledged", zap.String("kind", string(d.Kind)), zap.String("envelope_id", d.ID), zap.Error(err))
		l.tell(Signal{Name: SignalUnacked, Kind: d.Kind})
		return false
	}
	l.tell(Signal{Name: SignalAcked, Kind: d.Kind, Took: time.Since(d.ReceivedAt)})
	return true
}

// leave lets a delivery go without an acknowledgement: Slack delivers it again, or tells the person that it failed.
func (l *Line) leave(d delivery) {
	l.settled(d)
	l.tell(Signal{Name: SignalUnacked, Kind: d.Kind})
}

// settled notes that a delivery waits for its acknowledgement no more.
func (l *Line) settled(d delivery) {
	l.unacked.Add(-1)
	d.via.pending.Add(-1)
}

// fitting returns the payload, or nil where Slack takes none or would drop the frame for its size.
func (l *Line) fitting(d delivery, payload any) any {
	if payload == nil || !d.accepts {
		return nil
	}
	frame, err := json.Marshal(socketmode.Response{EnvelopeID: d.ID, Payload: payload})
	if err == nil && len(frame) < frameLimit {
		return payload
	}
	l.log.Error("answer does not fit into an acknowledgement", zap.String("kind", string(d.Kind)),
		zap.Int("bytes", len(frame)), zap.Error(err))
	l.tell(Signal{Name: SignalOversize, Kind: d.Kind})
	return nil
}

// send hands a frame to the connection that the envelope came by, or else to another one that is open.
func (l *Line) send(ctx context.Context, via *connection, id string, payload any) error {
	routes := l.open.list()
	if own := slices.Index(routes, via); own > 0 {
		routes[0], routes[own] = routes[own], routes[0]
	}
	err := errNoConnection
	for _, c := range routes {
		if err = c.write(ctx, id, payload); err == nil {
			return nil
		}
	}
	return err
}

// write queues a frame on the connection, even when what the frame is about was cut short.
func (c *connection) write(ctx context.Context, id string, payload any) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), ackWithin)
	defer cancel()
	c.lastUsed.Store(time.Now().UnixNano())
	if err := c.client.AckCtx(ctx, id, payload); err != nil {
		return fmt.Errorf("queue the acknowledgement of %s: %w", id, err)
	}
	return nil
}

// resend repeats an acknowledgement that a connection could not write. That connection has been given up by now.
func (l *Line) resend(ctx context.Context, failed *connection, response *socketmode.Response) {
	if response == nil {
		return
	}
	if err := l.send(ctx, failed, response.EnvelopeID, response.Payload); err != nil {
		l.log.Warn("acknowledgement lost", zap.String("envelope_id", response.EnvelopeID), zap.Error(err))
		l.tell(Signal{Name: SignalUnacked})
	}
}
