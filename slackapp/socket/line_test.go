package socket

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"
)

func TestBothConnectionsAreOpenedAtStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r, _, _ := f.start(t, Config{}, &recorder{})
		if status := r.Status(); !status.Ready() || status.HelloAt.IsZero() || status.LastError != "" {
			t.Errorf("status %+v, want ready, greeted and without an error", status)
		}
	})
}

func TestEnvelopesReachTheHandlerAndAreAcknowledged(t *testing.T) {
	tests := []struct {
		name, frame string
		kind        Kind
	}{
		{"a slash command", commandFrame("E1", "T1"), KindCommand},
		{"a press of a button", interactionFrame("E1", `{"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"button","block_id":"b","action_id":"ack","action_ts":"1.2"}]}`), KindBlockActions},
		{"a shortcut", interactionFrame("E1", `{"type":"shortcut","trigger_id":"T1"}`), KindShortcut},
		{"a shortcut on a message", interactionFrame("E1", `{"type":"message_action","trigger_id":"T1"}`), KindMessageAction},
		{"a closed modal", interactionFrame("E1", `{"type":"view_closed","view":{"id":"V1","hash":"h"}}`), KindViewClosed},
		{"an event", eventFrame("E1", "Ev1"), KindEvent},
		{"an interaction that is not known", interactionFrame("E1", `{"type":"brand_new"}`), KindOther},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				handled := make(chan Envelope, 1)
				r, one, _ := f.start(t, Config{}, &recorder{handle: func(_ context.Context, e Envelope) { handled <- e }})
				one.send(tt.frame)
				if ack := f.acked(t); ack.EnvelopeID != "E1" || ack.Payload != nil || ack.wire != one {
					t.Errorf("acknowledged %q with %s, want E1, empty, by its own connection", ack.EnvelopeID, ack.Payload)
				}
				e := within(t, "envelope", handled)
				if e.Kind != tt.kind || e.ID != "E1" || time.Since(e.ReceivedAt) > patienceOfTests {
					t.Errorf("handled %+v, want E1 of kind %s", e, tt.kind)
				}
				if tt.kind == KindEvent && e.RetryAttempt != 1 {
					t.Errorf("retry attempt %d, want 1", e.RetryAttempt)
				}
				eventually(t, "nothing waits", func() bool { s := r.Status(); return s.Unacked+s.Queued+s.Running == 0 })
			})
		})
	}
}

func TestRepeatsAreAcknowledgedAndNotHandledAgain(t *testing.T) {
	tests := []struct{ name, first, again string }{
		{"the same envelope", commandFrame("E1", "T1"), commandFrame("E1", "T1")},
		{"the same command in another envelope", commandFrame("E1", "T1"), commandFrame("E2", "T1")},
		{"the same event in another envelope", eventFrame("E1", "Ev1"), eventFrame("E2", "Ev1")},
		{
			"the same press in another envelope",
			interactionFrame("E1", `{"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"button","block_id":"b","action_id":"a","action_ts":"1.2"}]}`),
			interactionFrame("E2", `{"type":"block_actions","user":{"id":"U1"},"actions":[{"type":"button","block_id":"b","action_id":"a","action_ts":"1.2"}]}`),
		},
		{
			"the same modal submitted again after it was accepted",
			interactionFrame("E1", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`),
			interactionFrame("E2", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				var times atomic.Int64
				r, one, two := f.start(t, Config{}, &recorder{
					handle: func(context.Context, Envelope) { times.Add(1) },
					answer: func(context.Context, Envelope) (any, error) { times.Add(1); return nil, nil },
				})
				one.send(tt.first)
				f.acked(t)
				two.send(tt.again)
				f.acked(t)
				eventually(t, "the repeat is counted", func() bool { return r.count(SignalDuplicate) == 1 })
				if got := times.Load(); got != 1 {
					t.Errorf("handled %d times, want once", got)
				}
			})
		})
	}
}

func TestAnswersTravelInTheAcknowledgement(t *testing.T) {
	submission := interactionFrame("E1", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`)
	errs := map[string]any{"response_action": "errors", "errors": map[string]string{"b": "no"}}
	tests := []struct {
		name    string
		frame   string
		answer  func(context.Context) (any, error)
		acked   bool
		payload string
		signal  SignalName
	}{
		{"a modal's errors", submission, func(context.Context) (any, error) { return errs, nil }, true, `{"errors":{"b":"no"},"response_action":"errors"}`, SignalAcked},
		{"a modal that is accepted", submission, func(context.Context) (any, error) { return nil, nil }, true, "", SignalAcked},
		{"the options of a select", interactionFrame("E1", `{"type":"block_suggestion","value":"cdn"}`), func(context.Context) (any, error) { return map[string]any{"options": []string{}}, nil }, true, `{"options":[]}`, SignalAcked},
		{"an answer that fails is not acknowledged", submission, func(context.Context) (any, error) { return nil, errors.New("no database") }, false, "", SignalFailed},
		{"an answer that panics is not acknowledged", submission, func(context.Context) (any, error) { panic("boom") }, false, "", SignalPanic},
		{"an answer that is late is not acknowledged", submission, func(ctx context.Context) (any, error) { <-ctx.Done(); return errs, nil }, false, "", SignalFailed},
		{"an answer above Slack's frame limit is acknowledged empty", submission, func(context.Context) (any, error) { return strings.Repeat("x", frameLimit), nil }, true, "", SignalOversize},
		{"an answer that is not JSON is acknowledged empty", submission, func(context.Context) (any, error) { return func() {}, nil }, true, "", SignalOversize},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				r, one, _ := f.start(t, Config{}, &recorder{answer: func(ctx context.Context, _ Envelope) (any, error) { return tt.answer(ctx) }})
				one.send(tt.frame)
				eventually(t, "signal "+string(tt.signal), func() bool { return r.count(tt.signal) > 0 })
				if !tt.acked {
					eventually(t, "left without an acknowledgement", func() bool { return r.count(SignalUnacked) == 1 })
					f.quiet(t)
					return
				}
				if ack := f.acked(t); ack.EnvelopeID != "E1" || string(ack.Payload) != tt.payload {
					t.Errorf("acknowledged %s with %s, want E1 with %s", ack.EnvelopeID, ack.Payload, tt.payload)
				}
			})
		})
	}
}

func TestTheLargestFrameThatIsSent(t *testing.T) {
	l := newLine(Config{}, &recorder{})
	d := delivery{Envelope: Envelope{ID: "E1"}, accepts: true}
	empty, _ := json.Marshal(socketmode.Response{EnvelopeID: "E1", Payload: "-"})
	room := frameLimit - len(empty) // bytes beside the one, up to the limit itself
	bare := string(acknowledgement("E1"))
	if n := len(l.fitting(d, strings.Repeat("x", room))); n != frameLimit-1 {
		t.Errorf("a message one byte below the limit is sent with %d bytes", n)
	}
	if got := string(l.fitting(d, strings.Repeat("x", room+1))); got != bare {
		t.Errorf("for a message at the limit %.80s is sent", got)
	}
	d.accepts = false
	if got := string(l.fitting(d, "x")); got != bare {
		t.Errorf("where Slack takes no payload %s is sent", got)
	}
}

func TestACorrectedModalIsAnsweredAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		var times atomic.Int64
		_, one, _ := f.start(t, Config{}, &recorder{answer: func(context.Context, Envelope) (any, error) {
			if times.Add(1) == 1 {
				return map[string]string{"response_action": "errors"}, nil
			}
			return nil, nil
		}})
		for n, want := range []string{`{"response_action":"errors"}`, ""} {
			one.send(interactionFrame(fmt.Sprint("E", n), `{"type":"view_submission","view":{"id":"V","hash":"h"}}`))
			if ack := f.acked(t); string(ack.Payload) != want {
				t.Errorf("submission %d is acknowledged with %s, want %s", n+1, ack.Payload, want)
			}
		}
		if got := times.Load(); got != 2 {
			t.Errorf("answered %d times, want twice: the modal is the same, what was typed is not", got)
		}
	})
}

func TestAFullQueueTellsThePerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		started, finish := make(chan struct{}, 10), make(chan struct{})
		r, one, _ := f.start(t, Config{Workers: 1, Queue: 1, Busy: func(e Envelope) any { return map[string]string{"text": "busy " + e.Command.Text} }},
			&recorder{handle: func(context.Context, Envelope) { started <- struct{}{}; <-finish }})
		one.command("E1")
		f.acked(t)
		within(t, "start of work", started)
		one.command("E2")
		f.acked(t)
		one.command("E3")
		if ack := f.acked(t); ack.EnvelopeID != "E3" || string(ack.Payload) != `{"text":"busy E3"}` {
			t.Errorf("acknowledged %s with %s, want E3 with the busy text", ack.EnvelopeID, ack.Payload)
		}
		one.send(eventFrame("E4", "Ev4"))
		eventually(t, "the event is refused", func() bool { return r.count(SignalBusy) == 2 })
		if status := r.Status(); status.Queued != 1 || status.Running != 1 {
			t.Errorf("queued %d and running %d, want one each", status.Queued, status.Running)
		}
		f.quiet(t)
		close(finish)
		within(t, "start of the queued work", started)
		one.send(eventFrame("E5", "Ev4"))
		f.acked(t)
		within(t, "start of the refused work, delivered again", started)
	})
}

// TestLongWorkHoldsUpNothingShort fills the workers of what may take long: the next of those gets the answer that it is busy, and everything else is done.
func TestLongWorkHoldsUpNothingShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		done, finish := make(chan string, 10), make(chan struct{})
		defer close(finish)
		isLong := func(e Envelope) bool { return e.Command != nil && strings.HasPrefix(e.Command.Text, "long") }
		busy := func(Envelope) any { return "busy" }
		r, one, _ := f.start(t, Config{Workers: 1, Queue: 1, Long: isLong, LongWorkers: 2, Busy: busy}, &recorder{
			handle: func(_ context.Context, e Envelope) {
				if isLong(e) {
					<-finish
				}
				done <- e.ID
			},
		})
		for n, want := range []string{"", "", `"busy"`} {
			one.command(fmt.Sprint("long", n))
			if ack := f.acked(t); string(ack.Payload) != want {
				t.Errorf("acknowledged with %s, want %s", ack.Payload, want)
			}
		}
		one.command("E1")
		f.acked(t)
		if id := within(t, "end of what is short", done); id != "E1" {
			t.Errorf("%s is done", id)
		}
		eventually(t, "nothing queued and two running", func() bool { status := r.Status(); return status.Queued == 0 && status.Running == 2 })
	})
}

// TestAQueueThatDoesNotMoveIsBusy: there is room in the queue, but the next one gets at once the answer that it is busy.
func TestAQueueThatDoesNotMoveIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool(48, queuePatience)
		put := func() bool { return p.put(delivery{Envelope: Envelope{ReceivedAt: time.Now()}}) }
		finish := make(chan struct{})
		p.start(1, func(delivery) { <-finish })
		for what, want := range map[string]bool{"the first": true, "one that waits": true} {
			if put() != want {
				t.Errorf("%s is taken: %v", what, !want)
			}
		}
		time.Sleep(queuePatience)
		if !put() {
			t.Error("another is refused before the first has waited for too long")
		}
		time.Sleep(time.Millisecond)
		if put() {
			t.Error("another is taken although the first has waited for too long")
		}
		close(finish)
		synctest.Wait()
		if !put() {
			t.Error("another is refused although nothing waits any more")
		}
		p.close()
		p.ended.Wait()
	})
}

// lockedClaims answers only when the test lets it, or gives up with its caller.
type lockedClaims struct {
	*Memory
	free chan struct{}
}

func (c lockedClaims) Claim(ctx context.Context, now time.Time, keys []string) (bool, error) {
	select {
	case <-c.free:
		return c.Memory.Claim(ctx, now, keys)
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// TestWhatMayNotBeDoneTwiceWaitsForItsClaim has two lines that share claims, which are locked for a while as both get the same press.
func TestWhatMayNotBeDoneTwiceWaitsForItsClaim(t *testing.T) {
	for _, tt := range []struct {
		name   string
		once   bool
		locked time.Duration
		want   string
	}{
		{"an answer to one person comes rather twice", false, 12 * time.Second, "handled handled"},
		{"what may not be done twice is done once, when the claims are free", true, 12 * time.Second, "handled"},
		{"where they are not in time it is not done, and the person learns that", true, time.Minute, "unclaimed unclaimed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				claims := lockedClaims{NewMemory(), make(chan struct{})}
				var mu sync.Mutex
				var got []string
				note := func(what string) {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, what)
				}
				handler := &recorder{
					handle:    func(context.Context, Envelope) { note("handled") },
					unclaimed: func(context.Context, Envelope) any { note("unclaimed"); return nil },
				}
				var working sync.WaitGroup
				for range 2 {
					line := newLine(Config{Claims: claims, Once: func(Envelope) bool { return tt.once }}, handler)
					working.Go(func() {
						line.handle(t.Context(), delivery{Envelope: Envelope{ID: "E1", Kind: KindEvent, Event: &slackevents.EventsAPIEvent{}}})
					})
				}
				time.Sleep(tt.locked)
				close(claims.free)
				working.Wait()
				if text := strings.Join(got, " "); text != tt.want {
					t.Errorf("%s, want %s", text, tt.want)
				}
			})
		})
	}
}

// TestAModalThatMayNotBeDoneTwiceIsAnsweredInTime: its acknowledgement says that nothing was done.
func TestAModalThatMayNotBeDoneTwiceIsAnsweredInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		claims := lockedClaims{NewMemory(), make(chan struct{})}
		_, one, _ := f.start(t, Config{Claims: claims, Once: func(Envelope) bool { return true }}, &recorder{
			answer:    func(context.Context, Envelope) (any, error) { t.Error("it was done"); return nil, nil },
			unclaimed: func(context.Context, Envelope) any { return "not done" },
		})
		one.send(interactionFrame("A1", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`))
		if ack := f.acked(t); string(ack.Payload) != `"not done"` {
			t.Errorf("acknowledged with %s", ack.Payload)
		}
	})
}

func TestSlowWorkDoesNotHoldUpAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		finish := make(chan struct{})
		defer close(finish)
		_, one, _ := f.start(t, Config{Workers: 1, Queue: 1}, &recorder{handle: func(context.Context, Envelope) { <-finish }})
		for n := range 3 {
			one.command(fmt.Sprint("E", n))
		}
		one.send(interactionFrame("A1", `{"type":"block_suggestion"}`))
		eventually(t, "the answer's acknowledgement", func() bool { return f.acked(t).EnvelopeID == "A1" })
	})
}

func TestAPanicIsContained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		told := make(chan string, 1)
		r, one, _ := f.start(t, Config{Workers: 1}, &recorder{
			handle: func(_ context.Context, e Envelope) {
				if e.Command.Text == "E1" {
					panic("boom xoxb-1-secret")
				}
				told <- "handled " + e.Command.Text
			},
			panicked: func(_ context.Context, e Envelope, reference string) {
				told <- e.Command.Text + " " + reference
				panic("again")
			},
		})
		one.command("E1")
		id, reference, _ := strings.Cut(within(t, "call of Panicked", told), " ")
		if id != "E1" || len(reference) != 6 {
			t.Errorf("told about %q with reference %q, want E1 with six characters", id, reference)
		}
		one.command("E2")
		if got := within(t, "next envelope", told); got != "handled E2" {
			t.Errorf("got %q, want the next envelope to be handled", got)
		}
		logged := r.logs.FilterMessage("handler panicked").All()
		if len(logged) != 1 || logged[0].ContextMap()["reference"] != reference {
			t.Fatalf("logged %v, want one line with the reference", logged)
		}
		if text := fmt.Sprint(logged[0].ContextMap()["error"]); !strings.Contains(text, "boom [token]") || !strings.Contains(text, "line_test.go") {
			t.Errorf("logged %q, want the redacted panic and its stack", text)
		}
		if got := r.count(SignalPanic); got != 1 {
			t.Errorf("%d panics counted, want 1", got)
		}
	})
}

func TestJunkIsCountedAndSurvived(t *testing.T) {
	tests := []struct {
		name, frame string
		acked       string
	}{
		{"a frame that is not JSON", `junk`, ""},
		{"a frame of another shape", `[1,2,3]`, ""},
		{"a frame without a type", `{}`, ""},
		{"an envelope without an id", `{"type":"slash_commands","payload":{"command":"/usage"}}`, ""},
		{"an unknown type without an id", `{"type":"brand_new"}`, ""},
		{"an unknown type with an id is acknowledged", `{"type":"brand_new","envelope_id":"J1"}`, "J1"},
		{"an event that cannot be read is acknowledged", `{"type":"events_api","envelope_id":"J1","payload":7}`, "J1"},
		{"a command that cannot be read is left for the person to see", `{"type":"slash_commands","envelope_id":"J1","payload":7}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				r, one, _ := f.start(t, Config{}, &recorder{})
				one.send(tt.frame)
				one.command("E1")
				want := []string{"E1"}
				if tt.acked != "" {
					want = []string{tt.acked, "E1"}
				}
				for _, id := range want {
					if ack := f.acked(t); ack.EnvelopeID != id {
						t.Errorf("acknowledged %s, want %s", ack.EnvelopeID, id)
					}
				}
				if got := r.count(SignalBadFrame); got != 1 {
					t.Errorf("%d bad frames counted, want 1", got)
				}
				if r.Status().Reconnects != 0 {
					t.Error("one bad frame cost the connection")
				}
			})
		})
	}
}

func TestAFrameCutShortIsSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r, one, _ := f.start(t, Config{}, &recorder{})
		one.send(`{"envelope_id":`)
		one.send("")
		one.command("E1")
		if ack := f.acked(t); ack.EnvelopeID != "E1" || r.Status().Reconnects != 0 {
			t.Errorf("acknowledged %s after %d reconnects, want E1 after none", ack.EnvelopeID, r.Status().Reconnects)
		}
	})
}

func TestAnEndlessStreamOfJunkCostsOneConnectionOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r, one, two := f.start(t, Config{}, &recorder{})
		for range 10 {
			one.send("junk")
		}
		within(t, "new connection", f.wires)
		two.command("E1")
		f.acked(t)
		eventually(t, "two connections again", func() bool { return r.Status().Connected == 2 })
	})
}

func TestEveryEndOfAConnectionIsFollowedByAnother(t *testing.T) {
	tests := []struct {
		name   string
		end    func(*wire)
		reason string
	}{
		{"a warning", func(c *wire) { c.send(`{"type":"disconnect","reason":"warning"}`) }, ReasonClosed},
		{"a refresh", func(c *wire) { c.send(`{"type":"disconnect","reason":"refresh_requested"}`) }, ReasonClosed},
		{"a reason that is not known", func(c *wire) { c.send(`{"type":"disconnect","reason":"brand_new"}`) }, ReasonClosedAtOnce},
		{"too many connections", func(c *wire) { c.send(`{"type":"disconnect","reason":"too_many_websockets"}`) }, ReasonTooMany},
		{"Socket Mode off for a moment", func(c *wire) { c.send(`{"type":"disconnect","reason":"link_disabled"}`) }, reasonLinkDisabled},
		{"a broken connection", func(c *wire) { _ = c.conn.Close() }, ReasonClosedAtOnce},
		{"silence", func(c *wire) { c.mu.Lock(); c.silent = true; c.mu.Unlock() }, ReasonClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				r, one, two := f.start(t, Config{}, &recorder{})
				tt.end(one)
				two.command("E1")
				if ack := f.acked(t); ack.wire != two {
					t.Error("the other connection did not go on meanwhile")
				}
				within(t, "new connection", f.wires).command("E2")
				if ack := f.acked(t); ack.EnvelopeID != "E2" {
					t.Errorf("acknowledged %s, want E2", ack.EnvelopeID)
				}
				within(t, "end of the old connection", one.ended)
				eventually(t, "two connections again, and a reconnect because of "+tt.reason, func() bool {
					status := r.Status()
					return status.Connected == 2 && status.Reconnects > 0 && status.LastError == tt.reason
				})
			})
		})
	}
}

func TestAConnectionThatIsNotGreetedIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.mute = true
		r := run(t, Config{APIURL: f.url + "/api"}.on(f.network), &recorder{})
		eventually(t, "reason no_hello", func() bool { return r.Status().LastError == ReasonNoHello })
		if r.Status().Ready() {
			t.Error("ready without a greeting")
		}
	})
}

func TestOneConnectionIsRenewedEarlyWithoutAGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		f.life = 1
		var mu sync.Mutex
		handled := map[string]int{}
		r, one, two := f.start(t, Config{Queue: 1000}, &recorder{handle: func(_ context.Context, e Envelope) {
			mu.Lock()
			defer mu.Unlock()
			handled[e.ID]++
		}})
		var fresh *wire
		sent := 0
		for open := true; open; {
			select {
			case fresh = <-f.wires:
			case <-one.ended:
				open = false
			case <-two.ended:
				two, open = one, false
			case <-time.After(time.Millisecond):
				if r.Status().Connected < 2 {
					t.Fatal("fewer than two connections during the renewal")
				}
				two.command(fmt.Sprint("E", sent))
				sent++
			}
		}
		if fresh == nil { // greeted before the old one ended, as the count above shows, and handed to the test only now
			fresh = within(t, "the new connection", f.wires)
		}
		fresh.command("last")
		eventually(t, "the last command is acknowledged", func() bool { return f.acked(t).EnvelopeID == "last" })
		eventually(t, "the renewal is counted", func() bool { return r.Status().Renewals == 1 })
		mu.Lock()
		defer mu.Unlock()
		for id, n := range handled {
			if n != 1 {
				t.Errorf("%s was handled %d times", id, n)
			}
		}
		if status := r.Status(); status.Reconnects != 0 {
			t.Errorf("%d reconnects, want none", status.Reconnects)
		}
	})
}

func TestRefusalsThatEndTheLine(t *testing.T) {
	answer := func(body string) func(http.ResponseWriter) bool {
		return func(w http.ResponseWriter) bool { _, _ = w.Write([]byte(body)); return true }
	}
	tests := []struct {
		name   string
		refuse func(http.ResponseWriter) bool
		reason string
	}{
		{"the token is wrong", answer(`{"ok":false,"error":"invalid_auth"}`), "invalid_auth"},
		{"the token is revoked", answer(`{"ok":false,"error":"token_revoked"}`), "token_revoked"},
		{"the token has expired", answer(`{"ok":false,"error":"token_expired"}`), "token_expired"},
		{"the token is of the wrong kind", answer(`{"ok":false,"error":"not_allowed_token_type"}`), "not_allowed_token_type"},
		{"the scope is missing", answer(`{"ok":false,"error":"missing_scope","needed":"connections:write"}`), "missing_scope"},
		{"the workspace is gone", answer(`{"ok":false,"error":"account_inactive"}`), "account_inactive"},
		{"Socket Mode is off, again and again", answer(`{"ok":false,"error":"link_disabled"}`), "link_disabled"},
		{"the address is not Slack's, again and again", func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusNotFound); return true }, ReasonNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				f.refuseWith(tt.refuse)
				r := run(t, Config{APIURL: f.url + "/api/"}.on(f.network), &recorder{})
				err := within(t, "end of the line", r.done)
				fatal, ok := errors.AsType[*FatalError](err)
				if !ok || fatal.Reason != tt.reason {
					t.Fatalf("Run returned %v, want a FatalError for %s", err, tt.reason)
				}
				if got := r.Status().LastError; got != tt.reason {
					t.Errorf("last error %q, want %q", got, tt.reason)
				}
			})
		})
	}
}

// TestSocketModeThatIsSwitchedOff: a ticket is given and the connection greeted, and only the disconnect frame says what is wrong.
func TestSocketModeThatIsSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r := run(t, Config{APIURL: f.url + "/api"}.on(f.network), &recorder{})
		for {
			select {
			case c := <-f.wires:
				c.send(`{"type":"disconnect","reason":"link_disabled","debug_info":{"host":"applink-1"}}`)
				continue
			case err := <-r.done:
				if fatal, ok := errors.AsType[*FatalError](err); !ok || fatal.Reason != reasonLinkDisabled {
					t.Errorf("Run returned %v, want a FatalError for link_disabled", err)
				}
			case <-time.After(patienceOfTests):
				t.Error("the line goes on")
			}
			return
		}
	})
}

func TestAFatalRefusalOnReconnectFinishesWorkFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		started, finish, finished := make(chan struct{}), make(chan struct{}), make(chan struct{})
		r, one, two := f.start(t, Config{}, &recorder{handle: func(ctx context.Context, _ Envelope) {
			close(started)
			<-finish
			if ctx.Err() == nil {
				close(finished)
			}
		}})
		one.command("E1")
		within(t, "start of work", started)
		f.refuseWith(func(w http.ResponseWriter) bool {
			_, _ = w.Write([]byte(`{"ok":false,"error":"token_revoked"}`))
			return true
		})
		_ = two.conn.Close()
		eventually(t, "draining", func() bool { return r.Status().Draining })
		close(finish)
		within(t, "end of work", finished)
		if fatal, ok := errors.AsType[*FatalError](within(t, "end of the line", r.done)); !ok || fatal.Reason != "token_revoked" {
			t.Errorf("Run returned %v, want a FatalError for token_revoked", fatal)
		}
	})
}

func TestARenewalThatIsRefused(t *testing.T) {
	t.Run("for now: the connection is kept and the renewal tried again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			f.life = 1
			var tickets atomic.Int64
			f.refuseWith(func(w http.ResponseWriter) bool {
				if n := tickets.Add(1); n <= 2 || n > 4 {
					return false
				}
				w.WriteHeader(http.StatusServiceUnavailable)
				return true
			})
			r, _, _ := f.start(t, Config{}, &recorder{})
			within(t, "replacement", f.wires)
			if tickets.Load() < 5 {
				t.Errorf("%d tickets asked for, want five: two at start, two refused, one given", tickets.Load())
			}
			eventually(t, "the renewal is counted", func() bool { return r.Status().Renewals == 1 })
			if got := r.Status().Reconnects; got != 0 {
				t.Errorf("%d reconnects, want none", got)
			}
		})
	})
	t.Run("for good: the line ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := newFake(t)
			f.life = 1
			r, _, _ := f.start(t, Config{}, &recorder{})
			f.refuseWith(func(w http.ResponseWriter) bool {
				_, _ = w.Write([]byte(`{"ok":false,"error":"token_expired"}`))
				return true
			})
			err := within(t, "end of the line", r.done)
			if fatal, ok := errors.AsType[*FatalError](err); !ok || fatal.Reason != "token_expired" {
				t.Errorf("Run returned %v, want a FatalError for token_expired", err)
			}
		})
	})
}

func TestNothingIsAcknowledgedWithoutAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		handled := make(chan Envelope, 1)
		r, one, two := f.start(t, Config{}, &recorder{handle: func(_ context.Context, e Envelope) { handled <- e }})
		ended := r.open.list()[0]
		f.refuseWith(func(w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadGateway); return true })
		_, _ = one.conn.Close(), two.conn.Close()
		eventually(t, "no connection is open", func() bool { return r.Status().Connected == 0 })
		r.admit(delivery{Envelope: Envelope{ID: "E1", Kind: KindCommand, Command: &slack.SlashCommand{}}, via: ended})
		within(t, "command", handled)
		if got := r.count(SignalUnacked); got != 1 || r.Status().Unacked != 0 {
			t.Errorf("%d left without an acknowledgement, want the one; %d wait for theirs, want none", got, r.Status().Unacked)
		}
	})
}

func TestAPanicWhileReceivingIsContained(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r, one, two := f.start(t, Config{Workers: 1, Queue: 1, Busy: func(Envelope) any { panic("boom") }},
			&recorder{handle: func(ctx context.Context, _ Envelope) { <-ctx.Done() }}, func(l *Line) { l.cfg.DrainTimeout = time.Millisecond })
		for n := range 3 {
			one.command(fmt.Sprint("E", n))
		}
		eventually(t, "the panic is counted", func() bool { return r.count(SignalPanic) > 0 })
		eventually(t, "nothing waits for an acknowledgement", func() bool { return r.Status().Unacked == 0 })
		two.send(`{"type":"brand_new","envelope_id":"J1"}`)
		eventually(t, "the line goes on", func() bool { return f.acked(t).EnvelopeID == "J1" })
	})
}

func TestFailuresThatPassAreTriedAgain(t *testing.T) {
	tests := []struct {
		name   string
		refuse func(http.ResponseWriter)
		reason string
	}{
		{"a server error", func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }, ReasonUnreachable},
		{"an answer that is not JSON", func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) }, ReasonUnreachable},
		{"an answer without a URL", func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"ok":true}`)) }, ReasonUnreachable},
		{"Slack's internal error", func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"ok":false,"error":"internal_error"}`)) }, "internal_error"},
		{"a rate limit", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		}, ReasonRateLimited},
		{"a ticket for nowhere", func(w http.ResponseWriter) {
			_, _ = w.Write([]byte(`{"ok":true,"url":"ws://127.0.0.1:1/link/?ticket=secret-ticket"}`))
		}, ReasonUnreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				var times atomic.Int64
				f.refuseWith(func(w http.ResponseWriter) bool {
					if times.Add(1) > 4 {
						return false
					}
					tt.refuse(w)
					return true
				})
				r, _, _ := f.start(t, Config{}, &recorder{})
				if got := r.Status().LastError; got != tt.reason {
					t.Errorf("last error %q, want %q", got, tt.reason)
				}
			})
		})
	}
}

func TestAFailedWriteIsRepeatedOnTheOtherConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		r, one, two := f.start(t, Config{}, &recorder{})
		failing := r.open.list()[0]
		if err := failing.ws.NetConn().(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if err := r.send(failing, []byte(`{"envelope_id":"E1","payload":"text"}`)); err != nil {
			t.Errorf("sent by none: %v", err)
		}
		ack := f.acked(t)
		if ack.EnvelopeID != "E1" || string(ack.Payload) != `"text"` {
			t.Errorf("acknowledged %s with %s, want E1 with its payload", ack.EnvelopeID, ack.Payload)
		}
		failed := one
		if ack.wire == one {
			failed = two
		}
		within(t, "end of the connection that cannot write", failed.ended)
		within(t, "new connection", f.wires)
		// The other side may notice first that nothing more will be written to it, and close.
		if got := r.Status().LastError; got != ReasonWriteFailed && got != ReasonClosedAtOnce {
			t.Errorf("last error %q, want %q or %q", got, ReasonWriteFailed, ReasonClosedAtOnce)
		}
	})
}

func TestAnAnswerFindsAnotherConnectionWhenItsOwnIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		started, finish := make(chan struct{}), make(chan struct{})
		r, one, _ := f.start(t, Config{}, &recorder{answer: func(context.Context, Envelope) (any, error) {
			close(started)
			<-finish
			return "late", nil
		}})
		one.send(interactionFrame("E1", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`))
		within(t, "start of the answer", started)
		_ = one.conn.Close()
		eventually(t, "the end is noticed", func() bool { return r.Status().LastError != "" })
		close(finish)
		if ack := f.acked(t); ack.wire == one || string(ack.Payload) != `"late"` {
			t.Errorf("acknowledged with %s, want the answer by another connection", ack.Payload)
		}
	})
}

// TestAnAnnouncedEndWaitsForItsAnswers: Slack warns some ten seconds before it ends a connection, and a modal that came by it is
// answered by it.
func TestAnAnnouncedEndWaitsForItsAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		started, finish := make(chan struct{}), make(chan struct{})
		r, one, _ := f.start(t, Config{}, &recorder{answer: func(context.Context, Envelope) (any, error) {
			close(started)
			<-finish
			return "saved", nil
		}})
		one.send(interactionFrame("E1", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`))
		within(t, "start of the answer", started)
		one.send(`{"type":"disconnect","reason":"warning"}`)
		eventually(t, "the warning is noticed", func() bool { return r.Status().Connected == 1 })
		one.command("E2")
		if ack := f.acked(t); ack.wire != one || ack.EnvelopeID != "E2" {
			t.Errorf("acknowledged %s, want the command by its own connection", ack.EnvelopeID)
		}
		time.Sleep(time.Second)
		close(finish)
		if ack := f.acked(t); ack.wire != one || string(ack.Payload) != `"saved"` {
			t.Errorf("acknowledged with %s, want the answer by its own connection", ack.Payload)
		}
		within(t, "end of the connection", one.ended)
		within(t, "new connection", f.wires)
	})
}

func TestClaimsThatFailDoNotStopWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		handled := make(chan Envelope, 1)
		_, one, _ := f.start(t, Config{Claims: brokenClaims{}}, &recorder{handle: func(_ context.Context, e Envelope) { handled <- e }})
		one.command("E1")
		within(t, "envelope", handled)
	})
}

func TestAPanicOfTheClaimsCostsOneEnvelopeOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		handled := make(chan Envelope, 1)
		r, one, _ := f.start(t, Config{Workers: 1, Claims: &explosiveClaims{Memory: NewMemory()}}, &recorder{handle: func(_ context.Context, e Envelope) { handled <- e }})
		one.command("E1")
		eventually(t, "the panic is counted", func() bool { return r.count(SignalPanic) == 1 })
		one.command("E2")
		if e := within(t, "envelope", handled); e.ID != "E2" {
			t.Errorf("handled %s, want E2", e.ID)
		}
	})
}

// explosiveClaims panic once.
type explosiveClaims struct {
	*Memory
	once sync.Once
}

func (c *explosiveClaims) Claim(ctx context.Context, now time.Time, keys []string) (bool, error) {
	c.once.Do(func() { panic("boom") })
	return c.Memory.Claim(ctx, now, keys)
}

func TestTheDefaultsKeepToSlacksLimits(t *testing.T) {
	if silenceWithin >= time.Minute {
		t.Errorf("a half-open connection is replaced after %v, want less than a minute", silenceWithin)
	}
	if silenceWithin < 2*10*time.Second {
		t.Errorf("a connection is given up after %v of silence, want two of Slack's pings at least", silenceWithin)
	}
	if ackWithin >= 3*time.Second || answerWithin >= 3*time.Second {
		t.Error("an acknowledgement may take longer than Slack's three seconds")
	}
}

// brokenClaims is a database that is away.
type brokenClaims struct{}

func (brokenClaims) Claim(context.Context, time.Time, []string) (bool, error) {
	return false, errors.New("no database")
}
func (brokenClaims) Forget(context.Context, []string) error { return errors.New("no database") }

func TestReadRefusesWhatIsNoEnvelope(t *testing.T) {
	tests := []struct {
		name  string
		frame socketmode.Request
	}{
		{"no id", socketmode.Request{Type: "slash_commands", Payload: []byte("{}")}},
		{"no known type", socketmode.Request{Type: "brand_new", EnvelopeID: "E"}},
		{"no payload", socketmode.Request{Type: "slash_commands", EnvelopeID: "E"}},
		{"a command of another shape", socketmode.Request{Type: "slash_commands", EnvelopeID: "E", Payload: []byte("7")}},
		{"an interaction of another shape", socketmode.Request{Type: "interactive", EnvelopeID: "E", Payload: []byte("[]")}},
		{"an event of another shape", socketmode.Request{Type: "events_api", EnvelopeID: "E", Payload: []byte(`"x"`)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if e, err := read(tt.frame, time.Now()); err == nil {
				t.Errorf("read %+v", e)
			}
		})
	}
}
