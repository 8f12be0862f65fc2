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
	"time"
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

// Call is what came of one call of Slack's Web API.
type Call struct {
	Method string
	Code   string    // Slack's error code, http_ and the status, or no_answer; empty where nothing failed
	Date   time.Time // of the answer, by Slack's clock; zero where it has none
}

// Watch returns a transport that reports every call. A nil next is one of its own, through the proxy that the environment names.
func Watch(next http.RoundTripper, called func(Call)) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport.(*http.Transport).Clone()
	}
	return &watched{next: next, called: called, codes: map[string]bool{}}
}

type watched struct {
	next   http.RoundTripper
	called func(Call)
	mu     sync.Mutex
	codes  map[string]bool
}

// RoundTrip implements http.RoundTripper.
func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.next.RoundTrip(r)
	call := Call{Method: path.Base(r.URL.Path)}
	switch {
	case err != nil && errors.Is(err, context.Canceled): // we gave it up
	case err != nil:
		call.Code = codeNoAnswer
	case answer.StatusCode != http.StatusOK:
		call.Code = "http_" + strconv.Itoa(answer.StatusCode)
	default:
		call.Code = peekCode(answer)
	}
	if err == nil {
		call.Date, _ = http.ParseTime(answer.Header.Get("Date"))
	}
	if call.Code != "" {
		call.Code = w.bounded(call.Code)
	}
	w.called(call)
	return answer, err
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
	var refusal struct {
		OK    *bool  `json:"ok"`
		Error string `json:"error"`
	}
	if json.Unmarshal(start, &refusal) != nil || refusal.OK == nil || *refusal.OK {
		return ""
	}
	if code := slackCode(refusal.Error); code != "" {
		return code
	}
	return codeOther
}
