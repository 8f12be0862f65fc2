package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/socketmode"
)

// connection is one Socket Mode connection, from asking for its ticket to its end. It never opens a second one: when and
// whether another follows is decided by its slot.
type connection struct {
	line    *Line
	cancel  context.CancelCauseFunc
	greeted atomic.Bool   // said hello, and neither left nor ended
	ready   chan struct{} // closed at hello
	ended   chan struct{} // closed when every goroutine of the connection has ended
	pending atomic.Int64  // envelopes that came by it and wait for their acknowledgement
	writing sync.Mutex    // held for one message

	// Written before ready is closed.
	ws        *websocket.Conn
	life      time.Duration // announced in hello; 0 when unknown
	announced int           // connections of the app, as counted by Slack
	since     time.Time

	cause error // why the connection ended; written before ended is closed

	due time.Time // when it is given up without a sign of life; guarded by connections.mu
}

// connection prepares a connection; run opens it.
func (l *Line) connection() *connection {
	return &connection{line: l, ready: make(chan struct{}), ended: make(chan struct{})}
}

// run opens the connection and reads it until it ends or ctx is done. It has to greet in time.
func (c *connection) run(ctx context.Context) {
	defer close(c.ended)
	late := time.AfterFunc(c.line.times.hello, c.overdue)
	defer late.Stop()
	var err error
	if c.ws, err = c.line.dial(ctx); err == nil {
		err = c.converse(ctx)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	c.cause = err
	c.end(err)
}

// overdue gives up a connection that has not been greeted.
func (c *connection) overdue() {
	select {
	case <-c.ready:
	default:
		c.end(errNoHello)
	}
}

// end gives the connection up, and lets it leave. Only the first cause counts.
func (c *connection) end(cause error) {
	c.greeted.Store(false)
	c.cancel(cause)
}

// converse reads the connection until it ends. When ctx is done it takes leave, and still reads what is on its way.
func (c *connection) converse(ctx context.Context) error {
	over := make(chan struct{})
	var leaving sync.WaitGroup
	leaving.Go(func() {
		select {
		case <-ctx.Done():
			c.greeted.Store(false)
			c.leave(context.Cause(ctx), over)
		case <-over:
		}
	})
	err := c.read()
	close(over)
	leaving.Wait()
	_ = c.ws.Close() // it has said goodbye, or is broken
	return err
}

// leave sends Slack a close frame once everything that came by the connection is acknowledged, at the latest when settle is over. Until
// Slack answers with its own, which ends the reading, envelopes that it had sent before still arrive. They cannot be acknowledged by
// this connection any more, since a close frame is the last frame that may be sent.
func (c *connection) leave(cause error, over <-chan struct{}) {
	if !errors.Is(cause, errWriteFailed) {
		c.settle(over)
	}
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	if c.ws.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(ackWithin)) == nil {
		select {
		case <-over:
		case <-time.After(c.line.times.farewell):
		}
	}
	_ = c.ws.Close() // ends the reading where Slack did not
}

// settle waits until everything that came by the connection is acknowledged, but not for long.
func (c *connection) settle(over <-chan struct{}) {
	limit := c.line.times.settle
	deadline := time.After(limit)
	poll := time.NewTicker(limit / 20)
	defer poll.Stop()
	for c.pending.Load() > 0 {
		select {
		case <-poll.C:
		case <-deadline:
			return
		case <-over:
			return
		}
	}
}

// junkLimit is how many frames in a row may be no JSON before the connection is given up.
const junkLimit = 10

// read takes one frame after the other until the connection ends or is silent for too long.
func (c *connection) read() error {
	c.ws.SetReadLimit(readLimit)
	c.ws.SetPingHandler(c.pong)
	for junk := 0; junk < junkLimit; {
		if err := c.alive(); err != nil {
			return err
		}
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("%w: %w", errClosed, err)
		}
		isJSON := true
		c.line.safely(func() { isJSON = c.take(raw) })
		junk++
		if isJSON {
			junk = 0
		}
	}
	return fmt.Errorf("%w: %d frames in a row were no JSON", errClosed, junkLimit)
}

// alive notes a sign of life.
func (c *connection) alive() error {
	if err := c.ws.SetReadDeadline(c.line.open.due(c, time.Now(), c.line.times.silence)); err != nil {
		return fmt.Errorf("%w: %w", errClosed, err)
	}
	return nil
}

// pong answers a ping.
func (c *connection) pong(ping string) error {
	_ = c.ws.WriteControl(websocket.PongMessage, []byte(ping), time.Now().Add(ackWithin)) // where this fails, reading does too
	return c.alive()
}

// take deals with what a frame says of the connection and passes the rest on. It reports false for one that is no JSON.
func (c *connection) take(raw []byte) bool {
	var frame socketmode.Request
	if err := json.Unmarshal(raw, &frame); err != nil {
		c.line.misread(c, raw, err)
		_, broken := errors.AsType[*json.SyntaxError](err)
		return !broken
	}
	switch frame.Type {
	case socketmode.RequestTypeHello:
		c.hello(frame)
	case socketmode.RequestTypeDisconnect:
		c.end(&disconnected{frame.Reason})
	default:
		c.line.receive(c, raw, frame)
	}
	return true
}

// hello notes what Slack announces in its greeting.
func (c *connection) hello(greeting socketmode.Request) {
	select {
	case <-c.ready: // a second greeting changes nothing
		return
	default:
	}
	c.life = time.Duration(greeting.DebugInfo.ApproximateConnectionTime) * time.Second
	c.announced = greeting.NumConnections
	c.since = time.Now()
	c.greeted.Store(true)
	close(c.ready)
}

// write sends a message.
func (c *connection) write(message []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.ws.SetWriteDeadline(time.Now().Add(ackWithin))
	if err == nil {
		err = c.ws.WriteMessage(websocket.TextMessage, message)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errWriteFailed, err)
	}
	return nil
}

// connections is the set of those that run, oldest first.
type connections struct {
	mu  sync.Mutex
	all []*connection
}

// add puts a connection into the set.
func (s *connections) add(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, c)
}

// due returns until when a connection that has just shown a sign of life may be silent. No two are due at about the same
// time: if Slack stops pinging, one stays up while the other is replaced.
func (s *connections) due(c *connection, now time.Time, silence time.Duration) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	apart := silence / 10
	c.due = now.Add(silence)
	for moved := true; moved; {
		moved = false
		for _, other := range s.all {
			if other != c && !other.due.IsZero() && c.due.Sub(other.due).Abs() < apart {
				c.due, moved = other.due.Add(apart), true
			}
		}
	}
	return c.due
}

// remove takes a connection out of the set.
func (s *connections) remove(c *connection) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(other *connection) bool { return other == c })
}

// list returns the connections that were greeted and have not ended.
func (s *connections) list() []*connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	var open []*connection
	for _, c := range s.all {
		if c.greeted.Load() {
			open = append(open, c)
		}
	}
	return open
}
