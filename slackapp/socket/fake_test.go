package socket

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"budgetbot/internal/memnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patienceOfTests is how long a test waits for what has to come.
const patienceOfTests = 2 * time.Minute

// within returns what arrives on a channel.
func within[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patienceOfTests):
		t.Fatalf("no %s within %v", what, patienceOfTests)
		panic("unreachable")
	}
}

// eventually waits until holds is true.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	late := time.After(patienceOfTests)
	for !holds() {
		select {
		case <-poll.C:
		case <-late:
			t.Fatalf("not within %v: %s", patienceOfTests, what)
		}
	}
}

// recorder is a Handler made of functions; a missing one does nothing.
type recorder struct {
	handle   func(context.Context, Envelope)
	answer   func(context.Context, Envelope) (any, error)
	panicked func(context.Context, Envelope, string)

	unclaimed func(context.Context, Envelope) any
}

func (r *recorder) Unclaimed(ctx context.Context, e Envelope) any {
	if r.unclaimed == nil {
		return nil
	}
	return r.unclaimed(ctx, e)
}

func (r *recorder) Handle(ctx context.Context, e Envelope) {
	if r.handle != nil {
		r.handle(ctx, e)
	}
}

func (r *recorder) Answer(ctx context.Context, e Envelope) (any, error) {
	if r.answer == nil {
		return nil, nil
	}
	return r.answer(ctx, e)
}

func (r *recorder) Panicked(ctx context.Context, e Envelope, reference string) {
	if r.panicked != nil {
		r.panicked(ctx, e, reference)
	}
}

// frame is what the line writes.
type frame struct {
	wire       *wire
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
}

// fake is the server's end of Socket Mode, with a test deciding each frame. It is made in a bubble of synctest, where its network is within
// the process.
type fake struct {
	network *memnet.Network
	url     string
	close   func()
	wires   chan *wire // each connection, greeted
	frames  chan frame // everything the line writes
	life    int        // announced in hello, in seconds
	pings   time.Duration

	mu     sync.Mutex
	refuse func(http.ResponseWriter) bool // answers apps.connections.open itself when it returns true
	mute   bool                           // no hello
}

// wire is one connection at the server's end.
type wire struct {
	conn   *websocket.Conn
	mu     sync.Mutex
	silent bool // half-open: neither pings nor pongs
	ended  chan struct{}
}

func newFake(t *testing.T) *fake {
	f := &fake{network: memnet.New(), wires: make(chan *wire, 100), frames: make(chan frame, 10_000), pings: 20 * time.Millisecond}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/apps.connections.open", f.ticket)
	mux.HandleFunc("GET /link/", f.link)
	f.url, f.close = serve(t, f.network, mux)
	return f
}

// serve opens a server on a network. It is closed at the end of the test, if not before.
func serve(t *testing.T, network *memnet.Network, handler http.Handler) (url string, end func()) {
	t.Helper()
	listener, err := network.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener)
	}()
	end = sync.OnceFunc(func() {
		_ = server.Close()
		<-served
	})
	t.Cleanup(end)
	return "http://" + listener.Addr().String(), end
}

// on has a line dial on a network within the process.
func (c Config) on(network *memnet.Network) Config {
	c.Dial = network.Dial
	return c
}

func (f *fake) refuseWith(refuse func(http.ResponseWriter) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = refuse
}

func (f *fake) ticket(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	refuse := f.refuse
	f.mu.Unlock()
	if refuse != nil && refuse(w) {
		return
	}
	url := strings.Replace(f.url, "http:", "ws:", 1) + "/link/?ticket=secret-ticket"
	_, _ = fmt.Fprintf(w, `{"ok":true,"url":%q}`, url)
}

func (f *fake) link(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &wire{conn: conn, ended: make(chan struct{})}
	pinging := make(chan struct{})
	go func() {
		defer close(pinging)
		c.ping(f.pings)
	}()
	f.mu.Lock()
	mute := f.mute
	f.mu.Unlock()
	if !mute {
		c.send(fmt.Sprintf(`{"type":"hello","num_connections":1,"connection_info":{"app_id":"A1"},"debug_info":{"host":"applink-1","approximate_connection_time":%d}}`, f.life))
	}
	f.wires <- c
	for {
		got := frame{wire: c}
		if err := conn.ReadJSON(&got); err != nil {
			break
		}
		f.frames <- got
	}
	close(c.ended)
	_ = conn.Close()
	<-pinging
}

func (c *wire) ping(every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-c.ended:
			return
		case <-tick.C:
			c.mu.Lock()
			if !c.silent {
				_ = c.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-1"), time.Now().Add(time.Second))
			}
			c.mu.Unlock()
		}
	}
}

func (c *wire) send(raw string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.conn.WriteMessage(websocket.TextMessage, []byte(raw))
}

// command sends a slash command whose envelope and trigger are named after id.
func (c *wire) command(id string) { c.send(commandFrame(id, "trigger-"+id)) }

func commandFrame(id, trigger string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"slash_commands","accepts_response_payload":true,"payload":{"command":"/usage","text":%q,"user_id":"U1","trigger_id":%q}}`, id, id, trigger)
}

func interactionFrame(id, payload string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"interactive","accepts_response_payload":true,"payload":%s}`, id, payload)
}

func eventFrame(id, event string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"events_api","accepts_response_payload":false,"retry_attempt":1,"payload":{"type":"event_callback","team_id":"T1","event_id":%q,"event":{"type":"app_home_opened","user":"U1","tab":"home"}}}`, id, event)
}

// acked returns the next frame of the line.
func (f *fake) acked(t *testing.T) frame {
	t.Helper()
	return within(t, "acknowledgement", f.frames)
}

// quiet fails when the line writes a frame before everything in it waits, for longer than Slack waits for an acknowledgement.
func (f *fake) quiet(t *testing.T) {
	t.Helper()
	time.Sleep(5 * time.Second)
	synctest.Wait()
	select {
	case got := <-f.frames:
		t.Errorf("unexpected acknowledgement of %s with %s", got.EnvelopeID, got.Payload)
	default:
	}
}

// tally counts signals.
type tally struct {
	mu  sync.Mutex
	all []Signal
}

func (c *tally) observe(s Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, s)
}

func (c *tally) count(name SignalName) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.all {
		if s.Name == name {
			n++
		}
	}
	return n
}

// running is a line that runs until the test stops it or ends.
type running struct {
	*Line
	stop func()
	done chan error
	logs *observer.ObservedLogs
	tally
}

// newLine is New with what the configuration leaves out.
func newLine(cfg Config, handler Handler) *Line {
	never := func(Envelope) bool { return false }
	if cfg.Logger == nil {
		cfg.Logger = zap.NewNop()
	}
	if cfg.Long == nil {
		cfg.Long = never
	}
	if cfg.Once == nil {
		cfg.Once = never
	}
	if cfg.Busy == nil {
		cfg.Busy = func(Envelope) any { return nil }
	}
	if cfg.Observe == nil {
		cfg.Observe = func(Signal) {}
	}
	return New(cfg, handler)
}

// run starts a line on an address; adjust may change it first.
func run(t *testing.T, cfg Config, handler Handler, adjust ...func(*Line)) *running {
	t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	r := &running{done: make(chan error, 1), logs: logs}
	cfg.Logger, cfg.Observe = zap.New(core), r.observe
	cfg.AppToken = "xapp-1-secret"
	r.Line = newLine(cfg, handler)
	for _, change := range adjust {
		change(r.Line)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.done <- r.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		within(t, "end of the line", stopped)
		r.Line.http.CloseIdleConnections()
		r.noSecrets(t)
	})
	return r
}

// opens waits until both connections are open, and have been for a moment: on virtual time they would end at the instant at which they began,
// and what has lived for no time is no connection.
func (r *running) opens(t *testing.T) {
	t.Helper()
	eventually(t, "two connections open", func() bool { return r.Status().Connected == 2 })
	time.Sleep(time.Millisecond)
}

// start runs a line on the fake and returns its two connections.
func (f *fake) start(t *testing.T, cfg Config, handler Handler, adjust ...func(*Line)) (*running, *wire, *wire) {
	t.Helper()
	cfg.APIURL = f.url + "/api"
	r := run(t, cfg.on(f.network), handler, adjust...)
	one, two := within(t, "connection", f.wires), within(t, "connection", f.wires)
	r.opens(t)
	return r, one, two
}

// noSecrets fails when a log line holds a token, a ticket or an answer URL.
func (r *running) noSecrets(t *testing.T) {
	t.Helper()
	for _, entry := range r.logs.All() {
		line := fmt.Sprint(entry.Message, entry.ContextMap())
		for _, secret := range []string{"xapp-1-secret", "secret-ticket", "hooks.slack.com/commands"} {
			if strings.Contains(line, secret) {
				t.Errorf("the log holds %q: %s", secret, line)
			}
		}
	}
}
