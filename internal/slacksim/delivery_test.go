package slacksim_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"budgetbot/internal/slacksim"
)

func TestEnvelopesGoToOneOfThem(t *testing.T) {
	s := start(t, quiet())
	wires := []*wire{dial(t, s), dial(t, s)}
	for i := range 40 {
		typeCommand(t, s, fmt.Sprint(i))
	}
	got := map[string]int{}
	for _, c := range s.Connections() {
		if c.Sent == 0 {
			t.Error("a connection got nothing of forty commands")
		}
		for range c.Sent {
			f := wires[c.ID-1].next(t)
			got[string(f.Payload)]++
			if f.Type != "slash_commands" || !f.Accepts {
				t.Errorf("got %+v", f)
			}
		}
	}
	if len(got) != 40 {
		t.Errorf("%d different commands arrived of 40", len(got))
	}
}

func TestSlashPayload(t *testing.T) {
	s := start(t, quiet())
	w := dial(t, s)
	v, err := s.Command(soon(t), slacksim.Slash{User: alice, Channel: budget, Command: "/usage", Text: "a &amp; b", Fields: map[string]any{"enterprise_id": "E1"}})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(w.next(t).Payload, &got); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"team_id": "T0ACME001", "team_domain": "acme", "channel_id": budget, "channel_name": "cdn-budget", "user_id": alice,
		"user_name": "alice", "command": "/usage", "text": "a &amp; b", "response_url": v.ResponseURL(), "trigger_id": v.TriggerID(),
		"api_app_id": "A0BUDGET1", "enterprise_id": "E1",
	} {
		if got[key] != want {
			t.Errorf("%s: want %q, got %q", key, want, got[key])
		}
	}
}

func TestAcknowledgements(t *testing.T) {
	cfg := quiet()
	cfg.AckLimit = 100 * time.Millisecond
	s := start(t, cfg)
	w := dial(t, s)

	answered := typeCommand(t, s, "with a payload")
	w.ack(t, w.next(t).EnvelopeID, map[string]any{"text": "at once"})
	if out := outcome(t, answered); out.Result != slacksim.Acknowledged || string(out.Payload) != `{"text":"at once"}` {
		t.Errorf("got %+v", out)
	}
	if m := answer(t, answered, 1); m.Text != "at once" || m.EphemeralTo != alice || m.Via != "ack" {
		t.Errorf("got %+v", m)
	}
	clean(t, s)

	late := typeCommand(t, s, "late")
	f := w.next(t)
	if out := outcome(t, late); out.Result != slacksim.OperationTimeout || out.After < cfg.AckLimit {
		t.Errorf("got %+v", out)
	}
	w.ack(t, f.EnvelopeID, map[string]any{"text": "too late"})
	broken(t, s, "ack_late")
	w.ack(t, f.EnvelopeID, nil)
	broken(t, s, "ack_twice")
	w.ack(t, "0000", nil)
	broken(t, s, "ack_unknown")
	if err := w.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	broken(t, s, "frame_unknown")

	wrong := typeCommand(t, s, "with wrong blocks")
	w.ack(t, w.next(t).EnvelopeID, map[string]any{"blocks": []any{map[string]any{"type": "hero"}}})
	outcome(t, wrong)
	broken(t, s, "ack_payload_invalid")
	if len(late.Answers())+len(wrong.Answers()) != 0 {
		t.Error("an answer was shown that Slack would not show")
	}

	event, err := s.OpenHome(soon(t), alice)
	if err != nil {
		t.Fatal(err)
	}
	f = w.next(t)
	if f.Accepts {
		t.Error("an event accepts a payload")
	}
	w.ack(t, f.EnvelopeID, map[string]any{"text": "x"})
	if out := outcome(t, event); out.Payload != nil {
		t.Errorf("got %+v", out)
	}
	broken(t, s, "ack_payload")
}

func TestAcknowledgementOnAnotherConnection(t *testing.T) {
	cfg := quiet()
	cfg.AckLimit = 100 * time.Millisecond
	s := start(t, cfg)
	first := dial(t, s)
	v := typeCommand(t, s, "x")
	id := first.next(t).EnvelopeID
	second := dial(t, s)
	second.ack(t, id, nil)
	broken(t, s, "ack_elsewhere")
	if out := outcome(t, v); out.Result != slacksim.OperationTimeout {
		t.Errorf("got %+v", out)
	}
}

func TestAcknowledgementOfAConnectionThatHasEnded(t *testing.T) {
	tests := []struct {
		name string
		ends func(*slacksim.Server, *wire)
	}{
		{"Slack's end is cut", func(s *slacksim.Server, _ *wire) { s.KillConnections(1) }},
		{"Slack hears no more of it", func(s *slacksim.Server, _ *wire) { s.HalfOpen(1) }},
		{"the app has left it, and its close frame arrives later", func(_ *slacksim.Server, c *wire) {
			time.AfterFunc(20*time.Millisecond, func() { _ = c.Close() })
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := quiet()
			cfg.AckLimit = 100 * time.Millisecond
			s := start(t, cfg)
			first := dial(t, s)
			v := typeCommand(t, s, "x")
			id := first.next(t).EnvelopeID
			tt.ends(s, first)
			second := dial(t, s)
			second.ack(t, id, nil)
			if out := outcome(t, v); out.Result != slacksim.OperationTimeout {
				t.Errorf("got %+v, and what Slack does with such an acknowledgement is not known", out)
			}
			outcome(t, typeCommand(t, s, "whose end comes after the judgement"))
			clean(t, s)
		})
	}
}

func TestEventsAreRepeated(t *testing.T) {
	cfg := quiet()
	cfg.AckLimit = 30 * time.Millisecond
	cfg.TimeScale = 6000
	s := start(t, cfg)
	w := dial(t, s)
	v, err := s.Happen(soon(t), map[string]any{"type": "app_home_opened", "user": alice})
	if err != nil {
		t.Fatal(err)
	}
	events, envelopes := map[string]bool{}, map[string]bool{}
	for attempt := range 4 {
		f := w.next(t)
		var payload struct {
			EventID string `json:"event_id"`
		}
		if err := json.Unmarshal(f.Payload, &payload); err != nil {
			t.Fatal(err)
		}
		why := map[bool]string{true: "", false: "timeout"}[attempt == 0]
		if f.Type != "events_api" || f.Attempt != attempt || f.Why != why {
			t.Errorf("attempt %d: %+v", attempt, f)
		}
		events[payload.EventID], envelopes[f.EnvelopeID] = true, true
	}
	if len(events) != 1 || len(envelopes) != 4 {
		t.Errorf("one event in four envelopes, got %v in %v", events, envelopes)
	}
	if out := outcome(t, v); out.Result != slacksim.OperationTimeout || v.Retries() != 3 {
		t.Errorf("after the last retry: %+v, %d retries", out, v.Retries())
	}
}

func TestEventsWaitForAConnection(t *testing.T) {
	cfg := quiet()
	cfg.AckLimit = 20 * time.Millisecond
	cfg.TimeScale = 100
	s := start(t, cfg)
	v, err := s.OpenHome(soon(t), alice)
	if err != nil {
		t.Fatal(err)
	}
	w := dial(t, s)
	f := w.next(t)
	if f.Attempt == 0 || f.Why != "timeout" {
		t.Errorf("got %+v", f)
	}
	w.ack(t, f.EnvelopeID, nil)
	if out := outcome(t, v); out.Result != slacksim.Acknowledged {
		t.Errorf("got %+v", out)
	}
}

func TestCommandsAreRepeatedAfterAReconnect(t *testing.T) {
	s := start(t, quiet())
	first := dial(t, s)
	v := typeCommand(t, s, "x")
	lost := first.next(t)
	s.KillConnections()
	if closed := first.ends(t); closed.Code != websocket.CloseAbnormalClosure {
		t.Errorf("killed with a close frame: %+v", closed)
	}
	second := dial(t, s)
	again := second.next(t)
	if again.EnvelopeID == lost.EnvelopeID || string(again.Payload) != string(lost.Payload) || again.Attempt != 1 {
		t.Errorf("the same command in a new envelope, got %+v after %+v", again, lost)
	}
	second.ack(t, again.EnvelopeID, nil)
	if out := outcome(t, v); out.Result != slacksim.Acknowledged {
		t.Errorf("got %+v", out)
	}
	dial(t, s)
	if v.Retries() != 1 {
		t.Errorf("an acknowledged command was sent %d times again", v.Retries())
	}
}

func TestNobodyConnected(t *testing.T) {
	s := start(t, quiet())
	if out := outcome(t, typeCommand(t, s, "x")); out.Result != slacksim.DispatchFailed {
		t.Errorf("got %+v", out)
	}
}
