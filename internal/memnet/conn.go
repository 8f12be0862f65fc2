package memnet

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// room is how much a connection holds in each direction that nobody has read yet.
const room = 256 << 10

// Pipe returns the two ends of a connection.
func Pipe(a, b net.Addr) (near, far net.Conn) {
	there, back := newStream(), newStream()
	return &conn{reads: back, writes: there, local: a, remote: b}, &conn{reads: there, writes: back, local: b, remote: a}
}

// conn is one end. What is written goes into one stream, and what is read comes from another.
type conn struct {
	reads, writes *stream
	local, remote net.Addr
	abrupt        bool
}

// Read implements net.Conn.
func (c *conn) Read(p []byte) (int, error) { return c.wrap("read", c.reads.read(p)) }

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) { return c.wrap("write", c.writes.write(p)) }

func (c *conn) wrap(op string, did done) (int, error) {
	if did.err == nil || did.err == io.EOF { //nolint:errorlint // io.EOF is never wrapped
		return did.n, did.err
	}
	return did.n, &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: did.err}
}

// Close ends both directions. The other end reads what was written before, unless the connection is cut.
func (c *conn) Close() error {
	c.writes.end(c.abrupt)
	c.reads.abandon()
	return nil
}

// CloseWrite ends the direction of writing.
func (c *conn) CloseWrite() error {
	c.writes.end(false)
	return nil
}

// SetLinger with 0 has Close cut the connection, as with TCP.
func (c *conn) SetLinger(seconds int) error {
	c.abrupt = seconds == 0
	return nil
}

// LocalAddr implements net.Conn.
func (c *conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn.
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.reads.setDeadline(&c.reads.reading, t)
	return nil
}

// SetWriteDeadline implements net.Conn.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.writes.setDeadline(&c.writes.writing, t)
	return nil
}

// stream is one direction of a connection.
type stream struct {
	mu               sync.Mutex
	changed          *sync.Cond
	waiting          []byte
	over             bool // nothing more is written
	cut              bool // and what waits is lost
	abandoned        bool // nobody reads any more
	reading, writing deadline
}

type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d deadline) isOver() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func newStream() *stream {
	s := &stream{}
	s.changed = sync.NewCond(&s.mu)
	return s
}

type done struct {
	n   int
	err error
}

func (s *stream) read(p []byte) done {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.abandoned:
			return done{err: net.ErrClosed}
		case s.reading.isOver():
			return done{err: os.ErrDeadlineExceeded}
		case s.cut:
			return done{err: os.NewSyscallError("read", syscall.ECONNRESET)}
		case len(p) == 0:
			return done{}
		case len(s.waiting) > 0:
			n := copy(p, s.waiting)
			s.waiting = s.waiting[n:]
			s.changed.Broadcast()
			return done{n: n}
		case s.over:
			return done{err: io.EOF}
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) done {
	s.mu.Lock()
	defer s.mu.Unlock()
	for written := 0; ; {
		switch free := room - len(s.waiting); {
		case s.over:
			return done{written, net.ErrClosed}
		case s.writing.isOver():
			return done{written, os.ErrDeadlineExceeded}
		case s.abandoned:
			return done{written, os.NewSyscallError("write", syscall.EPIPE)}
		case free > 0:
			n := min(free, len(p)-written)
			s.waiting = append(s.waiting, p[written:written+n]...)
			written += n
			s.changed.Broadcast()
			if written == len(p) {
				return done{n: written}
			}
			continue
		}
		s.changed.Wait()
	}
}

func (s *stream) end(cut bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over, s.cut = true, s.cut || cut
	s.changed.Broadcast()
}

func (s *stream) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.abandoned = true
	s.changed.Broadcast()
}

func (s *stream) setDeadline(d *deadline, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.at = t
	if left := time.Until(t); !t.IsZero() && left > 0 { // one that has passed wakes its readers below
		d.timer = time.AfterFunc(left, s.wake)
	}
	s.changed.Broadcast()
}

func (s *stream) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}
