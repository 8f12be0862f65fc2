package slacksim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"budgetbot/internal/slacksim"
)

func TestFaults(t *testing.T) {
	s := start(t, quiet())
	say := map[string]any{"channel": budget, "text": "x"}
	for _, row := range []struct {
		name   string
		fault  slacksim.Fault
		status int
		retry  string
		answer string
	}{
		{"an error code", slacksim.Fault{Error: "fatal_error"}, 200, "", `"error":"fatal_error"`},
		{"a status alone", slacksim.Fault{Status: 503}, 503, "", ""},
		{"a wait", slacksim.Fault{RetryAfter: 1500 * time.Millisecond}, 429, "2", `"error":"ratelimited"`},
		{"a wait with a status", slacksim.Fault{Status: 503, RetryAfter: 3 * time.Second}, 503, "3", ""},
		{"a body of its own", slacksim.Fault{Body: "<html>"}, 200, "", "<html>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := len(s.Messages(budget))
			s.Fail("chat.postMessage", 1, row.fault)
			got, answer := post(t, s, s.BotToken(), "chat.postMessage", say)
			raw, _ := json.Marshal(got)
			if text, plain := got["raw"].(string); plain {
				raw = []byte(text)
			}
			if answer.StatusCode != row.status || answer.Header.Get("Retry-After") != row.retry || !strings.Contains(string(raw), row.answer) {
				t.Errorf("got %d, Retry-After %q, %s", answer.StatusCode, answer.Header.Get("Retry-After"), raw)
			}
			if len(s.Messages(budget)) != before {
				t.Error("the call was carried out")
			}
			if got := call(t, s, "chat.postMessage", say); got["ok"] != true {
				t.Errorf("the next call: %v", got)
			}
		})
	}
}

func TestLostAnswers(t *testing.T) {
	s := start(t, quiet())
	api := client(t, s)
	for _, row := range []struct {
		name  string
		fault slacksim.Fault
		posts int
	}{
		{"dropped before", slacksim.Fault{Drop: true}, 0},
		{"hanging", slacksim.Fault{Hang: true}, 0},
		{"dropped after", slacksim.Fault{DropAfter: true}, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			s.Fail("chat.postMessage", 1, row.fault)
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			if _, _, err := api.PostMessageContext(ctx, budget, slack.MsgOptionText(row.name, false)); err == nil {
				t.Error("the client got an answer")
			}
			posts := 0
			for _, m := range s.Messages(budget) {
				if m.Text == row.name {
					posts++
				}
			}
			if posts != row.posts {
				t.Errorf("want %d posts, got %d", row.posts, posts)
			}
		})
	}
	for _, c := range s.Calls("chat.postMessage") {
		if c.Status != 0 {
			t.Errorf("an answer was withheld, yet its status is %d", c.Status)
		}
	}
}

func TestLastingFaults(t *testing.T) {
	s := start(t, quiet())
	s.Fail("auth.test", -1, slacksim.Fault{Error: "internal_error"})
	for range 5 {
		if got := call(t, s, "auth.test", nil); got["error"] != "internal_error" {
			t.Fatalf("got %v", got)
		}
	}
	s.ClearFaults()
	if got := call(t, s, "auth.test", nil); got["ok"] != true {
		t.Errorf("after ClearFaults: %v", got)
	}
	if n := s.CallCount("auth.test"); n != 6 {
		t.Errorf("want 6 calls, got %d", n)
	}
}

func TestNoiseIsHarmless(t *testing.T) {
	cfg := quiet()
	cfg.Noise = true
	s := start(t, cfg)
	w := dial(t, s)
	v := typeCommand(t, s, "x")
	if f := w.next(t); f.Type != "x_unknown" {
		t.Errorf("want an unknown frame first, got %+v", f)
	}
	f := w.next(t)
	if f.Type != "slash_commands" {
		t.Fatalf("got %+v", f)
	}
	w.ack(t, f.EnvelopeID, nil)
	if out := outcome(t, v); out.Result != slacksim.Acknowledged {
		t.Errorf("got %+v", out)
	}
	if _, err := client(t, s).AuthTestContext(soon(t)); err != nil {
		t.Errorf("slack-go with unknown fields: %v", err)
	}
}

// TestStateHoldsNoSecrets reads what a page would read, after everything that has a secret was used.
func TestStateHoldsNoSecrets(t *testing.T) {
	s := start(t, quiet())
	address := socketURL(t, s)
	w := dialURL(t, address)
	if f := w.next(t); f.Type != "hello" { // a command that is typed before it finds nobody connected
		t.Fatalf("got %+v, want to be greeted first", f)
	}
	v := typeCommand(t, s, "secret hunt")
	w.ack(t, w.next(t).EnvelopeID, map[string]any{"text": "found"})
	outcome(t, v)
	r, err := http.NewRequestWithContext(soon(t), http.MethodGet, strings.TrimSuffix(s.APIURL(), "api/")+"sim/state", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var state slacksim.Snapshot
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw.Bytes(), &state); err != nil {
		t.Fatal(err)
	}
	if len(state.Channels) != 2 || state.Channels[1].Messages[0].Text != "found" || len(state.Connections) != 1 {
		t.Errorf("the state: %+v", state)
	}
	ticket := address[strings.Index(address, "ticket=")+7:]
	for _, secret := range []string{s.BotToken(), s.AppToken(), v.ResponseURL(), v.TriggerID(), strings.Split(ticket, "&")[0]} {
		if strings.Contains(raw.String(), secret) {
			t.Errorf("the state holds %q", secret)
		}
	}
}

func TestWatchersAreBounded(t *testing.T) {
	s := start(t, quiet())
	slow, fast := s.Watch(1), s.Watch(0)
	for range 3 {
		if _, err := s.Say(soon(t), alice, budget, "x", ""); err != nil {
			t.Fatal(err)
		}
	}
	if got := slow.Missed(); got != 2 {
		t.Errorf("want 2 missed, got %d", got)
	}
	for want := 1; want <= 3; want++ {
		if e := <-fast.Events(); e.Seq != want || e.Kind != slacksim.Posted || e.Message.Text != "x" {
			t.Errorf("event %d: %+v", want, e)
		}
	}
	slow.Stop()
	slow.Stop()
	<-slow.Events()
	if _, open := <-slow.Events(); open {
		t.Error("Stop leaves the channel open")
	}
}

func TestCloseEndsEverything(t *testing.T) {
	s := start(t, quiet())
	dial(t, s)
	w := s.Watch(0)
	v := typeCommand(t, s, "x")
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	for range w.Events() {
	}
	if _, err := v.Outcome(soon(t)); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a waiter: %v", err)
	}
	if _, err := s.Command(soon(t), slacksim.Slash{User: alice, Channel: budget, Command: "/usage"}); err == nil {
		t.Error("a closed workspace takes commands")
	}
}
