package slacksim

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"budgetbot/internal/slacksim/blockkit"
)

const (
	// maxConnections is how many connections an app may hold.
	maxConnections = 10
	// maxFrame is the greatest frame a client may send, in bytes.
	maxFrame = 20_480
	// missedPongs is how many pings may stay unanswered before the connection is given up.
	missedPongs = 3
	// renewalNotice is how long before its end a connection is warned.
	renewalNotice = 10 * time.Second
	writeLimit    = 5 * time.Second
	queuedFrames  = 4096
)

// line is the state of Socket Mode. Everything in it is guarded by Server.mu.
type line struct {
	// conns are the connections that may be given something; sockets are all that have not ended.
	conns        []*connection
	sockets      map[*connection]bool
	tickets      map[string]time.Time
	deliveries   map[string]*delivery
	pending      []*dispatch
	lastConn     int
	linkDisabled bool
}

func newLine() line {
	return line{sockets: map[*connection]bool{}, tickets: map[string]time.Time{}, deliveries: map[string]*delivery{}}
}

// connection is one WebSocket of the app.
type connection struct {
	id       int
	ws       *websocket.Conn
	out      chan []byte
	gone     chan struct{}
	goneOnce sync.Once

	// The rest is guarded by Server.mu.
	opened   time.Time
	notice   time.Duration
	halfOpen bool
	held     chan struct{} // closed when what is on its way may arrive; nil when nothing is held
	left     int           // the status of the client's close frame, 0 before there is one
	warned   bool
	sent     int
	acked    int
	pinged   time.Time
	waiting  int
	pong     time.Duration
}

// Connection is what a test or a page may know of one open WebSocket.
type Connection struct {
	// ID counts the connections of a workspace from 1.
	ID       int       `json:"id"`
	Opened   time.Time `json:"opened"`
	Sent     int       `json:"sent"`
	Acked    int       `json:"acked"`
	HalfOpen bool      `json:"half_open,omitempty"`
	// Warned means that the renewal of the connection was announced.
	Warned bool `json:"warned,omitempty"`
	// Pong is how long the last answered ping took, 0 before the first.
	Pong time.Duration `json:"pong_ns"`
}

// connectionsOpen gives a WebSocket address that works once and for a short time.
func (s *Server) connectionsOpen(c *call) (reply, error) {
	if s.linkDisabled {
		return nil, refuse("link_disabled")
	}
	ticket := secret()
	s.tickets[ticket] = s.cfg.Now().Add(s.cfg.TicketLife)
	return reply{"url": "ws" + c.origin[len("http"):] + "/link/?ticket=" + ticket + "&app_id=" + s.cfg.AppID}, nil
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !s.redeem(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid ticket", http.StatusForbidden)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }, HandshakeTimeout: writeLimit}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &connection{ws: ws, out: make(chan []byte, queuedFrames), gone: make(chan struct{})}
	if !s.greet(c, r.URL.Query().Get("debug_reconnects") == "true") {
		s.refuseConnection(ws)
		return
	}
	s.work.Go(func() { s.writeFrames(c) })
	s.readFrames(c)
	s.partFrom(c)
	c.cut()
	s.mu.Lock()
	s.drop(c)
	delete(s.sockets, c)
	s.mu.Unlock()
}

// redeem spends a ticket.
func (s *Server) redeem(ticket string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, known := s.tickets[ticket]
	delete(s.tickets, ticket)
	switch {
	case !known:
		s.violate("ticket_unknown", "a WebSocket address was used twice, or was not given out")
	case s.cfg.Now().After(until):
		s.violate("ticket_expired", "a WebSocket address was used too late")
	default:
		return true
	}
	return false
}

// greet counts the connection in, says hello and plans its renewal; it reports false when there are too many.
func (s *Server) greet(c *connection, short bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= maxConnections {
		return false
	}
	s.lastConn++
	c.id, c.opened = s.lastConn, s.cfg.Now()
	s.conns = append(s.conns, c)
	s.sockets[c] = true
	life := s.cfg.ConnectionTime
	if short {
		life = min(life, 360*time.Second)
	}
	s.send(c, s.noisy(map[string]any{
		"type": "hello", "num_connections": len(s.conns), "connection_info": map[string]any{"app_id": s.cfg.AppID},
		"debug_info": map[string]any{
			"host": c.host(), "started": c.opened.UTC().Format("2006-01-02 15:04:05.000"), "build_number": 54,
			"approximate_connection_time": wholeSeconds(life),
		},
	}))
	c.notice = min(s.cfg.scaled(renewalNotice), life/2)
	s.after(life-c.notice, func() { s.disconnect(c, "warning") })
	s.publish(Event{Kind: Connected, Detail: c.host()})
	s.resend(c)
	return true
}

func (c *connection) host() string { return fmt.Sprintf("applink-%d", c.id) }

func (s *Server) refuseConnection(ws *websocket.Conn) {
	s.mu.Lock()
	if !s.closed {
		s.violate("too_many_websockets", "an eleventh connection was opened")
	}
	s.mu.Unlock()
	deadline := time.Now().Add(writeLimit)
	_ = ws.SetWriteDeadline(deadline)
	_ = ws.WriteMessage(websocket.TextMessage, blockkit.Encode(disconnectFrame("too_many_websockets", "applink-0")))
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.ClosePolicyViolation, "too_many_websockets"), deadline)
	_ = ws.Close()
}

func disconnectFrame(reason, host string) map[string]any {
	return map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": host}}
}

// drop takes a connection that ends out of the list: nothing is delivered to it any more, and its un-acknowledged
// commands wait for the next one. Callers hold the lock.
func (s *Server) drop(c *connection) {
	i := slices.Index(s.conns, c)
	if i < 0 || s.closed {
		return
	}
	s.conns = slices.Delete(s.conns, i, i+1)
	s.publish(Event{Kind: Disconnected, Detail: c.host()})
}

// cut ends a connection without a close frame.
func (c *connection) cut() {
	c.goneOnce.Do(func() {
		close(c.gone)
		_ = c.ws.NetConn().Close()
	})
}

// shut ends a connection with a close frame. The reader ends by itself when the peer answers, or after a second.
func (c *connection) shut(code int, reason string) {
	now := time.Now()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), now.Add(time.Second))
	_ = c.ws.NetConn().SetReadDeadline(now.Add(time.Second))
}

// send queues a frame. A client that reads nothing for thousands of frames is cut. Callers hold the lock.
func (s *Server) send(c *connection, frame any) {
	if c.halfOpen {
		return
	}
	raw, ready := frame.([]byte)
	if !ready {
		raw = blockkit.Encode(frame)
	}
	select {
	case c.out <- raw:
	default:
		s.violate("slow_reader", "a connection let thousands of frames wait")
		s.drop(c)
		c.cut()
	}
}

// noisy adds what a tolerant client must ignore, when the workspace is a noisy one.
func (s *Server) noisy(frame map[string]any) map[string]any {
	if s.cfg.Noise {
		frame["x_unknown_"+secret()[:4]] = []any{1, "two", nil}
	}
	return frame
}

func (s *Server) writeFrames(c *connection) {
	var pings <-chan time.Time // nil where the server sends no pings
	if s.cfg.PingInterval > 0 {
		ticker := time.NewTicker(s.cfg.PingInterval)
		defer ticker.Stop()
		pings = ticker.C
	}
	for {
		select {
		case raw := <-c.out:
			s.arrival(c)
			if !s.writeFrame(c, raw) {
				c.cut()
				return
			}
		case <-pings:
			s.arrival(c)
			s.ping(c)
		case <-c.gone:
			return
		}
	}
}

// writeFrame writes a frame, nil being the close frame; it reports false when nothing may follow.
func (s *Server) writeFrame(c *connection, raw []byte) bool {
	if raw != nil {
		_ = c.ws.SetWriteDeadline(time.Now().Add(writeLimit))
		return c.ws.WriteMessage(websocket.TextMessage, raw) == nil
	}
	s.mu.Lock()
	left := c.left
	s.mu.Unlock()
	c.shut(cmp.Or(left, websocket.CloseNormalClosure), "")
	return left == 0 // the server ends a connection that is closed at both ends
}

// arrival waits while what is sent to the connection is held.
func (s *Server) arrival(c *connection) {
	s.mu.Lock()
	held := c.held
	s.mu.Unlock()
	if held == nil {
		return
	}
	select {
	case <-held:
	case <-c.gone:
	}
}

// ping sends a ping, and gives up a connection that left several without an answer.
func (s *Server) ping(c *connection) {
	s.mu.Lock()
	if c.halfOpen {
		s.mu.Unlock()
		return
	}
	if c.waiting > 0 {
		s.violate("pong_missing", c.host()+" did not answer a ping")
	}
	lost := c.waiting >= missedPongs
	c.waiting++
	c.pinged = time.Now()
	s.mu.Unlock()
	if lost {
		c.cut()
		return
	}
	_ = c.ws.WriteControl(websocket.PingMessage, []byte("Ping from "+c.host()), time.Now().Add(writeLimit))
}

func (s *Server) readFrames(c *connection) {
	c.ws.SetReadLimit(1 << 20)
	c.ws.SetPongHandler(func(string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		c.waiting, c.pong = 0, time.Since(c.pinged)
		return nil
	})
	c.ws.SetCloseHandler(func(status int, _ string) error {
		s.takeLeave(c, status)
		return nil
	})
	answerPing := c.ws.PingHandler()
	c.ws.SetPingHandler(func(data string) error {
		s.mu.Lock()
		deaf := c.halfOpen
		s.mu.Unlock()
		if deaf {
			return nil
		}
		return answerPing(data)
	})
	for {
		_, raw, err := c.ws.ReadMessage()
		if err != nil {
			return
		}
		if !s.receive(c, raw) {
			c.shut(websocket.CloseMessageTooBig, fmt.Sprintf("Max frame length of %d has been exceeded", maxFrame))
		}
	}
}

// takeLeave takes a client's close frame: nothing more is delivered to the connection, and what was sent before still arrives,
// followed by the answer.
func (s *Server) takeLeave(c *connection, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.halfOpen {
		return
	}
	c.left = status
	if slices.Contains(s.conns, c) {
		s.publish(Event{Kind: Left, Detail: c.host()})
	}
	s.drop(c)
	select {
	case c.out <- nil:
	default:
		c.cut()
	}
}

// partFrom returns when a connection whose reading has ended may be cut: after a client's close frame when that is answered, and
// for a half-open one, which knows of nothing, when the client has given up.
func (s *Server) partFrom(c *connection) {
	s.mu.Lock()
	left, deaf := c.left, c.halfOpen
	s.mu.Unlock()
	switch {
	case deaf:
		_, _ = io.Copy(io.Discard, c.ws.NetConn())
	case left != 0:
		<-c.gone
	}
}

// receive takes a frame of the client; it reports false for one that is too long.
func (s *Server) receive(c *connection, raw []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case c.halfOpen:
	case len(raw) > maxFrame:
		s.violate("frame_too_long", fmt.Sprintf("a frame of %d bytes", len(raw)))
		s.drop(c)
		return false
	default:
		s.acknowledge(c, raw)
	}
	return true
}

// Connections lists the open connections, oldest first.
func (s *Server) Connections() []Connection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections()
}

func (s *Server) connections() []Connection {
	out := make([]Connection, 0, len(s.conns))
	for _, c := range s.conns {
		out = append(out, Connection{
			ID: c.id, Opened: c.opened, Sent: c.sent, Acked: c.acked, HalfOpen: c.halfOpen, Warned: c.warned, Pong: c.pong,
		})
	}
	slices.SortFunc(out, func(a, b Connection) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
