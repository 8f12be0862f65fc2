package billing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"budgetbot/internal/fastlysim"

	"github.com/google/go-cmp/cmp"
)

// secret is made up; every test sees to it that it appears nowhere.
const secret = "made-up-Fastly-token-4711"

func startFastly(t testing.TB, config fastlysim.Config) *fastlysim.Server {
	t.Helper()
	config.Token = secret
	config.Clock = func() time.Time { return time.Date(2023, 6, 20, 9, 0, 0, 0, time.UTC) }
	config.Account.Services = 12
	server, err := fastlysim.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func newClient(t testing.TB, config ClientConfig) *Client {
	t.Helper()
	config.Token = secret
	client, err := NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// quick is a client that does not wait long for anything.
func quick(base string) ClientConfig {
	return ClientConfig{BaseURL: base, Retries: 1, Backoff: time.Millisecond, MaxWait: time.Millisecond, MaxPages: 20}
}

// truth is what the simulator says of months, as rows of this package.
func truth(t testing.TB, server *fastlysim.Server, months Range) map[string]string {
	t.Helper()
	figures := map[string]string{}
	for _, m := range months.Months() {
		for _, r := range server.Month(m.String()) {
			key := strings.Join([]string{r.Month, r.ProductID, r.UsageType, r.Unit}, "|")
			figures[key] = r.Quantity.String() + "|" + r.Raw.String() + "|" + r.Region
		}
	}
	return figures
}

func figuresOf(rows []Usage) map[string]string {
	figures := map[string]string{}
	for _, u := range rows {
		key := strings.Join([]string{u.Month.String(), u.Product, u.UsageType, u.Unit}, "|")
		figures[key] = u.Quantity.String() + "|" + u.Raw.Decimal.String() + "|" + u.Region
	}
	return figures
}

func TestClientReadsEveryEnvelope(t *testing.T) {
	envelopes := []fastlysim.Envelope{fastlysim.DataList, fastlysim.DataObject, fastlysim.BareList, fastlysim.BareObject}
	metas := []fastlysim.MetaPlace{fastlysim.MetaInside, fastlysim.MetaBeside, fastlysim.MetaEach}
	numbers := []fastlysim.NumberForm{fastlysim.Plain, fastlysim.Quoted, fastlysim.Exponent}
	for _, revision := range []fastlysim.Revision{fastlysim.Current, fastlysim.Seed} {
		for i, envelope := range envelopes {
			for j, meta := range metas {
				config := fastlysim.Config{
					Revision: revision, Usage: envelope, Service: envelope, Meta: meta, Numbers: numbers[(i+j)%3],
					UpdatedAt: fastlysim.TimeForm(j % 2), ExtraFields: i%2 == 0,
				}
				t.Run(fmt.Sprintf("revision %d, envelope %d, meta %d", revision, envelope, meta), func(t *testing.T) {
					server := startFastly(t, config)
					checkAgainstTruth(t, server, newClient(t, ClientConfig{BaseURL: server.URL(), PageSize: 5}))
				})
			}
		}
	}
}

func checkAgainstTruth(t *testing.T, server *fastlysim.Server, client *Client) {
	t.Helper()
	rows, err := client.Usage(t.Context(), quarter())
	if err != nil {
		t.Fatal(err)
	}
	want := truth(t, server, quarter())
	if diff := cmp.Diff(want, figuresOf(rows)); diff != "" || len(want) == 0 {
		t.Fatalf("usage (-want +got):\n%s", diff)
	}
	for _, u := range rows {
		if !u.CountedTo.Equal(u.Month.End()) {
			t.Fatalf("%s counts to %s, want the end of its month", u.UsageType, u.CountedTo)
		}
	}
	first := rows[0]
	services := map[string]string{}
	for _, r := range server.Services(first.Month.String(), first.Product, first.UsageType) {
		services[r.ServiceID+"|"+r.ServiceName] = r.Units.String()
	}
	got, pages := map[string]string{}, 0
	err = client.ServiceUsage(t.Context(), ServiceQuery{first.Month, first.Product, first.UsageType}, func(page []ServiceUsage) error {
		pages++
		for _, u := range page {
			got[u.ServiceID+"|"+u.ServiceName] = u.Quantity.String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(services, got); diff != "" || pages < 3 {
		t.Fatalf("%d pages of services (-want +got):\n%s", pages, diff)
	}
}

func TestClientAsksOnlyWhatBothRevisionsAllow(t *testing.T) {
	server := startFastly(t, fastlysim.Config{Revision: fastlysim.Seed})
	client := newClient(t, ClientConfig{BaseURL: server.URL(), UserAgent: "budgetbot/1.2.3"})
	january := NewMonth(2023, time.January)
	if _, err := client.Usage(t.Context(), Range{january.Add(-4), january.Add(3)}); err != nil {
		t.Fatal(err)
	}
	query := ServiceQuery{january, "cdn_usage", "North America Requests"}
	if err := client.ServiceUsage(t.Context(), query, func([]ServiceUsage) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var asked []string
	for _, call := range server.Requests() {
		if call.Method != http.MethodGet || call.Status != http.StatusOK || call.UserAgent != "budgetbot/1.2.3" || call.Accept != "application/json" {
			t.Errorf("call is %+v", call)
		}
		asked = append(asked, call.Path+"?"+call.Query.Encode())
	}
	slices.Sort(asked)
	want := []string{
		"/billing/v3/service-usage-metrics?end_month=2023-01&limit=100&product_id=cdn_usage&start_month=2023-01&usage_type_name=North+America+Requests",
		"/billing/v3/usage-metrics?end_month=2022-11&start_month=2022-09",
		"/billing/v3/usage-metrics?end_month=2023-02&start_month=2022-12",
		"/billing/v3/usage-metrics?end_month=2023-04&start_month=2023-03",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// kinds says which error of this package each kind of refusal must be.
var kinds = map[fastlysim.Kind][]error{
	fastlysim.NotUnderstood: {ErrNotUnderstood, ErrRedirected},
	fastlysim.Rejected:      {ErrBadRequest, ErrNotFound},
	fastlysim.TokenRefused:  {ErrUnauthorised},
	fastlysim.NotAllowed:    {ErrForbidden},
	fastlysim.RateLimited:   {ErrRateLimited},
	fastlysim.ServerTrouble: {ErrUnavailable},
	fastlysim.Unreachable:   {ErrReset, ErrTimeout},
}

func TestClientAgainstEveryFault(t *testing.T) {
	server := startFastly(t, fastlysim.Config{Meta: fastlysim.MetaInside})
	for _, fault := range fastlysim.Catalogue() {
		for _, path := range []string{fastlysim.UsagePath, fastlysim.ServicePath} {
			// One large body shows it all, and takes seconds to make.
			if fault.Path != "" && fault.Path != path || fault.Pad > 1<<20 && path == fastlysim.ServicePath {
				continue
			}
			t.Run(fault.Name+" at "+path, func(t *testing.T) {
				server.Heal()
				server.Fail(path, 0, fault)
				var log bytes.Buffer
				config := quick(server.URL())
				config.PageSize = 5
				if fault.Line != fastlysim.LineHolds || fault.Trickle > 0 {
					config.AttemptTimeout = 300 * time.Millisecond
				}
				config.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				client := newClient(t, config)
				got, want, err := readPath(t, server, client, path)
				checkOutcome(t, fault, got, want, err)
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
	january := NewMonth(2023, time.January)
	if path == fastlysim.UsagePath {
		rows, err := client.Usage(t.Context(), One(january))
		return figuresOf(rows), truth(t, server, One(january)), err
	}
	got, want = map[string]string{}, map[string]string{}
	query := ServiceQuery{january, "cdn_usage", "North America Requests"}
	for _, r := range server.Services("2023-01", query.Product, query.UsageType) {
		want[r.ServiceID] = r.Units.String()
	}
	err = client.ServiceUsage(t.Context(), query, func(page []ServiceUsage) error {
		for _, u := range page {
			got[u.ServiceID] = u.Quantity.String()
		}
		return nil
	})
	return got, want, err
}

func checkOutcome(t *testing.T, fault fastlysim.Fault, got, want map[string]string, err error) {
	t.Helper()
	switch {
	case fault.Outcome == fastlysim.HasNoData:
		if err != nil || len(got) > 0 {
			t.Errorf("got %d figures and %v, want neither", len(got), err)
		}
	case fault.Outcome == fastlysim.Refuses && err == nil:
		t.Errorf("read as %d figures", len(got))
	case err != nil && fault.Outcome == fastlysim.Reads:
		t.Errorf("refused: %v", err)
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
		if !slices.ContainsFunc(kinds[fault.Kind], func(kind error) bool { return errors.Is(err, kind) }) {
			t.Errorf("error is of another kind: %v", err)
		}
		if !strings.Contains(err.Error(), fault.Says) {
			t.Errorf("error %q does not have Fastly's words %q", err, fault.Says)
		}
	}
}

func TestClientTriesAgain(t *testing.T) {
	for _, fault := range []fastlysim.Fault{
		fastlysim.ServerError, fastlysim.BadGateway, fastlysim.Reset, fastlysim.Truncated, fastlysim.Hang,
		fastlysim.Named("429 without a wait"),
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

func TestClientDoesNotTryAgainWhereThatCannotHelp(t *testing.T) {
	for _, fault := range []fastlysim.Fault{fastlysim.Unauthorized, fastlysim.Forbidden, fastlysim.Named("302 to another host"), fastlysim.Named("html")} {
		t.Run(fault.Name, func(t *testing.T) {
			server := startFastly(t, fastlysim.Config{})
			server.Fail(fastlysim.UsagePath, 0, fault)
			if _, err := newClient(t, quick(server.URL())).Usage(t.Context(), quarter()); err == nil || server.Calls() != 1 {
				t.Errorf("%d calls, %v", server.Calls(), err)
			}
		})
	}
}

func TestClientSaysHowLongToWait(t *testing.T) {
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
			server.Fail(fastlysim.UsagePath, 0, fastlysim.Named(tt.fault))
			_, err := newClient(t, quick(server.URL())).Usage(t.Context(), quarter())
			var api *APIError
			if !errors.As(err, &api) || api.RetryAfter < tt.min || api.RetryAfter > tt.max {
				t.Errorf("error is %#v, want a wait between %s and %s", err, tt.min, tt.max)
			}
		})
	}
}

func TestClientGivesUpRatherThanSleepIntoADeadline(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	server.Fail(fastlysim.UsagePath, 0, fastlysim.TooMany)
	config := quick(server.URL())
	config.MaxWait = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	if _, err := newClient(t, config).Usage(ctx, quarter()); !errors.Is(err, ErrRateLimited) || ctx.Err() != nil {
		t.Errorf("error is %v, context %v", err, ctx.Err())
	}
}

func TestClientStopsWithItsCaller(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	release := server.Hold()
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	client := newClient(t, ClientConfig{BaseURL: server.URL()})
	go func() {
		_, err := client.Usage(ctx, quarter())
		done <- err
	}()
	eventually(t, func() bool { return server.InFlight() == 1 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

// eventually waits for a condition that another goroutine brings about.
func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the condition was not met in 10 s")
		}
	}
}

func TestClientBoundsItsReads(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	release := server.Hold()
	client := newClient(t, ClientConfig{BaseURL: server.URL(), Parallel: 2})
	done := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := client.Usage(t.Context(), Range{NewMonth(2022, time.January), NewMonth(2022, time.December)})
			done <- err
		}()
	}
	eventually(t, func() bool { return server.InFlight() == 2 })
	release()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if server.MaxInFlight() != 2 || server.Calls() != 8 {
		t.Errorf("%d calls, %d at a time; want 8, 2 at a time", server.Calls(), server.MaxInFlight())
	}
}

func TestClientHandsPagesOnOneAtATime(t *testing.T) {
	server := startFastly(t, fastlysim.Config{})
	client := newClient(t, ClientConfig{BaseURL: server.URL(), PageSize: 5})
	full := errors.New("full")
	query := ServiceQuery{NewMonth(2023, time.January), "cdn_usage", "North America Requests"}
	err := client.ServiceUsage(t.Context(), query, func([]ServiceUsage) error { return full })
	if !errors.Is(err, full) || server.Calls() != 1 {
		t.Errorf("after the first page was refused: %d calls, %v", server.Calls(), err)
	}
}

func TestClientEncodesCursorsAndNames(t *testing.T) {
	const cursor = "a+b/c== &"
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RawQuery)
		next := cursor
		if r.URL.Query().Get("cursor") == cursor {
			next = ""
		}
		fmt.Fprintf(w, `{"data":{"usage_type":"A+B C","unit":"gb","details":[],"meta":{"next_cursor":%q}}}`, next)
	}))
	defer server.Close()
	client := newClient(t, ClientConfig{BaseURL: server.URL})
	query := ServiceQuery{NewMonth(2023, time.January), "p", "A+B C"}
	if err := client.ServiceUsage(t.Context(), query, func([]ServiceUsage) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"end_month=2023-01&limit=100&product_id=p&start_month=2023-01&usage_type_name=A%2BB%20C",
		"cursor=a%2Bb%2Fc%3D%3D%20%26&end_month=2023-01&limit=100&product_id=p&start_month=2023-01&usage_type_name=A%2BB%20C",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
}

func TestClientFollowsARedirectOnTheSameHost(t *testing.T) {
	var keys atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Fastly-Key") == secret {
			keys.Add(1)
		}
		if !strings.HasPrefix(r.URL.Path, "/moved") {
			http.Redirect(w, r, "/moved"+r.URL.RequestURI(), http.StatusMovedPermanently)
			return
		}
		fmt.Fprint(w, `{"data":[]}`)
	}))
	defer server.Close()
	if _, err := newClient(t, ClientConfig{BaseURL: server.URL}).Usage(t.Context(), quarter()); err != nil || keys.Load() != 2 {
		t.Errorf("%d calls with the token, %v", keys.Load(), err)
	}
}

func TestClientWithNobodyThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := newClient(t, quick(server.URL)).Usage(t.Context(), quarter())
	if !errors.Is(err, ErrUnreachable) {
		t.Errorf("error is %v", err)
	}
}

func TestClientRefusesQuestionsThatCannotBe(t *testing.T) {
	client := newClient(t, ClientConfig{})
	january := NewMonth(2023, time.January)
	if _, err := client.Usage(t.Context(), Range{january, january.Add(-1)}); err == nil {
		t.Error("a reversed range was read")
	}
	if _, err := client.Usage(t.Context(), Range{january, january.Add(maxMonths)}); !errors.Is(err, ErrTooWide) {
		t.Errorf("a range of %d months gives %v", maxMonths+1, err)
	}
	for _, q := range []ServiceQuery{{}, {Month: january, Product: "p"}, {Month: january, UsageType: "t"}} {
		if err := client.ServiceUsage(t.Context(), q, nil); err == nil {
			t.Errorf("%v was read", q)
		}
	}
}

func TestNewClientRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		config ClientConfig
		want   string
	}{
		{"no token", ClientConfig{}, "there is no Fastly token"},
		{"a token with a line break", ClientConfig{Token: secret + "\n"}, "the Fastly token has a character that no token has, such as a space or a line break"},
		{"plain http", ClientConfig{Token: secret, BaseURL: "http://api.fastly.com"}, `the Fastly address must be https; plain http would show the token to the network on the way to "api.fastly.com"`},
		{"another scheme", ClientConfig{Token: secret, BaseURL: "ftp://api.fastly.com"}, `the Fastly address begins with "ftp"; it must be https`},
		{"no host", ClientConfig{Token: secret, BaseURL: "api.fastly.com"}, "the Fastly address is not a URL such as https://api.fastly.com"},
		{"a password", ClientConfig{Token: secret, BaseURL: "https://me:" + secret + "@api.fastly.com"}, "the Fastly address has a user, a query or a fragment; it may have none"},
		{"a page too large", ClientConfig{Token: secret, PageSize: 10_001}, "a page size of 10001 is not between 1 and 10000"},
		{"no pages", ClientConfig{Token: secret, MaxPages: -1}, "-1 pages are too few"},
		{"no reads", ClientConfig{Token: secret, Parallel: -1}, "-1 reads at a time are too few"},
		{"a time limit below zero", ClientConfig{Token: secret, MaxWait: -1}, "a time limit is below zero"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := NewClient(tt.config); err == nil || err.Error() != tt.want {
				t.Errorf("error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNewClientAcceptsPlainHTTPOnLoopback(t *testing.T) {
	for _, address := range []string{"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://api.fastly.com/base"} {
		if _, err := NewClient(ClientConfig{Token: secret, BaseURL: address}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestTokenSelf(t *testing.T) {
	expires := time.Date(2023, 6, 30, 0, 0, 0, 0, time.UTC)
	server := startFastly(t, fastlysim.Config{TokenScope: "global:read", TokenExpires: expires})
	token, err := newClient(t, ClientConfig{BaseURL: server.URL()}).TokenSelf(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Token{Name: "budget watcher", Scopes: []string{"global:read"}, ExpiresAt: expires}, token); diff != "" {
		t.Errorf("token (-want +got):\n%s", diff)
	}
	now := expires.AddDate(0, 0, -14)
	if token.CanWrite() || token.ExpiresWithin(13*24*time.Hour, now) || !token.ExpiresWithin(15*24*time.Hour, now) {
		t.Errorf("%+v can write, or expires at another time", token)
	}
}

func TestDecodeToken(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		writes     bool
		refused    string
	}{
		{name: "a token that may do anything", body: `{"name":"x","scopes":["global"],"expires_at":null}`, writes: true},
		{name: "a token that may purge", body: `{"scopes":["global:read","purge_all"]}`, writes: true},
		{name: "scopes in one string", body: `{"scope":"global:read purge_select"}`, writes: true},
		{name: "a token that may read", body: `{"scope":"global:read"}`},
		{name: "no scope", body: `{"name":"x"}`, refused: "the token has no scope"},
		{name: "not an object", body: `[]`, refused: "it is an array, not an object"},
		{name: "not JSON", body: `<html>`, refused: "it is HTML, not JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			token, err := decodeToken([]byte(tt.body))
			if tt.refused != "" {
				checkRefused(t, tt.refused, err)
				return
			}
			if err != nil || token.CanWrite() != tt.writes || token.ExpiresWithin(time.Hour, longAfter) {
				t.Errorf("token is %+v, %v", token, err)
			}
		})
	}
}

func TestErrorsAreForALine(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"line breaks and control characters", `{"msg":"a\nb\u0007\u202ec"}`, "a bc"},
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
			if got := clean(titleOf([]byte(tt.body))); got != tt.want {
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
