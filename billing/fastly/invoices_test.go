package fastly

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"budgetbot/billing"
)

// billingServer answers with the handler and notes what it was asked.
func billingServer(t *testing.T, handler http.HandlerFunc) (base string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var uris []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		uris = append(uris, r.RequestURI)
		mu.Unlock()
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return uris
	}
}

func monthsOf(bills []billing.Bill) string {
	var months []string
	for _, bill := range bills {
		months = append(months, bill.Month.String())
	}
	return strings.Join(months, " ")
}

func TestClientReadsBillsPageByPage(t *testing.T) {
	august := strings.ReplaceAll(published, "2026-07", "2026-08")
	september := strings.ReplaceAll(published, "2026-07", "2026-09")
	base, asked := billingServer(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("cursor") == "" {
			fmt.Fprintf(w, `{"data":[%s,%s],"meta":{"next_cursor":"a+b="}}`, september, august)
			return
		}
		fmt.Fprintf(w, `{"data":[%s],"meta":{"next_cursor":""}}`, published)
	})
	bills, err := newClient(t, quick(base)).Bills(t.Context(), billing.Range{First: july.Add(-1), Last: july.Add(1)})
	if err != nil || monthsOf(bills) != "2026-07 2026-08" {
		t.Fatalf("bills are of %s, %v", monthsOf(bills), err)
	}
	want := []string{
		"/billing/v3/invoices?billing_end_date=2026-09-01&billing_start_date=2026-06-01&limit=100",
		"/billing/v3/invoices?billing_end_date=2026-09-01&billing_start_date=2026-06-01&cursor=a%2Bb%3D&limit=100",
	}
	if diff := cmp.Diff(want, asked()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestClientReadsBillsAYearACall(t *testing.T) {
	base, asked := billingServer(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":[]}`) })
	client := newClient(t, quick(base))
	if bills, err := client.Bills(t.Context(), billing.Range{First: july.Add(-29), Last: july}); err != nil || len(bills) > 0 || len(asked()) != 3 {
		t.Errorf("%d bills after %d calls, %v", len(bills), len(asked()), err)
	}
	if _, err := client.Bills(t.Context(), billing.Range{First: july, Last: july.Add(-1)}); err == nil {
		t.Error("a reversed range was read")
	}
}

func TestClientGuardsThePagesOfInvoices(t *testing.T) {
	for _, tt := range []struct {
		name    string
		cursors func(n int) string
		reason  string
	}{
		{"a cursor that comes back", func(int) string { return "again" }, "the cursor of the next page was there before"},
		{"pages without end", func(n int) string { return fmt.Sprint(n) }, "there are more than 50 pages"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n := 0
			base, _ := billingServer(t, func(w http.ResponseWriter, _ *http.Request) {
				n++
				fmt.Fprintf(w, `{"data":[],"meta":{"next_cursor":%q}}`, tt.cursors(n))
			})
			_, err := newClient(t, quick(base)).Bills(t.Context(), billing.One(july))
			checkRefused(t, tt.reason, err)
		})
	}
}

// answers is a transport without a network, for a fake clock.
type answers func(r *http.Request) (status int, body string)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := a(r)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// estimating is a server that has an estimate after so many asks, and bills in dollars.
func estimating(after int, asks *int) answers {
	return func(r *http.Request) (int, string) {
		if r.URL.Path == pathInvoices {
			return http.StatusOK, `{"data":[` + published + `]}`
		}
		if *asks++; *asks <= after {
			return http.StatusAccepted, `{"title":"being made","status":202}`
		}
		return http.StatusOK, estimateBody
	}
}

func TestClientWaitsForAnEstimate(t *testing.T) {
	for _, tt := range []struct {
		name          string
		after         int
		patience      time.Duration
		asks, seconds int
		err           error
	}{
		{"one that is there comes at once", 0, time.Hour, 1, 0, nil},
		{"one that is being made is asked for every 5 s", 3, time.Hour, 4, 15, nil},
		{"for 60 s", 12, time.Hour, 13, 60, nil},
		{"and no longer", 13, time.Hour, 13, 60, billing.ErrTimeout},
		{"a caller with less time gets an error in time", 13, 12 * time.Second, 3, 10, billing.ErrTimeout},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asks, begun := 0, time.Now()
				client := newClient(t, ClientConfig{Transport: estimating(tt.after, &asks)})
				ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
				defer cancel()
				bill, err := client.MonthToDate(ctx)
				if !errors.Is(err, tt.err) || asks != tt.asks || time.Since(begun) != time.Duration(tt.seconds)*time.Second {
					t.Errorf("after %d asks and %s: %v", asks, time.Since(begun), err)
				}
				if tt.err == nil && (bill.Currency != "USD" || !bill.Total.Equal(dec("2890.32")) || !bill.IsEstimate()) {
					t.Errorf("bill is %+v", bill)
				}
			})
		})
	}
}

func TestClientStopsWaitingWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asks := 0
		client := newClient(t, ClientConfig{Transport: estimating(9, &asks)})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(7*time.Second, cancel)
		if _, err := client.MonthToDate(ctx); !errors.Is(err, context.Canceled) || asks != 2 {
			t.Errorf("after %d asks: %v", asks, err)
		}
	})
}

func TestClientReportsThatThereIsNoEstimate(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		none   bool
	}{
		{"an account without invoices has none", 404, `{"title":"no invoice","status":404}`, true},
		{"an account whose parent pays has none", 422, `{"title":"parent pay","status":422}`, true},
		{"a token without the role is another matter", 403, `{"msg":"not allowed"}`, false},
		{"a fault is another matter", 500, `{"msg":"oops"}`, false},
		{"another success is not understood", 204, ``, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base, _ := billingServer(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.body)
			})
			_, err := newClient(t, quick(base)).MonthToDate(t.Context())
			var api *billing.APIError
			if err == nil || errors.Is(err, billing.ErrNoEstimate) != tt.none || tt.none && (!errors.As(err, &api) || api.Status != tt.status) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestTheCurrencyOfAnEstimate(t *testing.T) {
	for _, tt := range []struct {
		name, invoices, want string
		status               int
		err                  error
	}{
		{"is that of the newest invoice", `{"data":[` + strings.Replace(published, "USD", "EUR", 1) + `]}`, "EUR", 200, nil},
		{"is not known where there is no invoice", `{"data":[]}`, "", 200, nil},
		{"is not guessed where invoices cannot be read", `{}`, "", 503, billing.ErrUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			base, _ := billingServer(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == pathMonthToDate {
					fmt.Fprint(w, estimateBody)
					return
				}
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.invoices)
			})
			bill, err := newClient(t, quick(base)).MonthToDate(t.Context())
			if !errors.Is(err, tt.err) || bill.Currency != tt.want {
				t.Errorf("currency is %q, %v", bill.Currency, err)
			}
		})
	}
}

func TestTheTokenIsInNoReason(t *testing.T) {
	bad := strings.Replace(julyInvoice("1", line(`"amount":"`+secret+`"`)), `"invoice_id":"INV-1"`, `"invoice_id":"INV-2"`, 1)
	odd := strings.Replace(strings.ReplaceAll(julyInvoice("1"), "2026-07", "2026-06"), `"USD"`, `"`+secret+`"`, 1)
	row := func(product string) string {
		return `{"month":"2023-06","product_id":"` + product + `","usage_type":"t","unit":"gb","quantity":"` + secret + `"}`
	}
	long := strings.Repeat("x", maxUnreadName-len(secret)/2) // a name that is cut within the token
	answers := map[string]string{
		pathInvoices: `{"data":[` + bad + "," + odd + `]}`,
		PathUsage:    `{"data":[` + row(secret) + "," + row(long+secret) + `,{"month":"2023-06","product_id":"p","usage_type":"t","unit":"gb","quantity":1}]}`,
		pathServiceUsage: `{"data":{"usage_type":"t","unit":"gb","details":[{"service_id":"S1","service_name":"` + long + secret +
			`","usage_units":"` + secret + `"},{"service_id":"S2","usage_units":1}]}}`,
	}
	base, _ := billingServer(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, answers[r.URL.Path]) })
	client := newClient(t, quick(base))
	june := billing.NewMonth(2023, time.June)
	bills, err1 := client.Bills(t.Context(), billing.Range{First: billing.NewMonth(2026, time.June), Last: billing.NewMonth(2026, time.July)})
	rows, err2 := client.Usage(t.Context(), billing.One(june))
	_, unread := billing.Readable(rows)
	var services []billing.ServiceUsage
	err3 := client.ServiceUsage(t.Context(), billing.ServiceQuery{Month: june, Product: "p", UsageType: "t"}, func(page []billing.ServiceUsage) error {
		services = append(services, page...)
		return nil
	})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if len(bills) != 2 || bills[0].Unknown == "" || len(bills[1].Unread) != 1 || len(unread) != 2 || len(services) != 2 || services[0].Unread == "" {
		t.Errorf("what cannot be read is not set aside: %+v %+v %+v", bills, unread, services)
	}
	if text := fmt.Sprintf("%+v %+v %+v", bills, rows, services); strings.Contains(text, secret[:len(secret)/2]) {
		t.Errorf("the token is in %s", text)
	}
}
