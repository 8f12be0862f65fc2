package fault_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/internal/fastlysim/fault"
)

func TestReply(t *testing.T) {
	written := httptest.NewRecorder()
	fault.Reply(http.StatusTeapot, "text/plain", []byte("hello")).Write(written)
	want := http.Header{
		"Content-Type": {"text/plain"}, "Cache-Control": {"no-store"}, "Via": {"1.1 varnish"}, "Content-Length": {"5"},
	}
	if diff := cmp.Diff(want, written.Header()); diff != "" || written.Code != http.StatusTeapot || written.Body.String() != "hello" {
		t.Errorf("%d %q, the headers (-want +got):\n%s", written.Code, written.Body, diff)
	}
}

func TestAnnounceWait(t *testing.T) {
	now := time.Date(2026, time.November, 20, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		fault fault.Fault
		want  http.Header
	}{
		{"no wait is not announced", fault.Fault{WaitAs: fault.RetryAfterDate}, http.Header{}},
		{"in seconds", fault.Fault{Wait: 90 * time.Second}, http.Header{"Retry-After": {"90"}}},
		{
			"as a date",
			fault.Fault{Wait: 90 * time.Second, WaitAs: fault.RetryAfterDate},
			http.Header{"Retry-After": {"Fri, 20 Nov 2026 12:01:30 GMT"}},
		},
		{
			"as the end of the hour",
			fault.Fault{Wait: time.Hour, WaitAs: fault.RateLimitReset},
			http.Header{"Fastly-Ratelimit-Remaining": {"0"}, "Fastly-Ratelimit-Reset": {"1795179600"}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			header := http.Header{}
			tt.fault.AnnounceWait(header, now)
			if diff := cmp.Diff(tt.want, header); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeliver(t *testing.T) {
	for _, tt := range []struct {
		name     string
		fault    fault.Fault
		accept   string
		want     string
		encoding string
		takes    time.Duration
	}{
		{"as it is", fault.Fault{}, "gzip", "12345", "", 0},
		{"white space in front", fault.Fault{Pad: 3}, "", "   12345", "", 0},
		{"compressed for who accepts it", fault.Fault{Gzip: true}, "deflate, gzip", "12345", "gzip", 0},
		{"not compressed for another", fault.Fault{Gzip: true}, "identity", "12345", "", 0},
		{"compressed, with white space in front", fault.Fault{Gzip: true, Pad: 2}, "gzip", "  12345", "gzip", 0},
		{"a byte at a time", fault.Fault{Trickle: time.Second}, "", "12345", "", 5 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
				request.Header.Set("Accept-Encoding", tt.accept)
				written, began := httptest.NewRecorder(), time.Now()
				tt.fault.Deliver(written, request, fault.Reply(http.StatusOK, "text/plain", []byte("12345")))
				if took := time.Since(began); took != tt.takes {
					t.Errorf("it takes %s, want %s", took, tt.takes)
				}
				body := io.Reader(written.Body)
				if got := written.Header().Get("Content-Encoding"); got != tt.encoding {
					t.Fatalf("it is encoded as %q, want %q", got, tt.encoding)
				}
				if tt.encoding != "" {
					var err error
					if body, err = gzip.NewReader(body); err != nil {
						t.Fatal(err)
					}
				}
				if got, err := io.ReadAll(body); string(got) != tt.want || err != nil {
					t.Errorf("the body is %q, %v, want %q", got, err, tt.want)
				}
			})
		})
	}
}

func TestATrickleEndsWithItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		written := httptest.NewRecorder()
		request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		fault.Fault{Trickle: time.Second}.Deliver(written, request, fault.Reply(http.StatusOK, "text/plain", []byte("12345")))
		if got := written.Body.String(); got != "12" {
			t.Errorf("%q was sent, want what two seconds had room for", got)
		}
	})
}

func TestRest(t *testing.T) {
	for _, tt := range []struct {
		name       string
		rest, ends time.Duration // ends is when the caller has enough
		want       bool
		takes      time.Duration
	}{
		{"in full", time.Second, time.Minute, true, time.Second},
		{"until the caller has enough", time.Minute, time.Second, false, time.Second},
		{"nothing is no rest", 0, time.Minute, true, 0},
		{"less than nothing is none either", -time.Second, time.Minute, true, 0},
		{"a caller that has gone does not rest", 0, 0, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), tt.ends)
				defer cancel()
				began := time.Now()
				if got := fault.Rest(ctx, tt.rest); got != tt.want || time.Since(began) != tt.takes {
					t.Errorf("%t after %s, want %t after %s", got, time.Since(began), tt.want, tt.takes)
				}
			})
		})
	}
}

func TestQueue(t *testing.T) {
	var q fault.Queue
	take := func(path string) string {
		f, turn, ok := q.Take(path)
		if !ok {
			return "-"
		}
		return f.Name + strings.Repeat("'", turn-1)
	}
	takes := func(what string, path string, want ...string) {
		t.Helper()
		got := []string{}
		for range want {
			got = append(got, take(path))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	takes("an empty queue has none", "/a", "-")
	q.Add("/a", 2, fault.Fault{Name: "first"})
	q.Add("/a", 1, fault.Fault{Name: "second", After: 1})
	q.Add("/b", 0, fault.Fault{Name: "lasting"})
	takes("in turn, with calls let through where the fault says so", "/a", "first", "first'", "-", "second", "-")
	takes("of another path nothing is taken", "/c", "-")
	takes("without a number it lasts, and counts its turns", "/b", "lasting", "lasting'", "lasting''")
	q.Clear()
	takes("until all is cleared", "/b", "-")
}
