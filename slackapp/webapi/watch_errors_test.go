package webapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"budgetbot/internal/slacksim"
)

func TestErrorsOfSlackAreCountedByCode(t *testing.T) {
	server, err := slacksim.Start(slacksim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = server.Close() }()
	var seen []string
	inner := &http.Transport{}
	transport := Watch(inner, func(c Call) {
		if c.Code == "" {
			return
		}
		seen = append(seen, c.Method+" "+c.Code)
		if unanswered := c.Code == codeNoAnswer; c.Date.IsZero() != unanswered {
			t.Errorf("%s %s is dated %s", c.Method, c.Code, c.Date)
		}
	})
	api := NewClient(server.BotToken(), server.APIURL(), transport)
	ctx := context.Background()
	_, _ = api.GetUserInfoContext(ctx, "U0NOBODY1")
	if _, err := api.AuthTestContext(ctx); err != nil {
		t.Errorf("an answer that is watched does not arrive: %v", err)
	}
	server.Fail("auth.test", 1, slacksim.Fault{Status: http.StatusBadGateway, Body: "<html>"})
	_, _ = api.AuthTestContext(ctx)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, _ = api.AuthTestContext(ended)
	_, _ = NewClient("xoxb-t", "http://127.0.0.1:1/api/", transport).AuthTestContext(ctx)
	want := []string{"users.info user_not_found", "auth.test http_502", "auth.test no_answer"}
	if !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
	inner.CloseIdleConnections()
}

// TestWatchedAnswersStayWhole: small and large ones, and codes that are none.
func TestWatchedAnswersStayWhole(t *testing.T) {
	for _, test := range []struct{ name, body, code string }{
		{"an empty answer", "", ""},
		{"a large one that begins like a refusal", `{"ok":false,"error":"x","more":"` + strings.Repeat("y", 2*smallAnswer) + `"}`, ""},
		{"one of exactly the size that is looked at", `{"ok":true,"a":"` + strings.Repeat("y", smallAnswer-18) + `"}`, ""},
		{"a code that is no word", `{"ok":false,"error":"Bad Thing <1>"}`, codeOther},
		{"no JSON", "<html>", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := httptest.NewRecorder()
			_, _ = answer.WriteString(test.body)
			var got string
			transport := Watch(trip(func(*http.Request) (*http.Response, error) { return answer.Result(), nil }), func(c Call) { got = c.Code })
			response, err := transport.RoundTrip(httptest.NewRequest(http.MethodPost, "https://slack.com/api/auth.test", nil))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = response.Body.Close() }()
			body, err := io.ReadAll(response.Body)
			if err != nil || string(body) != test.body {
				t.Errorf("%d bytes arrive, want %d: %v", len(body), len(test.body), err)
			}
			if got != test.code {
				t.Errorf("code %q, want %q", got, test.code)
			}
		})
	}
}

func TestCodesOfSlackAreBounded(t *testing.T) {
	w := Watch(nil, nil).(*watched)
	for i := range maxCodes {
		w.bounded(fmt.Sprint("code", i))
	}
	if got := []string{w.bounded("code1"), w.bounded("one_more")}; !slices.Equal(got, []string{"code1", codeOther}) {
		t.Errorf("after %d codes the next are %q", maxCodes, got)
	}
}
