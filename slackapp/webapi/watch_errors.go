package webapi

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"sync"
)

const (
	// smallAnswer is how much of an answer is looked at. Slack's refusals are smaller.
	smallAnswer = 4096
	// maxCodes bounds how many different codes are counted separately, since Slack's set of them is open.
	maxCodes = 200
)

// What stands in the place of a code: there was no answer, or there are too many codes.
const (
	codeNoAnswer = "no_answer"
	codeOther    = "other"
)

// WatchErrors returns a transport that reports every call of Slack's Web API that was refused or failed: the method, and
// Slack's error code, http_ and the status, or no_answer. A nil next is one of its own, through the proxy that the
// environment names.
func WatchErrors(next http.RoundTripper, failed func(method, code string)) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport.(*http.Transport).Clone()
	}
	return &watched{next: next, failed: failed, codes: map[string]bool{}}
}

type watched struct {
	next   http.RoundTripper
	failed func(method, code string)
	mu     sync.Mutex
	codes  map[string]bool
}

// RoundTrip implements http.RoundTripper.
func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	code := ""
	switch {
	case err != nil && errors.Is(err, context.Canceled): // we gave it up
	case err != nil:
		code = codeNoAnswer
	case answer.StatusCode != http.StatusOK:
		code = "http_" + strconv.Itoa(answer.StatusCode)
	default:
		code = peekCode(answer)
	}
	if code != "" {
		w.failed(path.Base(r.URL.Path), w.bounded(code))
	}
	return answer, err
}

// CloseIdleConnections lets http.Client.CloseIdleConnections reach the transport.
func (w *watched) CloseIdleConnections() {
	if closer, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// bounded returns the code, or other where there are too many.
func (w *watched) bounded(code string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.codes[code] && len(w.codes) >= maxCodes {
		return codeOther
	}
	w.codes[code] = true
	return code
}

// peekCode returns the error code of an answer that is small and refuses, and leaves the body whole for its reader.
func peekCode(answer *http.Response) string {
	body := bufio.NewReaderSize(answer.Body, smallAnswer)
	start, err := body.Peek(smallAnswer)
	answer.Body = struct {
		io.Reader
		io.Closer
	}{body, answer.Body}
	if err == nil {
		return "" // there is more of it
	}
	var said struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(start, &said) != nil || said.OK == nil || *said.OK {
		return ""
	}
	if code := slackCode(said.Error); code != "" {
		return code
	}
	return codeOther
}
