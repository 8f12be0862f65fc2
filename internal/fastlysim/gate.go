package fastlysim

import (
	"context"
	"sync"
)

// gate holds calls back while it is shut.
type gate struct {
	mu   sync.Mutex
	shut chan struct{}
}

// pass waits until the gate is open and says whether the caller is still there.
func (g *gate) pass(ctx context.Context) bool {
	g.mu.Lock()
	shut := g.shut
	g.mu.Unlock()
	if shut == nil {
		return true
	}
	select {
	case <-shut:
		return true
	case <-ctx.Done():
		return false
	}
}

func (g *gate) close() (open func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		g.shut = make(chan struct{})
	}
	shut := g.shut
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.shut == shut {
			close(shut)
			g.shut = nil
		}
	}
}

// Hold keeps every call that arrives from now on waiting until release is
// called, so that a test can count what is under way together. Calling release
// again does nothing.
func (s *Server) Hold() (release func()) { return s.gate.close() }
