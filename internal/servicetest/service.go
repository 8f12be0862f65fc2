package servicetest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"budgetbot/internal/service"
)

// Running is a service in this process.
type Running struct {
	Service *service.Service

	w      *World
	line   *line
	cancel context.CancelFunc
	ended  chan error
	over   bool
}

// Config is the environment of a service in this world. Everything is as in production but the addresses and the interval.
func (w *World) Config() *service.Config {
	return &service.Config{
		SlackBotToken: w.Slack.BotToken(), SlackAppToken: w.Slack.AppToken(), SlackAPIURL: w.Slack.APIURL(),
		FastlyAPIToken: FastlyToken, FastlyAPIURL: w.Fastly.URL(),
		RulesFile: w.Path("rules.yaml"), DatabaseURL: "sqlite://" + w.Path("budgetbot.db"), HTTPAddr: "127.0.0.1:0",
		LogLevel: "debug", LogFormat: "json", UsageCommand: "/usage", BudgetCommand: "/budget", CheckEvery: time.Second,
	}
}

// Change alters what a service is started with.
type Change func(*service.Config, *service.Options)

// Build opens a service and does not run it.
func (w *World) Build(ctx context.Context, changes ...Change) (*Running, error) {
	c, r := w.Config(), &Running{w: w, line: &line{world: w}, ended: make(chan error, 1)}
	o := service.Options{
		Log: service.NewLog(c, w.Written), Now: w.Clock.Now, Poll: 50 * time.Millisecond, BrokenWait: time.Second,
		SettleWait: 2 * time.Second, LookWait: time.Second,
	}
	if w.Network != nil {
		o.Network = service.Network{Dial: r.line.dial, Listen: w.Network.Listen}
	}
	for _, change := range changes {
		change(c, &o)
	}
	var err error
	r.Service, err = service.Build(ctx, c, o)
	return r, err
}

// Start opens and runs a service, and returns when it is connected. It is stopped at the end of the test, if not before.
func (w *World) Start(changes ...Change) *Running {
	w.T.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := w.Build(ctx, changes...)
	if err != nil {
		cancel()
		w.T.Fatalf("build: %v; %s", err, w.Log())
	}
	r.cancel = cancel
	w.T.Cleanup(r.Stop)
	go func() { r.ended <- r.Service.Run(ctx) }()
	if err := w.Slack.WaitConnected(w.Soon(), 2); err != nil {
		w.T.Fatalf("not connected: %v; %s", err, w.Log())
	}
	return r
}

// Stop ends the service as a signal does, and demands that it goes well.
func (r *Running) Stop() {
	r.w.T.Helper()
	if r.over {
		return
	}
	for _, page := range []string{"/readyz", "/metrics"} {
		_, text := r.Page(page)
		r.w.Sweep(page, text)
	}
	r.cancel()
	if err := r.End(); err != nil {
		r.w.T.Errorf("the service ended: %v", err)
	}
}

// End waits for the end of a service, closes it and returns what it ended with.
func (r *Running) End() error {
	r.w.T.Helper()
	r.over = true
	select {
	case err := <-r.ended:
		r.cancel()
		return errors.Join(err, r.Service.Close())
	case <-time.After(Patience):
		r.w.T.Fatalf("the service does not end; %s", r.w.Log())
		return nil
	}
}

// Kill ends the service as kill -9 does: nothing more of it reaches Slack, Fastly or the database, which is left as it is now.
func (r *Running) Kill() {
	r.w.T.Helper()
	r.line.cut()
	files := r.w.ReadDatabase()
	r.cancel()
	_ = r.End() // it cannot go well
	r.w.WriteDatabase(files)
	r.w.Await("Slack to miss the service", func() bool { return len(r.w.Slack.Connections()) == 0 })
}

// line is the service's own end of the network, which can be cut.
type line struct {
	world *World

	mu    sync.Mutex
	isCut bool
	open  []net.Conn
}

func (l *line) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := l.world.Network.Dial(ctx, network, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && l.isCut {
		return nil, errors.Join(errors.New("the line is cut"), conn.Close())
	}
	l.open = append(l.open, conn)
	return conn, err
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = true
	for _, conn := range slices.DeleteFunc(l.open, func(c net.Conn) bool { return c == nil }) {
		_ = conn.Close()
	}
}

// Page reads one of the health server's pages.
func (r *Running) Page(path string) (status int, text string) {
	r.w.T.Helper()
	return r.w.Page("http://" + r.Service.Ops.Addr() + path)
}

// Readiness is what /readyz says.
func (r *Running) Readiness() Readiness {
	r.w.T.Helper()
	return r.w.Readiness("http://" + r.Service.Ops.Addr())
}

// Pending counts what waits to be delivered.
func (r *Running) Pending() int {
	r.w.T.Helper()
	backlog, err := r.Service.Store.QueueDepth(r.w.Soon())
	if err != nil {
		r.w.T.Fatal(err)
	}
	return backlog.Pending
}

// AwaitDelivered waits until nothing waits to be delivered.
func (r *Running) AwaitDelivered() {
	r.w.T.Helper()
	r.w.Await("an empty queue", func() bool { return r.Pending() == 0 })
}

// AwaitNoWarning waits until /readyz has no warning.
func (r *Running) AwaitNoWarning() {
	r.w.T.Helper()
	r.w.Await("no warning", func() bool { return len(r.Readiness().Warnings) == 0 })
}

// Page reads a page of a program in this world.
func (w *World) Page(address string) (status int, text string) {
	w.T.Helper()
	transport := &http.Transport{DisableKeepAlives: true} // no connection outlives the test
	if w.Network != nil {
		transport.DialContext = w.Network.Dial
	}
	// A page is read in cleanups too, when the context of the test has ended.
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, http.NoBody)
	if err != nil {
		w.T.Fatal(err)
	}
	response, err := (&http.Client{Transport: transport, Timeout: Patience}).Do(request)
	if err != nil {
		w.T.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		w.T.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// Readiness is a page of /readyz.
type Readiness struct {
	Status            int
	Ready             bool
	Reasons, Warnings []string
}

// Readiness reads /readyz of a program at an address.
func (w *World) Readiness(address string) Readiness {
	w.T.Helper()
	status, text := w.Page(address + "/readyz")
	answer := Readiness{Status: status}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		w.T.Fatalf("/readyz says %q: %v", text, err)
	}
	return answer
}
