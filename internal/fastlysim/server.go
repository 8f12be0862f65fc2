package fastlysim

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// Paths that the server answers.
const (
	UsagePath       = fault.UsagePath
	ServicePath     = fault.ServicePath
	InvoicesPath    = fault.InvoicesPath
	MonthToDatePath = fault.MonthToDatePath
	TokenPath       = "/tokens/self"
	// Statistics, which need no billing role.
	StatsPath          = "/stats/aggregate"
	StatsByServicePath = "/stats/usage_by_service"
)

// StatsFieldPath is where the statistics of every service have one field, such as bandwidth.
func StatsFieldPath(field string) string { return "/stats/field/" + field }

// InvoicePath is where the invoice of an id is.
func InvoicePath(id string) string { return InvoicesPath + "/" + id }

// Server is a running simulated Fastly. Its methods may be called at any time
// and from any goroutine until Close.
type Server struct {
	config    Config
	address   string
	abroad    string
	routes    map[string]func(*http.Request) fault.Response
	calls     callLog
	strangers callLog
	faults    fault.Queue
	gate      gate

	mu         sync.RWMutex
	ledger     account.Ledger
	bills      *account.Bills
	estimate   estimate
	exactStats *account.StatTable

	ctx     context.Context
	cancel  context.CancelFunc
	servers []*http.Server
	running sync.WaitGroup
}

// Start opens a server on a free port of 127.0.0.1. It fails on a config that
// cannot be: no token, a month that cannot be read, a jump of an unknown service.
func Start(config Config) (*Server, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	books, err := account.NewGenerator(config.Account)
	if err != nil {
		return nil, fmt.Errorf("fastlysim: generate account: %w", err)
	}
	if err := config.Account.Invoices.Check(); err != nil {
		return nil, fmt.Errorf("fastlysim: %w", err)
	}
	s := &Server{config: config, ledger: books, bills: &account.Bills{}}
	s.routes = map[string]func(*http.Request) fault.Response{
		UsagePath:       s.usageMetrics,
		ServicePath:     s.serviceUsageMetrics,
		InvoicesPath:    s.listInvoices,
		MonthToDatePath: s.monthToDate,
		TokenPath:       s.tokenSelf,

		StatsPath:          s.statsAggregate,
		StatsByServicePath: s.statsByService,
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) open() error {
	var err error
	if s.address, err = s.serve(s.handle); err != nil {
		return err
	}
	s.abroad, err = s.serve(s.handleStranger)
	return err
}

// serve listens on a free port and returns its address.
func (s *Server) serve(handler http.HandlerFunc) (string, error) {
	listener, err := s.config.Listen(s.ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("fastlysim: listen on loopback: %w", err)
	}
	server := &http.Server{
		Handler:           s.tracked(handler),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return s.ctx },
	}
	s.servers = append(s.servers, server)
	// Serve returns ErrServerClosed after Close and has nothing else to tell.
	s.running.Go(func() { _ = server.Serve(listener) })
	return listener.Addr().String(), nil
}

// tracked lets Close wait for handlers, which closing the server alone does not.
func (s *Server) tracked(handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !s.enter() {
			panic(http.ErrAbortHandler)
		}
		defer s.running.Done()
		if s.config.Date != nil {
			w.Header().Set("Date", s.config.Date().UTC().Format(http.TimeFormat))
		}
		handler(w, r)
	}
}

// enter counts a handler in, unless the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return false
	}
	s.running.Add(1)
	return true
}

// URL is the base of every path, without a slash at its end.
func (s *Server) URL() string { return "http://" + s.address }

// Close cuts every connection and waits until nothing of the server runs. A
// second Close does nothing.
func (s *Server) Close() error {
	s.mu.Lock()
	s.cancel()
	s.mu.Unlock()
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	s.running.Wait()
	return errors.Join(errs...)
}

func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	call := s.calls.begin(r)
	defer call.end(0)
	if !s.delay(r.Context()) {
		panic(http.ErrAbortHandler)
	}
	if fault, turn, ok := s.faults.Take(r.URL.Path); ok {
		s.misbehave(w, r, call, fault, turn)
		return
	}
	a := s.answer(r)
	call.end(a.Status)
	a.Write(w)
}

// handleStranger is another host: it has nothing to say and notes who came.
func (s *Server) handleStranger(w http.ResponseWriter, r *http.Request) {
	call := s.strangers.begin(r)
	a := notFound()
	call.end(a.Status)
	a.Write(w)
}

// answer is what an honest Fastly says.
func (s *Server) answer(r *http.Request) fault.Response {
	route, ok := s.route(r.URL.Path)
	switch {
	case !s.authorized(r):
		return unauthorized()
	case !ok:
		return notFound()
	case r.Method != http.MethodGet:
		return methodNotAllowed()
	}
	return route(r)
}

// route finds who answers a path; an invoice's has its id in it.
func (s *Server) route(path string) (func(*http.Request) fault.Response, bool) {
	if route, ok := s.routes[path]; ok {
		return route, true
	}
	if field, ok := strings.CutPrefix(path, StatsFieldPath("")); ok && statsFields[field] != nil {
		return s.statsField, true
	}
	id, ok := strings.CutPrefix(path, InvoicePath(""))
	return s.oneInvoice, ok && id != "" && !strings.Contains(id, "/")
}

func (s *Server) authorized(r *http.Request) bool {
	shown := r.Header.Get("Fastly-Key")
	return subtle.ConstantTimeCompare([]byte(shown), []byte(s.config.Token)) == 1
}

// delay waits for the gate and the latency, and says whether the caller is
// still there.
func (s *Server) delay(ctx context.Context) bool {
	if !s.gate.pass(ctx) {
		return false
	}
	return fault.Rest(ctx, s.config.Latency)
}
