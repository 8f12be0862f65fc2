package main

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
)

// wire stands between the program and its database, and can be cut.
type wire struct {
	listener net.Listener
	target   string
	serving  sync.WaitGroup

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

// newWire listens on loopback and passes everything on to the target.
func newWire(t testing.TB, target string) *wire {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, target: target, conns: map[net.Conn]bool{}}
	w.serving.Go(w.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		w.sever()
		w.serving.Wait()
	})
	return w
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) accept() {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.serving.Go(func() { w.pass(near) })
	}
}

func (w *wire) pass(near net.Conn) {
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
func (w *wire) hold(conn net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.cut {
		w.conns[conn] = true
	}
	return !w.cut
}

func (w *wire) drop(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, conn)
	_ = conn.Close()
}

// sever cuts every connection, and those that come, until mend.
func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for conn := range w.conns {
		_ = conn.Close()
	}
}

func (w *wire) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}
