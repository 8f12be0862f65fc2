package slackapp

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"go.uber.org/zap"

	"budgetbot/internal/slacksim"
	"budgetbot/slackapp/socket"
)

// BenchmarkCachedCommand is what the app does for a command whose months are held, from the envelope to the bytes that go to the
// response_url. Sockets are internal/bench's to measure.
func BenchmarkCachedCommand(b *testing.B) {
	w := newWorld(b, func(_ *slacksim.Config, c *Config) { c.Log = zap.NewNop() })
	answer := w.types(alice, cdn, "/usage 2023-01..2023-03 cdn_usage", 1)
	posted := 0
	w.app.Responses = &http.Client{Transport: swallow(func(body []byte) { posted += len(body) })}
	command := socket.Envelope{Kind: socket.KindCommand, Command: &slack.SlashCommand{
		TeamID: w.app.Team.ID, UserID: alice, ChannelID: cdn, ChannelName: "cdn-budget",
		Command: "/usage", Text: "2023-01..2023-03 cdn_usage", ResponseURL: "http://127.0.0.1/respond",
	}}
	b.ReportAllocs()
	for b.Loop() {
		w.app.Handle(context.Background(), command)
	}
	if perCommand := posted / b.N; perCommand < len(answer.Blocks) {
		b.Fatalf("%d bytes a command, of an answer of %d", perCommand, len(answer.Blocks))
	}
}

// swallow takes requests in place of Slack, and is told their bodies.
type swallow func(body []byte)

// RoundTrip implements http.RoundTripper.
func (s swallow) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s(body)
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("ok")), Request: r}, r.Body.Close()
}
