// Package wire is a line between a program and what it is connected to, which can be cut: a TCP proxy on loopback for tests and for
// the soak. It knows nothing of what goes through it.
package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Wire passes everything on that comes to its address, until it is cut.
type Wire struct {
	listener net.Listener
	target   string
	serving  sync.WaitGroup

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

// New listens on a free port of loopback and passes everything on to the target, host:port.
func New(target string) (*Wire, error) {
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a wire to %s: %w", target, err)
	}
	w := &Wire{listener: listener, target: target, conns: map[net.Conn]bool{}}
	w.serving.Go(w.accept)
	return w, nil
}

// Address is the host:port to connect to.
func (w *Wire) Address() string { return w.listener.Addr().String() }

// Sever cuts every connection, and those that come, until Mend.
func (w *Wire) Sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for conn := range w.conns {
		_ = conn.Close()
	}
}

// Mend lets connections through again. Those that were cut stay so.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}

// Close cuts the wire for good and waits until nothing of it runs. It may be called more than once.
func (w *Wire) Close() error {
	err := w.listener.Close()
	w.Sever()
	w.serving.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (w *Wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.serving.Go(func() { w.pass(near) })
	}
}

func (w *Wire) pass(near net.Conn) {
	defer w.drop(near)
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.target)
	if err != nil {
		return
	}
	defer w.drop(far)
	if !w.hold(near) || !w.hold(far) {
		return
	}
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		both.Go(func() {
			_, _ = io.Copy(way[0], way[1]) // ends when either side does
			_ = way[0].Close()
			_ = way[1].Close()
		})
	}
	both.Wait()
}

// hold reports whether the connection may go on: none does while the wire is cut.
func (w *Wire) hold(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.cut {
		w.conns[conn] = true
	}
	return !w.cut
}

func (w *Wire) drop(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, conn)
	_ = conn.Close()
}
