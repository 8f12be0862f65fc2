package fastly

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
	"budgetbot/internal/fastlysim"
)

// secret is made up; every test sees to it that it appears nowhere.
const secret = "made-up-Fastly-token-4711"

func startFastly(t testing.TB, config fastlysim.Config) *fastlysim.Server {
	t.Helper()
	config.Token = secret
	config.Clock = func() time.Time { return time.Date(2023, 6, 20, 9, 0, 0, 0, time.UTC) }
	if config.Account.Services == 0 {
		config.Account.Services = 12
	}
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

// truth is what the simulator has of months, as rows of this package.
func truth(t testing.TB, server *fastlysim.Server, months billing.Range) map[string]string {
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

func figuresOf(rows []billing.Usage) map[string]string {
	figures := map[string]string{}
	for _, u := range rows {
		if u.Unread != "" {
			continue
		}
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
	err = client.ServiceUsage(t.Context(), billing.ServiceQuery{Month: first.Month, Product: first.Product, UsageType: first.UsageType}, func(page []billing.ServiceUsage) error {
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
	january := billing.NewMonth(2023, time.January)
	if _, err := client.Usage(t.Context(), billing.Range{First: january.Add(-4), Last: january.Add(3)}); err != nil {
		t.Fatal(err)
	}
	query := billing.ServiceQuery{Month: january, Product: "cdn_usage", UsageType: "North America Requests"}
	if err := client.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error { return nil }); err != nil {
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
			_, err := client.Usage(t.Context(), billing.Range{First: billing.NewMonth(2022, time.January), Last: billing.NewMonth(2022, time.December)})
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
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "cdn_usage", UsageType: "North America Requests"}
	err := client.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error { return full })
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
	query := billing.ServiceQuery{Month: billing.NewMonth(2023, time.January), Product: "p", UsageType: "A+B C"}
	if err := client.ServiceUsage(t.Context(), query, func([]billing.ServiceUsage) error { return nil }); err != nil {
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
	if !errors.Is(err, billing.ErrUnreachable) {
		t.Errorf("error is %v", err)
	}
}

func TestClientRefusesQuestionsThatCannotBe(t *testing.T) {
	client := newClient(t, ClientConfig{})
	january := billing.NewMonth(2023, time.January)
	if _, err := client.Usage(t.Context(), billing.Range{First: january, Last: january.Add(-1)}); err == nil {
		t.Error("a reversed range was read")
	}
	if _, err := client.Usage(t.Context(), billing.Range{First: january, Last: january.Add(billing.MaxMonths)}); !errors.Is(err, billing.ErrTooWide) {
		t.Errorf("a range of %d months gives %v", billing.MaxMonths+1, err)
	}
	for _, q := range []billing.ServiceQuery{{}, {Month: january, Product: "p"}, {Month: january, UsageType: "t"}} {
		if err := client.ServiceUsage(t.Context(), q, nil); err == nil {
			t.Errorf("%v was read", q)
		}
	}
}
