package fastly

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"budgetbot/billing"
)

func TestErrorsAreForALine(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"line breaks and control characters", `{"msg":"a\nb\u0007\u202ec"}`, "a b c"},
		{"a long story is cut", `{"msg":"` + strings.Repeat("x", 900) + `"}`, strings.Repeat("x", 199) + "…"},
		{"plain text", "first byte timeout\n", "first byte timeout"},
		{"HTML has no words", "<html>502</html>", ""},
		{"the detail follows the title", `{"title":"Bad Request","detail":"end_month"}`, "Bad Request: end_month"},
		{"a detail alone", `{"detail":"end_month"}`, "end_month"},
		{"words of the wrong type are none", `{"title":7,"msg":"Record not found"}`, "Record not found"},
		{"the first of several", `{"errors":[{"title":"Invalid","detail":"x"},{"title":"Other"}]}`, "Invalid: x"},
		{"errors that are no list", `{"errors":"none","msg":"Bad"}`, ""},
		{"nothing", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := billing.Clean(titleOf([]byte(tt.body))); got != tt.want {
				t.Errorf("words are %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRetryAfterIsBounded(t *testing.T) {
	now := time.Date(2023, 6, 20, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		header url.Values
		want   time.Duration
	}{
		{"seconds", url.Values{"Retry-After": {"7"}}, 7 * time.Second},
		{"below zero is now", url.Values{"Retry-After": {"-7"}}, 0},
		{"years are a day", url.Values{"Retry-After": {"999999999"}}, 24 * time.Hour},
		{"a number beyond all bounds says nothing", url.Values{"Retry-After": {"99999999999999999999"}}, 0},
		{"a date that is past is now", url.Values{"Retry-After": {"Mon, 19 Jun 2023 09:00:00 GMT"}}, 0},
		{"seconds since 1970", url.Values{"Fastly-Ratelimit-Reset": {fmt.Sprint(now.Unix() + 9)}}, 9 * time.Second},
		{"Retry-After comes first", url.Values{"Retry-After": {"7"}, "Fastly-Ratelimit-Reset": {fmt.Sprint(now.Unix() + 9)}}, 7 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := retryAfter(http.Header(tt.header), now); got != tt.want {
				t.Errorf("wait is %s, want %s", got, tt.want)
			}
		})
	}
}
