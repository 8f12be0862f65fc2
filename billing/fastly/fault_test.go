package fastly

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
	"budgetbot/internal/fastlysim/fault"
)

// kinds are the errors of this package that each kind of refusal must be.
var kinds = map[fault.Kind][]error{
	fault.NotUnderstood: {billing.ErrNotUnderstood, billing.ErrRedirected},
	fault.Rejected:      {billing.ErrBadRequest, billing.ErrNotFound},
	fault.TokenRefused:  {billing.ErrUnauthorised},
	fault.NotAllowed:    {billing.ErrForbidden},
	fault.RateLimited:   {billing.ErrRateLimited},
	fault.ServerTrouble: {billing.ErrUnavailable},
	fault.Unreachable:   {billing.ErrReset, billing.ErrTimeout},
}

func TestClientAgainstEveryFault(t *testing.T) {
	server := startFastly(t, fastlysim.Config{Meta: fastlysim.MetaInside})
	for _, failing := range fault.List() {
		for _, path := range []string{fastlysim.UsagePath, fastlysim.ServicePath} {
			// One large body shows it all, and takes seconds to make.
			if failing.Path != "" && failing.Path != path || failing.Pad > 1<<20 && path == fastlysim.ServicePath {
				continue
			}
			t.Run(failing.Name+" at "+path, func(t *testing.T) {
				server.Heal()
				server.Fail(path, 0, failing)
				var log bytes.Buffer
				config := quick(server.URL())
				config.PageSize = 5
				if failing.Line != fault.LineHolds || failing.Trickle > 0 {
					config.AttemptTimeout = 300 * time.Millisecond
				}
				config.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&log), zap.DebugLevel))
				client := newClient(t, config)
				got, want, err := readPath(t, server, client, path)
				checkOutcome(t, failing, got, want, err)
				if strings.Contains(log.String(), secret) || err != nil && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), secret) {
					t.Errorf("the token leaks: %v\n%s", err, &log)
				}
			})
		}
	}
	if strangers := server.Strangers(); len(strangers) > 0 {
		t.Errorf("another host was called: %+v", strangers)
	}
}

// readPath reads one endpoint, and returns beside it what is true.
func readPath(t *testing.T, server *fastlysim.Server, client *Client, path string) (got, want map[string]string, err error) {
	t.Helper()
	january := billing.NewMonth(2023, time.January)
	if path == fastlysim.UsagePath {
		rows, err := client.Usage(t.Context(), billing.One(january))
		return figuresOf(rows), truth(t, server, billing.One(january)), err
	}
	got, want = map[string]string{}, map[string]string{}
	query := billing.ServiceQuery{Month: january, Product: "cdn_usage", UsageType: "North America Requests"}
	for _, r := range server.Services("2023-01", query.Product, query.UsageType) {
		want[r.ServiceID] = r.Units.String()
	}
	err = client.ServiceUsage(t.Context(), query, func(page []billing.ServiceUsage) error {
		for _, u := range page {
			if got[u.ServiceID] = u.Quantity.String(); u.Unread != "" {
				delete(got, u.ServiceID)
			}
		}
		return nil
	})
	return got, want, err
}

func checkOutcome(t *testing.T, failing fault.Fault, got, want map[string]string, err error) {
	t.Helper()
	var unread []string
	switch {
	case failing.Outcome == fault.SetsAside && err != nil:
		t.Errorf("refused as a whole: %v", err)
	case failing.Outcome == fault.HasNoData:
		if err != nil || len(got) > 0 {
			t.Errorf("got %d figures and %v, want neither", len(got), err)
		}
	case failing.Outcome == fault.Refuses && err == nil:
		t.Errorf("read as %d figures", len(got))
	case err != nil && failing.Outcome == fault.Reads:
		t.Errorf("refused: %v", err)
	case err == nil && failing.Outcome == fault.SetsAside:
		for key, figure := range want {
			billed, _, _ := strings.Cut(figure, "|")
			if of, read := got[key]; read && of != figure && !strings.HasPrefix(of, billed+"|") {
				t.Errorf("%s is %s, in truth %s", key, of, figure)
			}
			if _, read := got[key]; !read {
				unread = append(unread, key)
			}
		}
		if len(unread) > (len(want)+4)/5 { // one of each page
			t.Errorf("one row of each page is odd, and %q are unknown", unread)
		}
	case err == nil:
		for key, figure := range got {
			// A raw figure or a region that was left out is unknown; the billed figure must be right all the same.
			if billed, _, _ := strings.Cut(figure, "|"); !strings.HasPrefix(want[key]+"|", billed+"|") && len(want) > 0 {
				t.Errorf("%s is %s, in truth %s", key, figure, want[key])
			}
		}
		if len(got) < len(want) {
			t.Errorf("%d figures, in truth %d", len(got), len(want))
		}
	default:
		if !slices.ContainsFunc(kinds[failing.Kind], func(kind error) bool { return errors.Is(err, kind) }) {
			t.Errorf("error is of another kind: %v", err)
		}
		if !strings.Contains(err.Error(), failing.Says) {
			t.Errorf("error %q does not have Fastly's words %q", err, failing.Says)
		}
	}
}

func TestClientTriesAgain(t *testing.T) {
	for _, fault := range []fault.Fault{
		fault.ServerError, fault.BadGateway, fault.Reset, fault.Truncated, fault.Hang,
		fault.Named("429 without a wait"),
	} {
		t.Run(fault.Name, func(t *testing.T) {
			server := startFastly(t, fastlysim.Config{})
			server.Fail(fastlysim.UsagePath, 2, fault)
			config := quick(server.URL())
			config.Retries, config.MaxWait, config.AttemptTimeout = 3, time.Second, 1500*time.Millisecond
			rows, err := newClient(t, config).Usage(t.Context(), quarter())
			if err != nil || len(rows) == 0 || server.Calls() != 3 {
				t.Errorf("%d rows after %d calls, %v", len(rows), server.Calls(), err)
			}
		})
	}
}

func TestClientReportsEachAttemptOnce(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	server.Fail(fastlysim.UsagePath, 2, fault.ServerError)
	config := quick(server.URL())
	config.Retries, config.MaxWait = 3, time.Second
	var statuses []int
	config.Called = func(c Call) { statuses = append(statuses, c.Status) }
	if _, err := newClient(t, config).Usage(t.Context(), quarter()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(statuses, []int{fault.ServerError.Status, fault.ServerError.Status, http.StatusOK}) {
		t.Errorf("attempts are reported as %v", statuses)
	}
}

func TestClientDoesNotTryAgainWhereThatCannotHelp(t *testing.T) {
	for _, fault := range []fault.Fault{fault.Unauthorized, fault.Forbidden, fault.Named("302 to another host"), fault.Named("html")} {
		t.Run(fault.Name, func(t *testing.T) {
			server := startFastly(t, fastlysim.Config{})
			server.Fail(fastlysim.UsagePath, 0, fault)
			if _, err := newClient(t, quick(server.URL())).Usage(t.Context(), quarter()); err == nil || server.Calls() != 1 {
				t.Errorf("%d calls, %v", server.Calls(), err)
			}
		})
	}
}

func TestClientReportsHowLongToWait(t *testing.T) {
	for _, tt := range []struct {
		fault    string
		min, max time.Duration
	}{
		{"429 retry after seconds", 2 * time.Second, 2 * time.Second},
		{"429 retry after a date", 25 * time.Second, 31 * time.Second},
		{"429 rate limit reset", 35 * time.Second, 41 * time.Second},
		{"429 for a day", 24 * time.Hour, 24 * time.Hour},
		{"429 without a wait", 0, 0},
		{"429 with a wait in words", 0, 0},
		{"503 html with a wait", 3 * time.Second, 3 * time.Second},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			server := startFastly(t, fastlysim.Config{})
			server.Fail(fastlysim.UsagePath, 0, fault.Named(tt.fault))
			_, err := newClient(t, quick(server.URL())).Usage(t.Context(), quarter())
			var api *billing.APIError
			if !errors.As(err, &api) || api.RetryAfter < tt.min || api.RetryAfter > tt.max {
				t.Errorf("error is %#v, want a wait between %s and %s", err, tt.min, tt.max)
			}
		})
	}
}

func TestClientGivesUpRatherThanSleepIntoADeadline(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	server.Fail(fastlysim.UsagePath, 0, fault.TooMany)
	config := quick(server.URL())
	config.MaxWait = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	if _, err := newClient(t, config).Usage(ctx, quarter()); !errors.Is(err, billing.ErrRateLimited) || ctx.Err() != nil {
		t.Errorf("error is %v, context %v", err, ctx.Err())
	}
}

func TestClientDoesNotTryAgainWithACertificateItCannotTrust(t *testing.T) {
	var handshakes atomic.Int32
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			handshakes.Add(1)
		}
	}
	server.StartTLS()
	defer server.Close()
	_, err := newClient(t, quick(server.URL)).Usage(t.Context(), quarter())
	if !errors.Is(err, billing.ErrUnreachable) || handshakes.Load() != 1 {
		t.Errorf("%d handshakes, %v", handshakes.Load(), err)
	}
}

func TestClientTakesItsTokenOutOfEveryText(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"an error", 400, `{"msg":"no ` + secret + ` here"}`, "status 400: no [token] here"},
		{"an error whose words are cut within it", 400, `{"msg":"` + strings.Repeat("x", 190) + secret + `"}`, strings.Repeat("x", 190) + "[token]"},
		{"an answer that is not understood", 200, `{"msg":"no ` + secret + ` here"}`, `there is no data, but the words "no [token] here"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			}))
			defer server.Close()
			_, err := newClient(t, quick(server.URL)).Usage(t.Context(), quarter())
			if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
				t.Errorf("error is %v, want it to end in %q", err, tt.want)
			}
		})
	}
}
