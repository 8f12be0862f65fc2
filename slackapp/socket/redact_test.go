package socket

import (
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

func TestRedact(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a bot token is hidden", "token xoxb-1-2-abcDEF.", "token [token]"},
		{"a user token is hidden", "(xoxp-1-2-3-abc)", "([token])"},
		{"an app-level token is hidden", "Bearer xapp-1-A0-123-deadbeef", "Bearer [token]"},
		{"a rotating token is hidden", "xoxe.xoxb-1-Mi0xLTE and xoxe-1-abc", "[token] and [token]"},
		{"a token inside a query is hidden", "?token=xoxb-1&x=2", "?token=[token]&x=2"},
		{"a ticket is hidden and the host kept", `dial "wss://wss-1.slack.com/link/?ticket=abc&app_id=A1": refused`, `dial "wss://wss-1.slack.com/[redacted]": refused`},
		{"a ticket of a loopback connection is hidden", "ws://127.0.0.1:80/link/?ticket=abc", "ws://127.0.0.1:80/[redacted]"},
		{"a ticket without its URL is hidden", "/link/?ticket=abc&app_id=A1", "/link/?ticket=[redacted]&app_id=A1"},
		{"a response URL is hidden", "post https://hooks.slack.com/commands/T1/2/abc: 404", "post https://hooks.slack.com/[redacted] 404"},
		{"a response URL of GovSlack is hidden", "https://hooks.slack-gov.com/actions/T1/2/abc", "https://hooks.slack-gov.com/[redacted]"},
		{"a response URL of another host is hidden", "http://127.0.0.1:9/respond/secret x", "http://127.0.0.1:9/respond/[redacted] x"},
		{"a response URL under a prefix is hidden", "https://proxy/slack/actions/T1/abc", "https://proxy/slack/actions/[redacted]"},
		{"a response URL in raw JSON is hidden", `{"response_url":"https:\/\/hooks.slack.com\/commands\/T1\/2\/abc"}`, `{"response_url":"https:\/\/hooks.slack.com/[redacted]"}`},
		{"other URLs are kept", "https://slack.com/api/chat.postMessage", "https://slack.com/api/chat.postMessage"},
		{"plain text is kept", "read usage for 2026-10: timeout", "read usage for 2026-10: timeout"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Redact(tt.text); got != tt.want {
				t.Errorf("Redact(%q)\n got %q\nwant %q", tt.text, got, tt.want)
			}
			if again := Redact(Redact(tt.text)); again != Redact(tt.text) {
				t.Errorf("redacting twice changes the text to %q", again)
			}
		})
	}
}

func TestLibraryLogIsRedacted(t *testing.T) {
	core, logs := observer.New(zapcore.DebugLevel)
	if err := (libraryLog{zap.New(core)}).Output(2, "using xapp-1-secret"); err != nil {
		t.Fatal(err)
	}
	if got := logs.All()[0].ContextMap()["line"]; got != "using [token]" {
		t.Errorf("logged %q", got)
	}
}
