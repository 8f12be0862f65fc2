package slacksim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// closeLimit bounds Close: after it whatever still runs is reported instead of waited for.
const closeLimit = 5 * time.Second

// Server is a running workspace. All its methods may be called from any goroutine.
type Server struct {
	cfg  Config
	addr string
	http *http.Server
	done chan struct{}
	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	timers map[*time.Timer]struct{}
	alive  signal
	workspace
	line
	webapi
	record
}

// Start opens the workspace on a free port of 127.0.0.1.
func Start(cfg Config) (*Server, error) {
	cfg = cfg.withDefaults()
	listener, err := cfg.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open the simulated workspace: %w", err)
	}
	s := &Server{
		cfg: cfg, addr: listener.Addr().String(), done: make(chan struct{}), timers: map[*time.Timer]struct{}{},
		workspace: newWorkspace(cfg), line: newLine(), webapi: newWebAPI(cfg), record: newRecord(),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/{method}", s.serveMethod)
	mux.HandleFunc("GET /link/", s.serveSocket)
	mux.HandleFunc("POST /respond/{key}", s.serveResponseURL)
	mux.HandleFunc("POST /upload/v1/{key}", s.serveUpload)
	mux.HandleFunc("GET /sim/state", s.serveState)
	s.http = &http.Server{Handler: s.tracked(mux), ReadHeaderTimeout: 10 * time.Second}
	s.work.Go(func() { _ = s.http.Serve(listener) })
	return s, nil
}

// tracked lets Close wait for the handlers of upgraded connections too, which net/http forgets.
func (s *Server) tracked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			panic(http.ErrAbortHandler)
		}
		s.work.Add(1)
		s.mu.Unlock()
		defer s.work.Done()
		if s.cfg.Date != nil {
			w.Header().Set("Date", s.cfg.Date().UTC().Format(http.TimeFormat))
		}
		next.ServeHTTP(w, r)
	})
}

// APIURL is the base address of the Web API, with a slash at its end.
func (s *Server) APIURL() string { return "http://" + s.addr + "/api/" }

// BotToken is the token that the Web API accepts.
func (s *Server) BotToken() string { return s.cfg.BotToken }

// AppToken is the token that apps.connections.open accepts.
func (s *Server) AppToken() string { return s.cfg.AppToken }

// Close ends every connection and waits for all that the workspace started. It may be called more than once; the error
// means that something did not end within five seconds.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.done)
		s.stopTimers()
		for c := range s.sockets {
			c.cut()
		}
		s.stopWatchers()
	}
	s.mu.Unlock()
	err := s.http.Close()
	ended := make(chan struct{})
	go func() { s.work.Wait(); close(ended) }()
	select {
	case <-ended:
		return err
	case <-time.After(closeLimit):
		return errors.Join(err, errors.New("close the simulated workspace: connections still busy after 5 s"))
	}
}

// after runs f with the lock held once d has passed, unless the workspace is closed first. Callers hold the lock.
func (s *Server) after(d time.Duration, f func()) {
	if s.closed {
		return
	}
	s.work.Add(1)
	var t *time.Timer
	t = time.AfterFunc(d, func() {
		defer s.work.Done()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.timers, t)
		if !s.closed {
			f()
		}
	})
	s.timers[t] = struct{}{}
}

// stopTimers ends what after planned. One that fires meanwhile finds the workspace closed. Callers hold the lock.
func (s *Server) stopTimers() {
	for t := range s.timers {
		if t.Stop() {
			s.work.Done()
		}
	}
	clear(s.timers)
}

// signal wakes everybody who waits for a change. It is used with the server's lock held.
type signal struct{ ch chan struct{} }

func (g *signal) wait() <-chan struct{} {
	if g.ch == nil {
		g.ch = make(chan struct{})
	}
	return g.ch
}

func (g *signal) wake() {
	if g.ch != nil {
		close(g.ch)
		g.ch = nil
	}
}

// await blocks until holds, which is called with the lock held, is true.
func (s *Server) await(ctx context.Context, g *signal, holds func() bool) error {
	for {
		s.mu.Lock()
		if holds() {
			s.mu.Unlock()
			return nil
		}
		if s.closed {
			s.mu.Unlock()
			return ErrClosed
		}
		changed := g.wait()
		s.mu.Unlock()
		select {
		case <-changed:
		case <-s.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ErrClosed is returned to those who wait for a workspace that was closed.
var ErrClosed = errors.New("the simulated workspace is closed")
