package slacksim

import (
	"context"
	"slices"
	"sync"
)

// chosen gives the connections with these ids, or all of them for none. Callers hold the lock.
func (s *Server) chosen(ids []int) []*connection {
	if len(ids) == 0 {
		return slices.Clone(s.conns)
	}
	var out []*connection
	for _, c := range s.conns {
		if slices.Contains(ids, c.id) {
			out = append(out, c)
		}
	}
	return out
}

// Disconnect sends a disconnect frame with the reason ("warning", "refresh_requested", "link_disabled",
// "too_many_websockets") to the connections with these ids, or to all. After a warning the close comes ten seconds
// later, scaled; otherwise at once. After link_disabled no connection can be opened until EnableLink.
func (s *Server) Disconnect(reason string, ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason == "link_disabled" {
		s.linkDisabled = true
	}
	for _, c := range s.chosen(ids) {
		s.disconnect(c, reason)
	}
}

// disconnect announces the end of a connection and brings it about. Callers hold the lock.
func (s *Server) disconnect(c *connection, reason string) {
	if !slices.Contains(s.conns, c) {
		return
	}
	s.send(c, disconnectFrame(reason, c.host()))
	if reason != "warning" {
		s.shutWhenSent(c)
		return
	}
	c.warned = true
	s.after(c.notice, func() { s.shutWhenSent(c) })
}

// shutWhenSent closes a connection once its queue is empty: nil is the last frame. Callers hold the lock.
func (s *Server) shutWhenSent(c *connection) {
	if !slices.Contains(s.conns, c) || c.halfOpen {
		return
	}
	s.drop(c)
	select {
	case c.out <- nil:
	default:
		c.cut()
	}
}

// EnableLink ends the effect of Disconnect("link_disabled").
func (s *Server) EnableLink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.linkDisabled = false
}

// KillConnections ends the connections with these ids, or all, without a close frame.
func (s *Server) KillConnections(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.chosen(ids) {
		s.drop(c)
		c.cut()
	}
}

// HalfOpen makes the connections with these ids, or all, look open and be dead: no pings, no frames, no answers.
func (s *Server) HalfOpen(ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.chosen(ids) {
		c.halfOpen = true
	}
}

// Hold keeps what is sent to the connections with these ids, or to all, on its way until release is called.
func (s *Server) Hold(ids ...int) (release func()) {
	held := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.chosen(ids) {
		c.held = held
	}
	return sync.OnceFunc(func() { close(held) })
}

// SendRaw sends a text frame as it is to the connections with these ids, or to all.
func (s *Server) SendRaw(frame []byte, ids ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.chosen(ids) {
		s.send(c, append([]byte{}, frame...))
	}
}

// WaitConnected blocks until at least n connections are open.
func (s *Server) WaitConnected(ctx context.Context, n int) error {
	return s.await(ctx, &s.alive, func() bool { return len(s.conns) >= n })
}

// WaitDisconnected blocks until the connection with this id is gone.
func (s *Server) WaitDisconnected(ctx context.Context, id int) error {
	return s.await(ctx, &s.alive, func() bool {
		return !slices.ContainsFunc(s.conns, func(c *connection) bool { return c.id == id })
	})
}
