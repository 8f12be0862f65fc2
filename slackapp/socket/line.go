package socket

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// Handler is a consumer contract. It models what the program does with what Slack delivers. Its methods are called from
// many goroutines and must return soon after ctx is done, since Line.Run waits for them.
type Handler interface {
	// Handle does what an envelope asks for. The envelope has been acknowledged. Within a shutdown, ctx is done only when
	// the drain timeout is over; what was still waiting then is handed over with ctx done, so that the person can get a reply.
	Handle(ctx context.Context, e Envelope)
	// Answer returns the payload for the acknowledgement of a view_submission or block_suggestion; nil is the empty
	// acknowledgement. It has 2.5 s. After an error nothing is acknowledged, and Slack shows the person that it failed.
	Answer(ctx context.Context, e Envelope) (any, error)
	// Unclaimed is called in place of Handle, or of Answer, with an envelope that Config.Once forbids to handle twice, when it cannot be
	// found out whether it is a repeat, so that the person can learn that nothing was done. It has 10 s; for what an acknowledgement
	// answers it has what is left of the 2.5 s, and its answer travels in it.
	Unclaimed(ctx context.Context, e Envelope) any
	// Panicked is called after Handle or Answer panicked, so that the person can get a reply; reference finds it in the log.
	// It has 10 s.
	Panicked(ctx context.Context, e Envelope, reference string)
}

// Config is what a Line needs. AppToken, Logger, Long, Once, Busy and Observe are required.
type Config struct {
	// AppToken is the app-level token (xapp-…) with the scope connections:write.
	AppToken string
	// APIURL is the base URL of the Web API; empty means https://slack.com/api/.
	APIURL string
	// Dial opens the connections to Slack, or those to the proxy that the environment names; nil means the machine's network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger receives what an operator should see.
	Logger *zap.Logger
	// Workers call Handle; 0 means 16. Queue is how many envelopes may wait for them; 0 means 48. Once the first has
	// waited for two seconds, further ones are refused: a command is answered that the line is busy.
	Workers, Queue int
	// Long reports whether handling an envelope may take long. Those have workers of their own, so that nothing waits for them. LongWorkers is how many of them are taken at a time, without a queue; 0 means 64.
	Long        func(Envelope) bool
	LongWorkers int
	// Once reports whether handling an envelope twice is worse than not at all: if the line cannot find out whether it
	// is a repeat, it calls Handler.Unclaimed instead of Handle or Answer.
	Once func(Envelope) bool
	// DrainTimeout is how long work in hand may take once Run's context is done; 0 means 10 s.
	DrainTimeout time.Duration
	// Claims remembers what was taken in hand; nil means a Memory.
	Claims Claims
	// Busy returns the reply to a person, as the payload of the acknowledgement, when a slash command finds the line
	// busy or shutting down.
	Busy func(Envelope) any
	// Observe is called with every Signal, from many goroutines, and must not block.
	Observe func(Signal)
}

// NoRedirect is the CheckRedirect of every client that calls Slack: a token, or what one person asked, would go wherever a redirect leads.
func NoRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// withDefaults fills what is left out.
func (c Config) withDefaults() Config {
	c.APIURL = strings.TrimRight(cmp.Or(c.APIURL, "https://slack.com/api"), "/") + "/"
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	if c.Claims == nil {
		c.Claims = NewMemory()
	}
	c.Workers = cmp.Or(c.Workers, 16)
	c.Queue = cmp.Or(c.Queue, 48)
	c.LongWorkers = cmp.Or(c.LongWorkers, 64)
	c.DrainTimeout = cmp.Or(c.DrainTimeout, 10*time.Second)
	return c
}

// Answers have workers of their own, so that long work does not delay them.
const (
	answerWorkers = 4
	answerQueue   = 16
)

// queuePatience is for how long an envelope may wait for a worker before the line is busy for those that come after it.
const queuePatience = 2 * time.Second

// The line's own waits. Slack pings every ten seconds or so: a half-open connection is replaced within 25 s, or 30 where the other one
// would end at that very moment.
const (
	silenceWithin  = 25 * time.Second        // without a frame from Slack, after which a connection is dead
	helloWithin    = 20 * time.Second        // for ticket, handshake and greeting together
	steadyAfter    = 10 * time.Second        // a connection that lived so long was a good one
	settleWithin   = 3 * time.Second         // until a connection that the line leaves waits for no acknowledgement
	farewellWithin = 1500 * time.Millisecond // for Slack to close its end of a connection that the line leaves; far longer than a frame is on its way
	workWithin     = 2 * time.Minute         // for one call of Handle
	answerWithin   = 2500 * time.Millisecond // from receiving an envelope to its answer, of the three seconds Slack gives
	firstWait      = time.Second             // ceiling of the first wait before another attempt
)

// Line is the line to Slack. Its methods may be called from any goroutine.
type Line struct {
	cfg        Config
	log        *zap.Logger
	handler    Handler
	work, long *pool
	answers    *pool
	http       *http.Client // asks for tickets
	open       connections
	openings   openings
	proxy      func(*http.Request) (*url.URL, error)
	tls        *tls.Config    // of proxies and of Slack; nil is the system's
	sockets    sync.WaitGroup // every goroutine of a slot or a connection
	unacked    atomic.Int64
	gauges     gauges
}

// New prepares a line; Run opens it.
func New(cfg Config, handler Handler) *Line {
	cfg = cfg.withDefaults()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = cfg.Dial
	return &Line{
		cfg: cfg, log: cfg.Logger, handler: handler, proxy: http.ProxyFromEnvironment,
		http: &http.Client{Transport: transport, CheckRedirect: NoRedirect},
		work: newPool(cfg.Queue, queuePatience), long: newPool(0, 0), answers: newPool(answerQueue, 0),
	}
}

// Run keeps the line open until ctx is done and then returns nil, or returns a *FatalError when Slack refuses for good.
// Either way it first closes its connections, so that Slack turns to those of other replicas, and then finishes the work in
// hand, for as long as the drain timeout allows. When it returns every goroutine of the line has ended. A line runs once.
func (l *Line) Run(ctx context.Context) error {
	sockets, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	working, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	handle := func(d delivery) { l.safely(func() { l.handle(working, d) }) }
	l.work.start(l.cfg.Workers, handle)
	l.long.start(l.cfg.LongWorkers, handle)
	l.answers.start(answerWorkers, func(d delivery) { l.safely(func() { l.answer(working, d) }) })
	fatal := make(chan error, 2)
	for _, s := range []*slot{l.slot("first", true), l.slot("second", false)} {
		l.sockets.Go(func() {
			if err := s.keep(sockets); err != nil {
				fatal <- err
			}
		})
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-fatal:
		l.gauges.change(func(s *Status) { s.LastError = reasonOf(err) })
	}
	l.drain(ctx, cut, abandon)
	l.http.CloseIdleConnections()
	return err
}

// slot returns a place for one connection.
func (l *Line) slot(name string, renews bool) *slot {
	return &slot{line: l, log: l.log.With(zap.String("slot", name)), renews: renews}
}

// start opens a connection without waiting for it.
func (l *Line) start(ctx context.Context) *connection {
	c := &connection{line: l, ready: make(chan struct{}), ended: make(chan struct{})}
	ctx, c.cancel = context.WithCancelCause(ctx)
	l.open.add(c)
	l.sockets.Go(func() {
		defer l.open.remove(c)
		c.run(ctx)
	})
	return c
}

// drain leaves the connections as soon as nothing waits for its acknowledgement on them, and then finishes what is in hand, until
// the drain timeout abandons it. What still arrives before a connection is closed at both ends is taken like anything else.
func (l *Line) drain(ctx context.Context, cut, abandon func()) {
	l.gauges.change(func(s *Status) { s.Draining = true })
	deadline, stop := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.DrainTimeout)
	defer stop()
	l.answers.close() // these travel in acknowledgements, and so need the connections
	finish(deadline, abandon, l.answers)
	cut()
	l.sockets.Wait()
	l.work.close()
	l.long.close()
	finish(deadline, abandon, l.work, l.long)
}
