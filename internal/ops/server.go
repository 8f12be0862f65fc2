package ops

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// closeTimeout bounds how long requests in hand may take when the server is closed.
const closeTimeout = 2 * time.Second

// A client that sends or reads slowly keeps its connection no longer than this. Every page is written well within it.
const (
	readTimeout  = 5 * time.Second
	writeTimeout = 20 * time.Second
)

// Server serves /healthz, /readyz and /metrics.
type Server struct {
	listener net.Listener
	server   *http.Server
	served   chan error
}

// Serve serves on the listener until Close.
func Serve(listener net.Listener, metrics *prometheus.Registry, reporters ...Reporter) *Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", liveHandler)
	mux.HandleFunc("GET /readyz", readyHandler(reporters))
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	s := &Server{
		listener: listener,
		server: &http.Server{
			Handler: mux, ReadHeaderTimeout: readTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: time.Minute,
			MaxHeaderBytes: 16 << 10,
		},
		served: make(chan error, 1),
	}
	go func() { s.served <- s.server.Serve(listener) }()
	return s
}

// Addr returns the address that is listened on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops serving, lets requests in hand end within two seconds, and waits for the server's goroutine.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = fmt.Errorf("close the health server: %w", errors.Join(err, s.server.Close()))
	}
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
