package doctor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// saver keeps every answer of Fastly in a file, with what identifies the account, and what it pays, taken out.
type saver struct {
	next  http.RoundTripper
	dir   string
	token string
	count atomic.Int64
}

// CloseIdleConnections lets the client reach the transport's connections.
func (s *saver) CloseIdleConnections() {
	s.next.(*http.Transport).CloseIdleConnections()
}

// savedAnswer is one answer as it is kept.
type savedAnswer struct {
	Request string            `json:"request"`
	Status  int               `json:"status"`
	Header  map[string]string `json:"header"`
	Body    any               `json:"body"`
}

// maxSaved is how much of a body is kept.
const maxSaved = 1 << 20

// RoundTrip passes the call on, and keeps a redacted copy of what comes back.
func (s *saver) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := s.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxSaved))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	return resp, s.keep(r, resp, body)
}

func (s *saver) keep(r *http.Request, resp *http.Response, body []byte) error {
	kept := savedAnswer{Request: "GET " + r.URL.Path, Status: resp.StatusCode, Header: map[string]string{}}
	if query := r.URL.Query(); len(query) > 0 {
		kept.Request += "?" + query.Encode()
	}
	for _, name := range []string{"Content-Type", "Retry-After", "Fastly-RateLimit-Remaining", "Fastly-RateLimit-Reset"} {
		if value := resp.Header.Get(name); value != "" {
			kept.Header[name] = value
		}
	}
	kept.Body = s.redactedBody(body)
	text, _ := json.MarshalIndent(kept, "", "  ") // what was JSON can be JSON again
	name := fmt.Sprintf("%02d-%s.json", s.count.Add(1), strings.ReplaceAll(strings.Trim(r.URL.Path, "/"), "/", "-"))
	return os.WriteFile(filepath.Join(s.dir, name), append(text, '\n'), 0o600)
}

// redactedBody is the body as JSON where it is that, else as text.
func (s *saver) redactedBody(body []byte) any {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return s.redactedText(string(body))
	}
	return s.redacted("", value)
}

// identifying are the fields that name the account, its people or its services. A usage type has its name under name
// too, so that field is removed only from objects with a token's scope.
var identifying = []string{
	"customer_id", "user_id", "service_id", "service_name", "services", "id", "ip", "user_agent", "login", "email", "next_cursor",
	"invoice_id", "statement_number", "credit_coupon_code",
}

// priced are the fields that show what the account pays. Units stay, as in the answers about usage: without them the
// capture would be useless.
var priced = []string{"amount", "rate", "monthly_transaction_amount"}

const redacted = "REDACTED"

func (s *saver) redacted(key string, value any) any {
	if slices.Contains(identifying, key) && value != nil && value != "" {
		return redacted
	}
	isPrice := slices.Contains(priced, key)
	switch value := value.(type) {
	case json.Number:
		if isPrice {
			return json.Number(masked(value.String()))
		}
	case map[string]any:
		_, isToken := value["scope"]
		for name, inner := range value {
			if isToken && name == "name" {
				inner = redacted
			}
			value[name] = s.redacted(name, inner)
		}
	case []any:
		for i, inner := range value {
			value[i] = s.redacted("", inner)
		}
	case string:
		if isPrice {
			return masked(value)
		}
		return s.redactedText(value)
	}
	return value
}

// masked makes every digit of a number a 1, so that its form stays, unless it is zero.
func masked(number string) string {
	if !strings.ContainsAny(number, "123456789") {
		return number
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '1'
		}
		return r
	}, number)
}

var mail = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`)

func (s *saver) redactedText(text string) string {
	return mail.ReplaceAllString(strings.ReplaceAll(text, s.token, redacted), redacted)
}
