package slacksim_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"go.uber.org/goleak"

	"budgetbot/internal/slacksim"
)

const (
	alice   = "U0ALICE01"
	boris   = "U0BORIS01"
	general = "C0GENERAL"
	budget  = "C0CDN0001"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a workspace for one test, and demands at its end that Close is clean.
func start(t *testing.T, cfg slacksim.Config) *slacksim.Server {
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

// soon is a context that ends before the test binary would.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// client is slack-go's Web API client.
func client(t *testing.T, s *slacksim.Server) *slack.Client {
	t.Helper()
	plain := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{}}
	t.Cleanup(plain.CloseIdleConnections)
	return slack.New(s.BotToken(), slack.OptionAPIURL(s.APIURL()), slack.OptionAppLevelToken(s.AppToken()), slack.OptionHTTPClient(plain))
}

// app runs slack-go's Socket Mode client with one function for all events.
func app(t *testing.T, s *slacksim.Server, handle func(*socketmode.Client, socketmode.Event)) *slack.Client {
	t.Helper()
	api := client(t, s)
	line := socketmode.New(api, socketmode.OptionLog(log.New(io.Discard, "", 0)))
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = line.RunContext(ctx) })
	work.Go(func() {
		for {
			select {
			case e := <-line.Events:
				handle(line, e)
			case <-ctx.Done():
				return
			}
		}
	})
	t.Cleanup(func() { cancel(); work.Wait() })
	if err := s.WaitConnected(soon(t), 1); err != nil {
		t.Fatal(err)
	}
	return api
}

// body is a decoded answer of the Web API.
type body map[string]any

// head is the rest of an answer.
type head struct {
	StatusCode int
	Header     http.Header
}

// post calls a method with a JSON body or a form, as the arguments' type says.
func post(t *testing.T, s *slacksim.Server, token, method string, arguments any) (body, head) {
	t.Helper()
	var content, kind string
	switch a := arguments.(type) {
	case url.Values:
		content, kind = a.Encode(), "application/x-www-form-urlencoded"
	default:
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		content, kind = string(raw), "application/json; charset=utf-8"
	}
	return send(t, s.APIURL()+method, token, kind, content)
}

func send(t *testing.T, address, token, kind, content string) (body, head) {
	t.Helper()
	r, err := http.NewRequestWithContext(soon(t), http.MethodPost, address, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out body
	if json.Unmarshal(raw, &out) != nil {
		out = body{"raw": string(raw)}
	}
	return out, head{StatusCode: answer.StatusCode, Header: answer.Header}
}

// call is post with the bot's token and a JSON body.
func call(t *testing.T, s *slacksim.Server, method string, arguments map[string]any) body {
	t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	out, _ := post(t, s, s.BotToken(), method, arguments)
	return out
}

// wire is a bare WebSocket to the workspace, for what a library would not do.
type wire struct {
	*websocket.Conn
	hello body
}

// frame is one frame of Slack.
type frame struct {
	Type       string          `json:"type"`
	Reason     string          `json:"reason"`
	EnvelopeID string          `json:"envelope_id"`
	Accepts    bool            `json:"accepts_response_payload"`
	Attempt    int             `json:"retry_attempt"`
	Why        string          `json:"retry_reason"`
	Payload    json.RawMessage `json:"payload"`
}

func socketURL(t *testing.T, s *slacksim.Server) string {
	t.Helper()
	out, _ := post(t, s, s.AppToken(), "apps.connections.open", url.Values{})
	address, ok := out["url"].(string)
	if !ok {
		t.Fatalf("apps.connections.open: %v", out)
	}
	return address
}

func dial(t *testing.T, s *slacksim.Server) *wire {
	t.Helper()
	w := dialURL(t, socketURL(t, s))
	if err := w.ReadJSON(&w.hello); err != nil {
		t.Fatal(err)
	}
	return w
}

func dialURL(t *testing.T, address string) *wire {
	t.Helper()
	conn, answer, err := websocket.DefaultDialer.DialContext(soon(t), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	return &wire{Conn: conn}
}

func (w *wire) next(t *testing.T) frame {
	t.Helper()
	var f frame
	if err := w.ReadJSON(&f); err != nil {
		t.Fatal(err)
	}
	return f
}

// ends reads until the connection ends, and gives the close status (1006 for none).
func (w *wire) ends(t *testing.T) *websocket.CloseError {
	t.Helper()
	for {
		_, _, err := w.ReadMessage()
		if err == nil {
			continue
		}
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
			return closed
		}
		return &websocket.CloseError{Code: websocket.CloseAbnormalClosure, Text: err.Error()}
	}
}

func (w *wire) ack(t *testing.T, id string, payload any) {
	t.Helper()
	out := map[string]any{"envelope_id": id}
	if payload != nil {
		out["payload"] = payload
	}
	if err := w.WriteJSON(out); err != nil {
		t.Fatal(err)
	}
}

// broken waits until a rule was violated.
func broken(t *testing.T, s *slacksim.Server, rule string) {
	t.Helper()
	w := s.Watch(0)
	defer w.Stop()
	ctx := soon(t)
	for {
		for _, v := range s.Violations() {
			if v.Rule == rule {
				return
			}
		}
		select {
		case <-w.Events():
		case <-ctx.Done():
			t.Fatalf("%s was not recorded; recorded: %v", rule, s.Violations())
		}
	}
}

// clean demands that nothing was violated.
func clean(t *testing.T, s *slacksim.Server) {
	t.Helper()
	if v := s.Violations(); len(v) > 0 {
		t.Errorf("violations: %v", v)
	}
}

func typeCommand(t *testing.T, s *slacksim.Server, text string) *slacksim.Invocation {
	t.Helper()
	v, err := s.Command(soon(t), slacksim.Slash{User: alice, Channel: budget, Command: "/usage", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func outcome(t *testing.T, v *slacksim.Invocation) slacksim.Outcome {
	t.Helper()
	out, err := v.Outcome(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func answer(t *testing.T, v *slacksim.Invocation, n int) slacksim.Message {
	t.Helper()
	m, err := v.WaitAnswer(soon(t), n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
