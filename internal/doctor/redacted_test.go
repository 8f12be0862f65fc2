package doctor

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// answering is a transport with one answer.
type answering string

// RoundTrip implements http.RoundTripper.
func (a answering) RoundTrip(*http.Request) (*http.Response, error) {
	header := http.Header{"Content-Type": {"application/json"}, "Retry-After": {"2"}, "Set-Cookie": {"session=secret"}}
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(string(a)))}, nil
}

// kept is what the saver keeps of an answer, and what the client gets of it.
func kept(t *testing.T, body string) (saved savedAnswer, passed string) {
	t.Helper()
	s := &saver{next: answering(body), dir: t.TempDir(), token: "the-token"}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com/billing/v3/invoices?limit=2", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := s.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "01-billing-v3-invoices.json"))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&saved); err != nil {
		t.Fatal(err)
	}
	return saved, string(read)
}

func TestAnAnswerIsKeptAndPassedOn(t *testing.T) {
	saved, passed := kept(t, `{"data":[]}`)
	want := savedAnswer{
		Request: "GET /billing/v3/invoices?limit=2", Status: http.StatusOK,
		Header: map[string]string{"Content-Type": "application/json", "Retry-After": "2"}, Body: map[string]any{"data": []any{}},
	}
	if diff := cmp.Diff(want, saved); diff != "" || passed != `{"data":[]}` {
		t.Errorf("%q is passed on; kept (-want +got):\n%s", passed, diff)
	}
}

func TestWhatIsTakenOutOfAnAnswer(t *testing.T) {
	for _, tt := range []struct{ name, body, want string }{
		{"what names the account", `{"customer_id":"C1","id":"x","ip":"10.0.0.1"}`, `{"customer_id":"REDACTED","id":"REDACTED","ip":"REDACTED"}`},
		{"what names a service", `{"data":[{"service_id":"S1","service_name":"shop"}]}`, `{"data":[{"service_id":"REDACTED","service_name":"REDACTED"}]}`},
		{"every service of a token, whatever it is", `{"services":["S1","S2"]}`, `{"services":"REDACTED"}`},
		{"the name of a token", `{"name":"ours","scope":"global:read"}`, `{"name":"REDACTED","scope":"global:read"}`},
		{"not the name of a usage type", `{"name":"Asia Bandwidth"}`, `{"name":"Asia Bandwidth"}`},
		{"the digits of what is paid", `{"amount":1204.50,"rate":"0.12","monthly_transaction_amount":"-6604.19"}`, `{"amount":1111.11,"rate":"1.11","monthly_transaction_amount":"-1111.11"}`},
		{"not that nothing is paid", `{"amount":0.00}`, `{"amount":0.00}`},
		{"not what is used", `{"units":96.25,"quantity":7}`, `{"units":96.25,"quantity":7}`},
		{"the token, wherever it stands", `{"msg":"the-token is no valid token"}`, `{"msg":"REDACTED is no valid token"}`},
		{"a mail address", `{"msg":"ask jo.doe+cdn@example.com about it"}`, `{"msg":"ask REDACTED about it"}`},
		{"nothing that is empty or null", `{"id":null,"email":""}`, `{"email":"","id":null}`},
		{"the token in what is no JSON", `<h1>the-token</h1>`, `"\u003ch1\u003eREDACTED\u003c/h1\u003e"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			saved, passed := kept(t, tt.body)
			got, err := json.Marshal(saved.Body)
			if err != nil {
				t.Fatal(err)
			}
			var want, is any
			if json.Unmarshal([]byte(tt.want), &want) != nil || json.Unmarshal(got, &is) != nil {
				t.Fatalf("%s or %s is no JSON", tt.want, got)
			}
			if diff := cmp.Diff(want, is); diff != "" {
				t.Errorf("kept (-want +got):\n%s", diff)
			}
			if passed != tt.body {
				t.Errorf("%s is passed on", passed)
			}
		})
	}
}
