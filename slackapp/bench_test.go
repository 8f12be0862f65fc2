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

// BenchmarkCommand is what the app does for questions whose months are held, from the envelope to the bytes that go to the
// response_url. Sockets are internal/bench's to measure.
func BenchmarkCommand(b *testing.B) {
	w := newWorld(b, func(_ *slacksim.Config, c *Config) { c.Log = zap.NewNop() })
	questions := []string{
		"2023-01..2023-03 cdn_usage", "2023-02", "2023-01..2023-06 by region", "2022-10..2023-03 by type", "2023-01..2023-12 cdn_usage",
		"2023-03 cdn_usage north america bandwidth", "2023-04..2023-05 by type top 3", "q1 2022 asia requests",
	}
	for _, question := range questions {
		w.types(alice, cdn, "/usage "+question, 1)
	}
	posted := 0
	w.app.host.Responses = &http.Client{Transport: swallow(func(body []byte) { posted += len(body) })}
	command := socket.Envelope{Kind: socket.KindCommand, Command: &slack.SlashCommand{
		TeamID: w.app.host.Team.ID, UserID: alice, ChannelID: cdn, ChannelName: "cdn-budget",
		Command: "/usage", ResponseURL: "http://127.0.0.1/respond",
	}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		command.Command.Text = questions[i%len(questions)]
		w.app.Handle(context.Background(), command)
	}
	if perCommand := posted / b.N; perCommand < 1000 {
		b.Fatalf("%d bytes a command", perCommand)
	}
}

// swallow takes requests in place of Slack, and hands on their bodies.
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
