package store

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"budgetbot/internal/store/engine"
)

// TestAStartWhoseConnectionEndsMayComeAgain ends the connections of a start after each of the server's answers in turn, on a database that
// has no tables at first. Whatever the start was doing, it fails with an error that is worth another try.
func TestAStartWhoseConnectionEndsMayComeAgain(t *testing.T) {
	t.Parallel()
	for _, ending := range []struct {
		name  string
		reset bool
	}{{"closed", false}, {"reset", true}} {
		t.Run(ending.name, func(t *testing.T) {
			t.Parallel()
			address := postgresURL(t)
			failed := 0
			for answers := int64(0); ; answers++ {
				server := newCutServer(t, address, answers, ending.reset)
				err := startOnce(t, server.url)
				server.close()
				if err != nil && !engine.MayCome(err) {
					t.Fatalf("after %d answers of the server: %v, which is not waited for", answers, err)
				}
				if err != nil {
					failed++
				}
				if !server.cut.Load() {
					break
				}
			}
			if failed < 20 {
				t.Errorf("%d starts failed, want most of those that were cut off", failed)
			}
		})
	}
}

// startOnce does with a database what a start of the service does.
func startOnce(t *testing.T, address string) error {
	t.Helper()
	s, err := Open(t.Context(), Config{URL: address})
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	if _, _, _, err := s.LastGoodRules(t.Context()); err != nil {
		return err
	}
	if _, err := s.JoinRules(t.Context(), "rules: []", noon); err != nil {
		return err
	}
	if err := s.JoinLastGood(t.Context(), "rules: []"); err != nil {
		return err
	}
	if err := s.RenameRules(t.Context(), map[string]string{"before": "after"}); err != nil {
		return err
	}
	return s.StartDelivery(t.Context(), script{})
}

// A server that takes a statement and never answers it is one that cannot be reached.
func TestAServerThatFallsSilentMayCome(t *testing.T) {
	t.Parallel()
	s := openAt(t, postgresURL(t))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.engine.Exec(ctx, "SELECT pg_sleep(60)"); !engine.MayCome(err) {
		t.Errorf("%v is not waited for", err)
	}
}

// cutServer passes on what a PostgreSQL server and its clients send, and ends every connection after so many answers. Later connections
// go through.
type cutServer struct {
	url      string
	listener net.Listener
	target   string
	reset    bool
	left     atomic.Int64
	cut      atomic.Bool
	serving  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

func newCutServer(t *testing.T, address string, answers int64, reset bool) *cutServer {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &cutServer{listener: listener, target: at.Host, reset: reset}
	s.left.Store(answers)
	at.Host = listener.Addr().String()
	s.url = at.String()
	s.serving.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			s.serving.Go(func() { s.pass(near) })
		}
	})
	return s
}

func (s *cutServer) pass(near net.Conn) {
	far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.target)
	if err != nil {
		_ = near.Close()
		return
	}
	s.mu.Lock()
	s.conns = append(s.conns, near, far)
	s.mu.Unlock()
	s.serving.Go(func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	})
	defer func() { _ = near.Close() }()
	answer := make([]byte, 1<<16)
	for {
		n, err := far.Read(answer)
		if err != nil {
			return
		}
		if s.left.Add(-1) < 0 && s.cut.CompareAndSwap(false, true) {
			s.end()
			return
		}
		if _, err := near.Write(answer[:n]); err != nil {
			return
		}
	}
}

func (s *cutServer) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, conn := range s.conns {
		if s.reset {
			_ = conn.(*net.TCPConn).SetLinger(0)
		}
		_ = conn.Close()
	}
}

func (s *cutServer) close() {
	_ = s.listener.Close()
	s.end()
	s.serving.Wait()
}
