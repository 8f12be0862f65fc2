// Package memnet is a network within a process, for tests in which time is not the wall's: a goroutine that waits for it waits for a
// channel or a condition of its own, as testing/synctest wants, and not for the kernel.
package memnet

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// Network has its own ports of 127.0.0.1. Its methods may be called from any goroutine.
type Network struct {
	mu        sync.Mutex
	last      int
	listeners map[string]*listener
}

// New returns a network on which nobody listens.
func New() *Network { return &Network{last: 1023, listeners: map[string]*listener{}} }

// Listen takes a port of the network; port 0 is one that is free.
func (n *Network) Listen(_ context.Context, network, address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if port == "0" {
		n.last++
		port = strconv.Itoa(n.last)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	l := &listener{network: n, address: &net.TCPAddr{IP: net.ParseIP(host), Port: number}, come: make(chan net.Conn), closed: make(chan struct{})}
	if n.listeners[l.address.String()] != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: l.address, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	n.listeners[l.address.String()] = l
	return l, nil
}

// Dial connects to who listens at the address.
func (n *Network) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	l := n.listeners[address]
	n.last++
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: n.last}
	n.mu.Unlock()
	refused := &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if l == nil {
		return nil, refused
	}
	near, far := Pipe(from, l.address)
	select {
	case l.come <- far:
		return near, nil
	case <-l.closed:
		return nil, refused
	case <-ctx.Done():
		return nil, &net.OpError{Op: "dial", Net: network, Err: ctx.Err()}
	}
}

func (n *Network) forget(l *listener) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.listeners, l.address.String())
}

type listener struct {
	network *Network
	address *net.TCPAddr
	come    chan net.Conn
	once    sync.Once
	closed  chan struct{}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.come:
		return conn, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.address, Err: net.ErrClosed}
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	err := fmt.Errorf("close: %w", net.ErrClosed)
	l.once.Do(func() {
		l.network.forget(l)
		close(l.closed)
		err = nil
	})
	return err
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.address }
