package socket

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestWorkInHandIsFinishedAtShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		started, finish := make(chan struct{}, 3), make(chan struct{})
		answering, finished := make(chan struct{}), make(chan error, 3)
		r, one, two := f.start(t, Config{Workers: 1},
			&recorder{
				handle: func(ctx context.Context, _ Envelope) {
					started <- struct{}{}
					<-finish
					finished <- ctx.Err()
				},
				answer: func(context.Context, Envelope) (any, error) {
					close(answering)
					<-finish
					return "saved", nil
				},
			})
		one.command("E1")
		one.command("E2") // queued behind E1
		f.acked(t)
		f.acked(t)
		within(t, "start of work", started)
		one.send(interactionFrame("A1", `{"type":"view_submission","view":{"id":"V","hash":"h"}}`))
		within(t, "start of the answer", answering)
		eventually(t, "only the modal waits for its acknowledgement", func() bool { return r.Status().Unacked == 1 })

		r.stop()
		eventually(t, "draining", func() bool { return r.Status().Draining })
		if r.Status().Ready() {
			t.Error("ready while draining")
		}
		two.command("E3") // the connections stay while an answer has to travel on them, and what comes meanwhile is taken
		if ack := f.acked(t); ack.EnvelopeID != "E3" {
			t.Errorf("acknowledged %s, want E3", ack.EnvelopeID)
		}
		close(finish)
		if ack := f.acked(t); ack.EnvelopeID != "A1" || string(ack.Payload) != `"saved"` {
			t.Errorf("acknowledged %s with %s, want the modal's answer", ack.EnvelopeID, ack.Payload)
		}
		for range 3 {
			if err := within(t, "end of work", finished); err != nil {
				t.Errorf("work ended with %v, want an untouched context", err)
			}
		}
		if err := within(t, "end of the line", r.done); err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
	})
}

// TestWorkIsAbandonedAtTheDrainTimeout: what is in hand is cancelled, and what was still waiting is handed over all the same, so
// that the person can be told.
func TestWorkIsAbandonedAtTheDrainTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		started, ended := make(chan string, 2), make(chan error, 2)
		r, one, _ := f.start(t, Config{Workers: 1, DrainTimeout: 50 * time.Millisecond}, &recorder{handle: func(ctx context.Context, e Envelope) {
			started <- e.ID
			<-ctx.Done()
			ended <- ctx.Err()
		}})
		one.command("E1")
		if id := within(t, "start of work", started); id != "E1" {
			t.Errorf("%s was begun first", id)
		}
		one.command("E2")
		f.acked(t)
		f.acked(t)
		r.stop()
		for range 2 {
			if err := within(t, "end of work", ended); !errors.Is(err, context.Canceled) {
				t.Errorf("work ended with %v, want it cancelled", err)
			}
		}
		if id := within(t, "the one that waited", started); id != "E2" {
			t.Errorf("%s was handed over, want E2", id)
		}
		if err := within(t, "end of the line", r.done); err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
		if got := r.count(SignalAbandoned); got != 1 {
			t.Errorf("%d abandoned, want the one that was queued", got)
		}
	})
}

func TestDrainWaitsNoLongerThanItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		working, abandon := context.WithCancel(t.Context())
		p := newPool(1, 0)
		p.start(1, func(delivery) { <-working.Done() })
		p.put(delivery{})
		deadline, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		start := time.Now()
		p.close()
		finish(deadline, abandon, p)
		if got := time.Since(start); got != 10*time.Second {
			t.Errorf("drained for %v, want 10s", got)
		}
		if p.put(delivery{}) {
			t.Error("a closed pool takes work")
		}
	})
}

func TestNothingRunsAfterRunReturns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		before := goleak.IgnoreCurrent()
		line := newLine(Config{AppToken: "xapp-1", APIURL: f.url + "/api"}.on(f.network), &recorder{})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- line.Run(ctx) }()
		for range 2 {
			one := within(t, "connection", f.wires)
			defer func() { <-one.ended }()
		}
		cancel()
		if err := within(t, "end of the line", done); err != nil {
			t.Errorf("Run returned %v, want nil", err)
		}
		f.close()
		goleak.VerifyNone(t, before)
	})
}

func TestStoppingBeforeThereIsAConnection(t *testing.T) {
	tests := []struct {
		name   string
		refuse func(w http.ResponseWriter, deaf string, asked chan<- struct{}, stopped <-chan struct{})
	}{
		{"while Slack does not answer", func(_ http.ResponseWriter, _ string, asked chan<- struct{}, stopped <-chan struct{}) {
			asked <- struct{}{}
			<-stopped
		}},
		{"while waiting for the next attempt", func(w http.ResponseWriter, _ string, asked chan<- struct{}, _ <-chan struct{}) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
			asked <- struct{}{}
		}},
		{"while the WebSocket is not answered", func(w http.ResponseWriter, deaf string, _ chan<- struct{}, _ <-chan struct{}) {
			_, _ = fmt.Fprintf(w, `{"ok":true,"url":%q}`, deaf)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFake(t)
				asked, stopped := make(chan struct{}, 10), make(chan struct{})
				deaf := deafSocket(t, f, asked, stopped)
				f.refuseWith(func(w http.ResponseWriter) bool { tt.refuse(w, deaf, asked, stopped); return true })
				r := run(t, Config{APIURL: f.url + "/api"}.on(f.network), &recorder{})
				within(t, "call of Slack", asked)
				within(t, "second call of Slack", asked)
				r.stop()
				if err := within(t, "end of the line", r.done); err != nil {
					t.Errorf("Run returned %v, want nil", err)
				}
				close(stopped)
			})
		})
	}
}

// deafSocket is the address of a server that accepts connections, tells of each, and answers nothing until stopped.
func deafSocket(t *testing.T, f *fake, asked chan<- struct{}, stopped <-chan struct{}) string {
	url, _ := serve(t, f.network, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-stopped
	}))
	return strings.Replace(url, "http:", "ws:", 1) + "/link/?ticket=secret-ticket"
}

func TestALineStartsAndStopsManyTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(t)
		before := goleak.IgnoreCurrent()
		for n := range 20 {
			line := newLine(Config{AppToken: "xapp-1", APIURL: f.url + "/api"}.on(f.network), &recorder{})
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- line.Run(ctx) }()
			if n%2 == 0 {
				within(t, "connection", f.wires)
			}
			cancel()
			if err := within(t, "end of the line", done); err != nil {
				t.Fatalf("round %d: Run returned %v, want nil", n, err)
			}
		}
		f.close()
		goleak.VerifyNone(t, before)
	})
}
