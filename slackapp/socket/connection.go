package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
)

// connection is one Socket Mode connection, from asking for its ticket to its end. It never opens a second one: when and
// whether another follows is decided by its slot.
type connection struct {
	client  *socketmode.Client
	receive func(context.Context, *connection, socketmode.Event) // takes what the connection does not deal with itself; must not block
	cancel  context.CancelCauseFunc
	greeted atomic.Bool   // said hello and not ended
	ready   chan struct{} // closed at hello
	ended   chan struct{} // closed when every goroutine of the connection has ended

	pending  atomic.Int64 // envelopes that came by it and wait for their acknowledgement
	lastUsed atomic.Int64 // when a frame last came or went, in nanoseconds of unix time

	// Written before ready is closed.
	life      time.Duration // announced in hello; 0 when unknown
	announced int           // connections of the app, as counted by Slack
	since     time.Time

	cause error // why the connection ended; written before ended is closed
}

// errOneTicket keeps slack-go from opening a second connection by itself.
var errOneTicket = errors.New("this connection has had its ticket")

// oneTicket is an HTTP client for a single call of apps.connections.open.
type oneTicket struct {
	client *http.Client
	used   atomic.Bool
}

// Do implements slack-go's HTTP client.
func (t *oneTicket) Do(request *http.Request) (*http.Response, error) {
	if t.used.Swap(true) {
		return nil, errOneTicket
	}
	return t.client.Do(request)
}

// readLimit is far above what Slack sends and keeps a mad frame from filling the memory.
const readLimit = 4 << 20

// dial prepares a connection; run opens it.
func (l *Line) dial() *connection {
	out := libraryLog{l.log}
	api := slack.New("", slack.OptionAppLevelToken(l.cfg.AppToken), slack.OptionAPIURL(l.cfg.APIURL),
		slack.OptionHTTPClient(&oneTicket{client: l.cfg.HTTPClient}), slack.OptionLog(out))
	return &connection{
		client: socketmode.New(api, socketmode.OptionLog(out), socketmode.OptionReadLimit(readLimit),
			socketmode.OptionPingInterval(l.times.silence)),
		receive: l.receive,
		ready:   make(chan struct{}),
		ended:   make(chan struct{}),
	}
}

// run opens the connection and reads it until it ends or ctx is done. It has to greet within the given time.
func (c *connection) run(ctx context.Context, helloWithin time.Duration) {
	returned := make(chan error, 1)
	go func() {
		returned <- guard(func() error { return c.client.RunContext(ctx) })
	}()
	late := time.NewTimer(helloWithin)
	defer late.Stop()
	for {
		select {
		case event := <-c.client.Events:
			c.take(ctx, event)
		case <-late.C:
			if !c.greeted.Load() {
				c.end(errNoHello)
			}
		case err := <-returned:
			c.finish(ctx, err)
			return
		}
	}
}

// end gives the connection up. Only the first cause counts.
func (c *connection) end(cause error) {
	c.greeted.Store(false)
	c.cancel(cause)
}

// finish takes what was read before the end and keeps the cause.
func (c *connection) finish(ctx context.Context, err error) {
	for len(c.client.Events) > 0 {
		c.take(ctx, <-c.client.Events)
	}
	c.cause = err
	if ctx.Err() != nil {
		c.cause = context.Cause(ctx)
	}
	c.end(c.cause)
	close(c.ended)
}

// take deals with what slack-go tells of the connection and passes the rest on.
func (c *connection) take(ctx context.Context, event socketmode.Event) {
	switch data := event.Data.(type) {
	case *slack.ConnectingEvent:
		if data.ConnectionCount > 0 {
			c.end(errClosed)
		}
	case *slack.ConnectionErrorEvent:
		c.end(data.ErrorObj)
	case *socketmode.ErrorWriteFailed:
		c.end(fmt.Errorf("%w: %w", errWriteFailed, data.Cause))
		c.receive(ctx, c, event)
	default:
		if event.Type == socketmode.EventTypeHello {
			c.hello(event.Request)
			return
		}
		c.receive(ctx, c, event)
	}
}

// hello notes what Slack announces in its greeting.
func (c *connection) hello(greeting *socketmode.Request) {
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

// settle waits until everything that came by the connection is acknowledged and what was queued had time to be written,
// or until limit has passed.
func (c *connection) settle(limit time.Duration) {
	const written = 100 * time.Millisecond
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	poll := time.NewTicker(written / 5)
	defer poll.Stop()
	for {
		idle := time.Since(time.Unix(0, c.lastUsed.Load()))
		if c.pending.Load() == 0 && idle >= written {
			return
		}
		select {
		case <-poll.C:
		case <-deadline.C:
			return
		case <-c.ended:
			return
		}
	}
}

// isBadFrame reports whether an incoming error is about one frame and not about the connection.
func isBadFrame(err error) bool {
	_, syntax := errors.AsType[*json.SyntaxError](err)
	_, shape := errors.AsType[*json.UnmarshalTypeError](err)
	return syntax || shape
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
