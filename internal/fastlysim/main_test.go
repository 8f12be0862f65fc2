package fastlysim

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const testToken = "made-up-token-7d1f"

// november is the business time of most tests: 21 days of November are over.
var november = time.Date(2026, time.November, 22, 10, 42, 0, 0, time.UTC)

func at(now time.Time) func() time.Time { return func() time.Time { return now } }

// begin starts a server that stops with the test.
func begin(t testing.TB, config Config) *Server {
	t.Helper()
	config.Token = testToken
	if config.Clock == nil {
		config.Clock = at(november)
	}
	s, err := Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// client makes a client whose connections end with the test.
func client(t testing.TB) *http.Client {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

// response is an answer read to its end.
type response struct {
	status int
	header http.Header
	body   []byte
}

func (r response) decode(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal(r.body, into); err != nil {
		t.Fatalf("decode %s: %v", r.body, err)
	}
}

func newRequest(t testing.TB, method, address string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Fastly-Key", testToken)
	return request
}

func read(c *http.Client, request *http.Request) (response, error) {
	got, err := c.Do(request)
	if err != nil {
		return response{}, err
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(got.Body, 8<<20))
	return response{got.StatusCode, got.Header, body}, err
}

func get(t testing.TB, s *Server, path, query string) response {
	t.Helper()
	got, err := read(client(t), newRequest(t, http.MethodGet, s.URL()+path+"?"+query))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// query writes parameters given as name, value, name, value.
func query(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }
