package socket

import (
	"context"
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
	late    *time.Timer   // gives it up where Slack does not greet it in time

	// Written before ready is closed.
	ws        *websocket.Conn
	life      time.Duration // announced in hello; 0 when unknown
	announced int           // connections of the app, as counted by Slack
	since     time.Time

	cause error // why the connection ended; written before ended is closed

	due time.Time // when it is given up without a sign of life; guarded by connections.mu
}

// end gives the connection up, and lets it leave. Only the first cause counts.
func (c *connection) end(cause error) {
	c.greeted.Store(false)
	c.cancel(cause)
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
	c.late.Stop()
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
func (s *connections) due(c *connection, now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	const apart = silenceWithin / 10
	c.due = now.Add(silenceWithin)
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
