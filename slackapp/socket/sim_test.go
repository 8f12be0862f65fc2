package socket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"budgetbot/internal/memnet"
	"budgetbot/internal/slacksim"
)

// workspace is a simulated Slack, on a network within the process where it has one.
type workspace struct {
	*slacksim.Server

	network *memnet.Network
}

// simulate starts a workspace in a bubble of synctest, and stops it after the line.
func simulate(t *testing.T, cfg slacksim.Config) *workspace {
	t.Helper()
	network := memnet.New()
	cfg.Listen = network.Listen
	return &workspace{startSim(t, cfg), network}
}

func startSim(t *testing.T, cfg slacksim.Config) *slacksim.Server {
	t.Helper()
	s, err := slacksim.Start(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// onSim runs a line in a workspace and waits for both of its connections.
func onSim(t *testing.T, s *workspace, cfg Config, handler Handler, adjust ...func(*Line)) *running {
	t.Helper()
	cfg.APIURL = s.APIURL()
	if s.network != nil {
		cfg = cfg.on(s.network)
	}
	r := run(t, cfg, handler, append(adjust, func(l *Line) { l.cfg.AppToken = s.AppToken() })...)
	r.opens(t)
	return r
}

// ask types a command.
func ask(t *testing.T, s *workspace, text string) *slacksim.Invocation {
	t.Helper()
	v, err := s.Command(t.Context(), slacksim.Slash{User: "U0ALICE01", Channel: "C0GENERAL", Command: "/usage", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// outcome waits for what Slack makes of an invocation.
func outcome(t *testing.T, v *slacksim.Invocation) slacksim.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patienceOfTests)
	defer cancel()
	out, err := v.Outcome(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// inOrder fails when the workspace saw something that Slack does not allow.
func inOrder(t *testing.T, s *workspace) {
	t.Helper()
	for _, v := range s.Violations() {
		t.Errorf("violation: %s: %s", v.Rule, v.Detail)
	}
}

// counted is a Handler that counts each command.
type counted struct {
	recorder
	mu    sync.Mutex
	times map[string]int
}

func newCounted() *counted {
	c := &counted{times: map[string]int{}}
	c.handle = func(_ context.Context, e Envelope) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.times[e.Command.Text]++
	}
	return c
}

func (c *counted) of(text string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.times[text]
}

func (c *counted) total() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, times := range c.times {
		n += times
	}
	return n
}

// TestAStreamOfCommandsThroughEveryEnd types commands one after another while connections are renewed by Slack and by
// the line, killed and turned half-open. What Slack saw acknowledged is handled exactly once, nothing twice, and a command
// is lost only where Slack sends it to the half-open connection, or while the connection that carries it ends.
func TestAStreamOfCommandsThroughEveryEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{
			ConnectionTime: 2 * time.Second, TimeScale: 100, PingInterval: 20 * time.Millisecond, AckLimit: 500 * time.Millisecond, Noise: true,
		})
		handler := newCounted()
		r := onSim(t, s, Config{}, handler)
		faults := []func(int){
			func(id int) { s.Disconnect("warning", id) },
			func(id int) { s.Disconnect("refresh_requested", id) },
			func(id int) { s.KillConnections(id) },
			func(id int) { s.HalfOpen(id) },
		}
		sent, lost, swallowed := 0, 0, 0
		for r.Status().Renewals == 0 || r.Status().Reconnects < 4 {
			text := fmt.Sprint("command-", sent)
			out := outcome(t, ask(t, s, text))
			sent++
			switch out.Result {
			case slacksim.Acknowledged:
				eventually(t, text+" is handled", func() bool { return handler.of(text) == 1 })
			case slacksim.OperationTimeout:
				lost++
			default:
				t.Fatalf("%s: %s, so no connection was open", text, out.Result)
			}
			open := s.Connections()
			for _, c := range open {
				if c.HalfOpen {
					swallowed = c.Sent - c.Acked
				}
			}
			if len(faults) > 0 && r.Status().Renewals > 0 && r.Status().Connected == 2 && len(open) == 2 {
				faults[0](open[0].ID)
				faults = faults[1:]
			}
		}
		if ends := r.Status().Reconnects + r.Status().Renewals; lost > swallowed+ends {
			t.Errorf("%d of %d commands were lost, %d in the half-open connection, with %d ends of connections", lost, sent, swallowed, ends)
		}
		t.Logf("%d commands, %d lost, %d in the half-open connection, status %+v", sent, lost, swallowed, r.Status())
		handler.mu.Lock()
		defer handler.mu.Unlock()
		for text, n := range handler.times {
			if n != 1 {
				t.Errorf("%s was handled %d times", text, n)
			}
		}
	})
}

func TestAConnectionThatSlackClosesIsFollowedByAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{TimeScale: 1000})
		handler := newCounted()
		r := onSim(t, s, Config{}, handler)
		for n, reason := range []string{"warning", "refresh_requested", "too_many_websockets"} {
			old := s.Connections()[0].ID
			s.Disconnect(reason, old)
			eventually(t, "two others after "+reason, func() bool {
				open := s.Connections()
				return len(open) == 2 && !slices.ContainsFunc(open, func(c slacksim.Connection) bool { return c.ID == old })
			})
			if out := outcome(t, ask(t, s, reason)); out.Result != slacksim.Acknowledged {
				t.Errorf("a command after %s: %s", reason, out.Result)
			}
			eventually(t, "the reconnect is counted", func() bool { return r.Status().Reconnects == n+1 && r.Status().Connected == 2 })
		}
		inOrder(t, s)
	})
}

func TestEventsComeBackWhenTheLineWasBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{TimeScale: 1000, AckLimit: 100 * time.Millisecond})
		started, finish := make(chan Envelope, 10), make(chan struct{})
		onSim(t, s, Config{Workers: 1, Queue: 1}, &recorder{handle: func(_ context.Context, e Envelope) { started <- e; <-finish }})
		outcome(t, ask(t, s, "running"))
		within(t, "start of work", started)
		outcome(t, ask(t, s, "queued"))
		v, err := s.Happen(t.Context(), map[string]any{"type": "app_home_opened", "user": "U0ALICE01", "tab": "home"})
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the event is delivered again", func() bool { return v.Retries() > 0 })
		close(finish)
		if out := outcome(t, v); out.Result != slacksim.Acknowledged {
			t.Fatalf("the event: %s", out.Result)
		}
		eventually(t, "the event is handled", func() bool {
			e := within(t, "start of work", started)
			return e.Kind == KindEvent && e.RetryAttempt > 0
		})
		inOrder(t, s)
	})
}

func TestJunkFromSlackIsSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{Noise: true})
		handler := newCounted()
		r := onSim(t, s, Config{}, handler)
		for _, junk := range []string{"junk", "[]", "7", `{"type":"hello"}`, `{"type":"x","payload":{}}`, `{"type":"slash_commands"}`} {
			s.SendRaw([]byte(junk))
		}
		if out := outcome(t, ask(t, s, "after")); out.Result != slacksim.Acknowledged {
			t.Errorf("the command after the junk: %s", out.Result)
		}
		eventually(t, "the command is handled", func() bool { return handler.of("after") == 1 })
		eventually(t, "the junk is counted", func() bool { return r.count(SignalBadFrame) >= 2*5 })
		if status := r.Status(); status.Reconnects != 0 || status.Connected != 2 {
			t.Errorf("status %+v, want the same two connections", status)
		}
		inOrder(t, s)
	})
}

func TestAHalfOpenConnectionIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{PingInterval: 20 * time.Millisecond})
		r := onSim(t, s, Config{}, newCounted())
		dead := s.Connections()[0].ID
		s.HalfOpen(dead)
		ctx, cancel := context.WithTimeout(t.Context(), patienceOfTests)
		defer cancel()
		if err := s.WaitDisconnected(ctx, dead); err != nil {
			t.Fatalf("the dead connection was kept: %v", err)
		}
		eventually(t, "two connections again", func() bool { return r.Status().Connected == 2 && r.Status().Reconnects > 0 })
	})
}

func TestSlackRefusesForGood(t *testing.T) {
	tests := []struct {
		name   string
		cfg    slacksim.Config
		token  string // instead of the workspace's own
		reason string
	}{
		{"an unknown token", slacksim.Config{}, "xapp-1-unknown", "invalid_auth"},
		{"a bot token in place of the app's", slacksim.Config{}, "xoxb-simulated-bot-token", "not_allowed_token_type"},
		{"a token without the scope", slacksim.Config{AppScopes: []string{}}, "", "missing_scope"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := simulate(t, tt.cfg)
				r := run(t, Config{APIURL: s.APIURL()}.on(s.network), &recorder{}, func(l *Line) {
					l.cfg.AppToken = s.AppToken()
					if tt.token != "" {
						l.cfg.AppToken = tt.token
					}
				})
				err := within(t, "end of the line", r.done)
				if fatal, ok := errors.AsType[*FatalError](err); !ok || fatal.Reason != tt.reason {
					t.Errorf("Run returned %v, want a FatalError for %s", err, tt.reason)
				}
			})
		})
	}
}

func TestSlackEndsTheLine(t *testing.T) {
	tests := []struct {
		name   string
		end    func(*workspace)
		reason string
	}{
		{"the token is revoked", func(s *workspace) { s.RevokeTokens() }, "token_revoked"},
		{"Socket Mode is switched off", func(s *workspace) { s.Disconnect("link_disabled") }, "link_disabled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := simulate(t, slacksim.Config{})
				r := onSim(t, s, Config{}, &recorder{})
				tt.end(s)
				err := within(t, "end of the line", r.done)
				if fatal, ok := errors.AsType[*FatalError](err); !ok || fatal.Reason != tt.reason {
					t.Errorf("Run returned %v, want a FatalError for %s", err, tt.reason)
				}
			})
		})
	}
}

func TestSocketModeThatIsOffForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{})
		r := onSim(t, s, Config{}, &recorder{})
		s.Disconnect("link_disabled")
		eventually(t, "the refusal is seen", func() bool { return r.Status().LastError == "link_disabled" })
		s.EnableLink()
		eventually(t, "two connections again", func() bool { return r.Status().Connected == 2 })
	})
}

// TestNothingOnTheWireIsLostWhenAConnectionIsLeft: commands are on their way when the line closes a connection on purpose. They
// arrive after its close frame and are handled all the same, once.
func TestNothingOnTheWireIsLostWhenAConnectionIsLeft(t *testing.T) {
	tests := []struct {
		name  string
		life  time.Duration // of a connection; 0 is long
		leave func(*testing.T, *workspace, *running)
	}{
		{"the line ends", 0, func(_ *testing.T, _ *workspace, r *running) { r.stop() }},
		{"a connection is renewed early", 2 * time.Second, func(*testing.T, *workspace, *running) {}},
		{"a connection cannot be written to", 0, func(_ *testing.T, _ *workspace, r *running) {
			for _, c := range r.open.list() {
				c.end(errWriteFailed)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := simulate(t, slacksim.Config{ConnectionTime: tt.life})
				happened := s.Watch(0)
				handler := newCounted()
				r := onSim(t, s, Config{}, handler)
				release := s.Hold()
				const commands = 20
				for n := range commands {
					ask(t, s, fmt.Sprint(n))
				}
				tt.leave(t, s, r)
				for e := range happened.Events() {
					if e.Kind == slacksim.Left {
						break
					}
				}
				if n := handler.total(); n != 0 {
					t.Fatalf("%d commands arrived before the connection was left", n)
				}
				release()
				eventually(t, "every command is handled", func() bool { return handler.total() == commands })
				for n := range commands {
					if times := handler.of(fmt.Sprint(n)); times != 1 {
						t.Errorf("command %d was handled %d times", n, times)
					}
				}
				r.stop()
				if err := within(t, "end of the line", r.done); err != nil {
					t.Errorf("Run returned %v, want nil", err)
				}
			})
		})
	}
}

// TestWhatFollowsADisconnectFrameIsTaken: Slack goes on using a connection for ten seconds after its warning.
func TestWhatFollowsADisconnectFrameIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{})
		handler := newCounted()
		onSim(t, s, Config{}, handler)
		release := s.Hold()
		s.Disconnect("warning")
		const commands = 20
		for n := range commands {
			ask(t, s, fmt.Sprint(n))
		}
		release()
		eventually(t, "every command is handled", func() bool { return handler.total() == commands })
	})
}

// TestALineWaitsNotForEverForSlackToAnswerItsCloseFrame: a half-open connection never does.
func TestALineWaitsNotForEverForSlackToAnswerItsCloseFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{})
		r := onSim(t, s, Config{}, newCounted())
		s.HalfOpen()
		r.stop()
		if err := within(t, "end of the line", r.done); err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
	})
}

// TestDrainingOnTheSimulator: a line that ends leaves Slack at once, so that commands go to other replicas, and only then
// finishes what it has in hand.
func TestDrainingOnTheSimulator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{})
		started, finish := make(chan struct{}), make(chan struct{})
		handler := &recorder{handle: func(context.Context, Envelope) { close(started); <-finish }}
		r := onSim(t, s, Config{}, handler)
		outcome(t, ask(t, s, "long"))
		within(t, "start of work", started)
		r.stop()
		eventually(t, "no connection is left while the work goes on", func() bool { return len(s.Connections()) == 0 })
		if out := outcome(t, ask(t, s, "late")); out.Result != slacksim.DispatchFailed {
			t.Errorf("a command to nobody was %s", out.Result)
		}
		select {
		case err := <-r.done:
			t.Errorf("the line ended with work in hand: %v", err)
		default:
		}
		close(finish)
		if err := within(t, "end of the line", r.done); err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
		inOrder(t, s)
	})
}

// TestConnectionsThatAreAskedToLeaveAgainAndAgain has one of the two connections asked to leave every 0.7 s, seconds after its
// greeting, while 250 commands a second are typed.
func TestConnectionsThatAreAskedToLeaveAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{})
		handler := newCounted()
		r := onSim(t, s, Config{Workers: 64, Queue: 1000}, handler)
		typing, leaving := time.NewTicker(4*time.Millisecond), time.NewTicker(700*time.Millisecond)
		defer typing.Stop()
		defer leaving.Stop()
		var asked []*slacksim.Invocation
		ends := 0
		for reasons := []string{"refresh_requested", "warning"}; ends < 7; {
			select {
			case <-typing.C:
				asked = append(asked, ask(t, s, fmt.Sprint("command-", len(asked))))
			case <-leaving.C:
				if open := s.Connections(); len(open) == 2 {
					s.Disconnect(reasons[ends%2], open[0].ID)
				} else {
					t.Errorf("%d connections are open, 0.7 s after one was asked to leave", len(open))
				}
				ends++
			}
		}
		refused, lost := 0, 0
		for _, v := range asked {
			switch outcome(t, v).Result {
			case slacksim.DispatchFailed:
				refused++
			case slacksim.OperationTimeout:
				lost++
			}
		}
		if refused+lost > 0 {
			t.Errorf("of %d commands %d found no connection, and %d were not acknowledged", len(asked), refused, lost)
		}
		eventually(t, "everything is handled", func() bool { return handler.total() == len(asked) })
		eventually(t, "every end is counted once", func() bool { return r.Status().Reconnects == ends && r.Status().Connected == 2 })
	})
}

// TestNobodyPings: the line is never without a connection while both of them time out again and again.
func TestNobodyPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := simulate(t, slacksim.Config{PingInterval: -1})
		r := onSim(t, s, Config{}, &recorder{})
		deaf := 0
		eventually(t, "six connections have timed out", func() bool {
			if r.Status().Connected == 0 {
				deaf++
			}
			return r.Status().Reconnects >= 6
		})
		if deaf > 0 {
			t.Errorf("no connection was open at %d looks", deaf)
		}
	})
}

// TestFailedAttemptsAreNoReconnects: a connection that follows one that ended counts once, however often it was tried.
func TestFailedAttemptsAreNoReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r, one, _ := f.start(t, Config{}, &recorder{})
		var attempts atomic.Int64
		f.refuseWith(func(w http.ResponseWriter) bool {
			if attempts.Add(1) > 3 {
				return false
			}
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		})
		_ = one.conn.Close()
		within(t, "new connection", f.wires)
		eventually(t, "the reconnect is counted", func() bool { return r.Status().Connected == 2 && r.count(SignalReconnect) > 0 })
		if got, told := r.Status().Reconnects, r.count(SignalReconnect); got != 1 || told != 1 || attempts.Load() != 4 {
			t.Errorf("%d reconnects and %d signals after %d attempts, want one of each after four", got, told, attempts.Load())
		}
	})
}
