package slacksim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack/socketmode"

	"budgetbot/internal/slacksim"
)

func TestHello(t *testing.T) {
	cfg := quiet()
	cfg.ConnectionTime = 2 * time.Hour
	s := start(t, cfg)
	first, second := dial(t, s), dial(t, s)
	for i, w := range []*wire{first, second} {
		debug, _ := w.hello["debug_info"].(map[string]any)
		if w.hello["type"] != "hello" || w.hello["num_connections"] != float64(i+1) || debug["approximate_connection_time"] != 7200.0 {
			t.Errorf("hello %d: %v", i+1, w.hello)
		}
	}
	short := dialURL(t, socketURL(t, s)+"&debug_reconnects=true")
	if err := short.ReadJSON(&short.hello); err != nil {
		t.Fatal(err)
	}
	if debug, _ := short.hello["debug_info"].(map[string]any); debug["approximate_connection_time"] != 360.0 {
		t.Errorf("hello with debug_reconnects: %v", short.hello)
	}
}

func TestTicketsWorkOnce(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	cfg := quiet()
	cfg.Now = func() time.Time { return now }
	s := start(t, cfg)
	address := socketURL(t, s)
	dialURL(t, address)
	refused := func(address, rule string) {
		t.Helper()
		_, answer, err := websocket.DefaultDialer.DialContext(soon(t), address, nil)
		if answer != nil {
			_ = answer.Body.Close()
		}
		if err == nil || answer.StatusCode != http.StatusForbidden {
			t.Errorf("%s: the address was accepted", rule)
		}
		broken(t, s, rule)
	}
	refused(address, "ticket_unknown")
	late := socketURL(t, s)
	now = now.Add(time.Minute)
	refused(late, "ticket_expired")
}

func TestTheEleventhConnectionIsRefused(t *testing.T) {
	s := start(t, quiet())
	for range 10 {
		dial(t, s)
	}
	w := dialURL(t, socketURL(t, s))
	if f := w.next(t); f.Type != "disconnect" || f.Reason != "too_many_websockets" {
		t.Errorf("got %+v", f)
	}
	_ = w.ends(t)
	if n := len(s.Connections()); n != 10 {
		t.Errorf("%d connections are open", n)
	}
}

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

func TestLongFramesEndTheConnection(t *testing.T) {
	s := start(t, quiet())
	w := dial(t, s)
	typeCommand(t, s, "x")
	frame := func(n int) []byte {
		head := `{"envelope_id":"` + strings.Repeat("0", n)
		return []byte(head[:n-2] + `"}`)
	}
	if err := w.WriteMessage(websocket.TextMessage, frame(20_480)); err != nil {
		t.Fatal(err)
	}
	broken(t, s, "ack_unknown")
	if err := w.WriteMessage(websocket.TextMessage, frame(20_481)); err != nil {
		t.Fatal(err)
	}
	if closed := w.ends(t); closed.Code != 1009 || closed.Text != "Max frame length of 20480 has been exceeded" {
		t.Errorf("got %+v", closed)
	}
	broken(t, s, "frame_too_long")
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

func TestRenewalIsAnnounced(t *testing.T) {
	cfg := quiet()
	cfg.ConnectionTime = 200 * time.Millisecond
	cfg.TimeScale = 100
	s := start(t, cfg)
	w := dial(t, s)
	if f := w.next(t); f.Type != "disconnect" || f.Reason != "warning" {
		t.Fatalf("got %+v", f)
	}
	if c := s.Connections(); len(c) != 1 || !c[0].Warned {
		t.Errorf("a warned connection stays open: %+v", c)
	}
	v := typeCommand(t, s, "between warning and close")
	w.ack(t, w.next(t).EnvelopeID, nil)
	if out := outcome(t, v); out.Result != slacksim.Acknowledged {
		t.Errorf("got %+v", out)
	}
	if closed := w.ends(t); closed.Code != websocket.CloseNormalClosure {
		t.Errorf("got %+v", closed)
	}
	clean(t, s)
}

func TestDisconnectReasons(t *testing.T) {
	s := start(t, quiet())
	stays, goes := dial(t, s), dial(t, s)
	s.Disconnect("refresh_requested", 2)
	if f := goes.next(t); f.Reason != "refresh_requested" {
		t.Errorf("got %+v", f)
	}
	_ = goes.ends(t)
	if c := s.Connections(); len(c) != 1 || c[0].ID != 1 {
		t.Errorf("the other one stays: %+v", c)
	}
	s.SendRaw([]byte(`{"type":"surprise"}`))
	if f := stays.next(t); f.Type != "surprise" {
		t.Errorf("got %+v", f)
	}
	s.SendRaw([]byte("not JSON"))
	if _, raw, err := stays.ReadMessage(); err != nil || string(raw) != "not JSON" {
		t.Errorf("got %q, %v", raw, err)
	}
	s.Disconnect("link_disabled")
	if f := stays.next(t); f.Reason != "link_disabled" {
		t.Errorf("got %+v", f)
	}
	got, _ := post(t, s, s.AppToken(), "apps.connections.open", map[string]any{})
	if got["error"] != "link_disabled" {
		t.Errorf("got %v", got)
	}
	s.EnableLink()
	dial(t, s)
}

func TestPings(t *testing.T) {
	cfg := quiet()
	cfg.PingInterval = 20 * time.Millisecond
	s := start(t, cfg)
	w := dial(t, s)
	pings := make(chan string, 100)
	answers := w.PingHandler()
	w.SetPingHandler(func(data string) error { pings <- data; return answers(data) })
	go func() { _, _, _ = w.ReadMessage() }()
	for range 3 {
		if data := <-pings; data != "Ping from applink-1" {
			t.Errorf("got %q", data)
		}
	}
	if c := s.Connections(); len(c) != 1 || c[0].Pong <= 0 {
		t.Errorf("pongs are measured: %+v", c)
	}
	s.HalfOpen(1)
	v := typeCommand(t, s, "into the void")
	s.KillConnections(1)
	dial(t, s)
	if v.Retries() != 1 {
		t.Errorf("sent %d times again", v.Retries())
	}
}

func TestPongsAreDemanded(t *testing.T) {
	cfg := quiet()
	cfg.PingInterval = 20 * time.Millisecond
	s := start(t, cfg)
	w := dial(t, s)
	w.SetPingHandler(func(string) error { return nil })
	if closed := w.ends(t); closed.Code != websocket.CloseAbnormalClosure {
		t.Errorf("got %+v", closed)
	}
	broken(t, s, "pong_missing")
}

func TestHalfOpenConnectionsSwallowEverything(t *testing.T) {
	cfg := quiet()
	cfg.AckLimit = 50 * time.Millisecond
	s := start(t, cfg)
	w := dial(t, s)
	s.HalfOpen()
	v := typeCommand(t, s, "x")
	if out := outcome(t, v); out.Result != slacksim.OperationTimeout {
		t.Errorf("got %+v", out)
	}
	_ = w.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, raw, err := w.ReadMessage(); err == nil {
		t.Errorf("a frame came through: %s", raw)
	}
}

// TestLibraryReconnects shows that slack-go finds its way back after every kind of ending.
func TestLibraryReconnects(t *testing.T) {
	s := start(t, quiet())
	app(t, s, func(line *socketmode.Client, e socketmode.Event) {
		if e.Type == socketmode.EventTypeSlashCommand {
			if err := line.AckCtx(t.Context(), e.Request.EnvelopeID, nil); err != nil {
				t.Error(err)
			}
		}
	})
	for i, end := range []func(){
		func() { s.Disconnect("warning") }, func() { s.Disconnect("refresh_requested") }, func() { s.KillConnections() },
		func() { s.SendRaw([]byte(`{"type":"surprise"}`)); s.KillConnections() },
	} {
		last := s.Connections()[0].ID
		end()
		if err := s.WaitDisconnected(soon(t), last); err != nil {
			t.Fatal(err)
		}
		if err := s.WaitConnected(soon(t), 1); err != nil {
			t.Fatal(err)
		}
		if out := outcome(t, typeCommand(t, s, "x")); out.Result != slacksim.Acknowledged {
			t.Errorf("after ending %d: %+v", i, out)
		}
	}
}
