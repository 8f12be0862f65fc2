package fastly

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"budgetbot/billing"
)

const longestWanted = 24 * time.Hour // a longer wait than this is a mistake of the server

// problem is the union of the error bodies Fastly is known to send: its own, classic, problem+json and JSON:API. Nothing
// but the words matters. They are kept raw, since an error body must never cause a second error.
type problem struct {
	Title  json.RawMessage `json:"title"`
	Detail json.RawMessage `json:"detail"`
	Msg    json.RawMessage `json:"msg"`
	Errors []problem       `json:"errors"`
}

func (p problem) words() string {
	words, detail := cmp.Or(textOf(p.Title), textOf(p.Msg)), textOf(p.Detail)
	if detail != "" && detail != words {
		words = strings.TrimPrefix(words+": "+detail, ": ")
	}
	for _, inner := range p.Errors {
		words = cmp.Or(words, inner.words())
	}
	return words
}

// apiError reads an answer that is not a success, whatever its Content-Type.
func apiError(path string, resp *http.Response, body []byte, now time.Time) *billing.APIError {
	return &billing.APIError{
		Status:     resp.StatusCode,
		Title:      billing.Clean(titleOf(body)),
		RetryAfter: retryAfter(resp.Header, now),
		Path:       path,
	}
}

// titleOf returns Fastly's words in an error body: those of a JSON object, or a short plain text. HTML is no words.
func titleOf(body []byte) string {
	var p problem
	if err := json.Unmarshal(body, &p); err == nil {
		return p.words()
	}
	plain := strings.TrimSpace(string(body))
	if strings.ContainsAny(plain, "<{[") {
		return ""
	}
	return plain
}

// retryAfter returns the wait that the headers ask for: Retry-After in seconds or as a date, or else the instant at which
// Fastly's own limit is lifted. It is zero if they ask for none.
func retryAfter(header http.Header, now time.Time) time.Duration {
	wait := time.Duration(0)
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	} else if epoch, err := strconv.ParseInt(header.Get("Fastly-RateLimit-Reset"), 10, 64); err == nil {
		wait = time.Unix(epoch, 0).Sub(now)
	}
	return min(max(wait, 0), longestWanted)
}
