package slacksim_test

import (
	"net/http"
	"slices"
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

// TestAClientLeaves: what was sent before the client's close frame arrives still arrives, and nothing is sent afterwards.
func TestAClientLeaves(t *testing.T) {
	cfg := quiet()
	cfg.AckLimit = 50 * time.Millisecond
	s := start(t, cfg)
	happened := s.Watch(0)
	w := dial(t, s)
	release := s.Hold()
	v := typeCommand(t, s, "on its way")
	if err := w.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4000, "enough"), time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	if err := s.WaitDisconnected(soon(t), 1); err != nil {
		t.Fatal(err)
	}
	if out := outcome(t, typeCommand(t, s, "to nobody")); out.Result != slacksim.DispatchFailed {
		t.Errorf("a command after the close frame: %+v", out)
	}
	release()
	if f := w.next(t); f.Type != "slash_commands" {
		t.Errorf("got %+v, want the command that was on its way", f)
	}
	if closed := w.ends(t); closed.Code != 4000 {
		t.Errorf("got %+v, want the close frame answered with its own status", closed)
	}
	if out := outcome(t, v); out.Result != slacksim.OperationTimeout {
		t.Errorf("got %+v, want nothing acknowledged after a close frame", out)
	}
	var kinds []slacksim.Kind
	happened.Stop()
	for e := range happened.Events() {
		if e.Kind == slacksim.Left || e.Kind == slacksim.Disconnected {
			kinds = append(kinds, e.Kind)
		}
	}
	if !slices.Equal(kinds, []slacksim.Kind{slacksim.Left, slacksim.Disconnected}) {
		t.Errorf("happened: %v", kinds)
	}
	clean(t, s)
}

func TestAHalfOpenConnectionAnswersNoCloseFrame(t *testing.T) {
	s := start(t, quiet())
	w := dial(t, s)
	s.HalfOpen()
	if err := w.WriteControl(websocket.CloseMessage, nil, time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	_ = w.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if _, _, err := w.ReadMessage(); err == nil || websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseAbnormalClosure) {
		t.Errorf("got %v, want silence", err)
	}
	_ = w.Close()
	if err := s.WaitDisconnected(soon(t), 1); err != nil {
		t.Error(err)
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
