package service

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"budgetbot/slackapp/webapi"
)

// TestSlackIsAskedAgainWhenItSaysSo asks a Slack that limits who the bot is, as at start.
func TestSlackIsAskedAgainWhenItSaysSo(t *testing.T) {
	for _, tt := range []struct {
		name       string
		retryAfter string
		wait, want time.Duration
	}{
		{"Slack asks for longer than the service would wait", "42", time.Second, 42 * time.Second},
		{"Slack asks for less", "1", 8 * time.Second, 8 * time.Second},
		{"Slack fails without saying when", "", 4 * time.Second, 4 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tt.retryAfter == "" {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				w.Header().Set("Retry-After", tt.retryAfter)
				w.WriteHeader(http.StatusTooManyRequests)
			}))
			defer server.Close()
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			_, err := WhoAmI(t.Context(), webapi.NewClient("xoxb-made-up", server.URL+"/api/", transport))
			if err == nil {
				t.Fatal("Slack answered")
			}
			if got := pauseAfter(err, tt.wait); got != tt.want {
				t.Errorf("asked again after %v, want %v", got, tt.want)
			}
		})
	}
}
