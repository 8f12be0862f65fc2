package billing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// The kinds of trouble a read can end in. Every error of a Client is one of them by errors.Is, or the caller's own
// context.Canceled, or ErrTooWide, or ErrNoEstimate.
var (
	// ErrUnauthorised is that Fastly does not know the token: wrong, revoked or expired.
	ErrUnauthorised = errors.New("the token is not accepted")
	// ErrForbidden is that the token may not read billing.
	ErrForbidden = errors.New("the token may not read this")
	// ErrBadRequest is that Fastly found fault with the request.
	ErrBadRequest = errors.New("the request is not accepted")
	// ErrNotFound is that Fastly has nothing at the address.
	ErrNotFound = errors.New("there is nothing at this address")
	// ErrRateLimited is that Fastly wants to be asked later; APIError.RetryAfter says when, if Fastly does.
	ErrRateLimited = errors.New("asked too often")
	// ErrUnavailable is that Fastly failed.
	ErrUnavailable = errors.New("the API failed")
	// ErrTimeout is that no answer came in time.
	ErrTimeout = errors.New("no answer in time")
	// ErrReset is that the connection broke before the answer was complete.
	ErrReset = errors.New("the connection broke")
	// ErrUnreachable is that there was no connection at all: name, route, proxy or certificate.
	ErrUnreachable = errors.New("no connection")
	// ErrRedirected is that the answer pointed to another host, where the token is not sent, or round in circles.
	ErrRedirected = errors.New("redirected to where the token is not sent")
	// ErrNotUnderstood is that the answer is not what the API is known to send; it comes as a *BodyError.
	ErrNotUnderstood = errors.New("the answer is not understood")
)

// APIError is an answer of Fastly that is not a success.
type APIError struct {
	Status int
	// Title is what Fastly says, without control characters and cut to a line; empty where it says nothing.
	Title string
	// RetryAfter is how long Fastly asks to wait; zero where it does not say.
	RetryAfter time.Duration
	Path       string // of the request, without its query
}

// Error names the request, the status and Fastly's own words.
func (e *APIError) Error() string {
	text := fmt.Sprintf("GET %s: status %d", e.Path, e.Status)
	if e.Title != "" {
		text += ": " + e.Title
	}
	return text
}

// Is reports whether target is the kind of the status.
func (e *APIError) Is(target error) bool {
	kind := map[int]error{
		http.StatusUnauthorized:    ErrUnauthorised,
		http.StatusForbidden:       ErrForbidden,
		http.StatusBadRequest:      ErrBadRequest,
		http.StatusNotFound:        ErrNotFound,
		http.StatusTooManyRequests: ErrRateLimited,
	}[e.Status]
	if e.Status >= http.StatusInternalServerError {
		kind = ErrUnavailable
	}
	return kind != nil && target == kind
}

// BodyError is an answer that was delivered whole and is not understood. Guessing would turn it into wrong figures.
type BodyError struct {
	Path   string // of the request, without its query; empty where a body was decoded on its own
	Reason string // what was not understood, such as "row 3: there is no month"
	status int    // of the answer, where it is that which was not understood
}

// Error names the request and what was not understood.
func (e *BodyError) Error() string {
	if e.Path == "" {
		return "the answer is not understood: " + e.Reason
	}
	return fmt.Sprintf("GET %s: the answer is not understood: %s", e.Path, e.Reason)
}

// Is reports whether target is ErrNotUnderstood.
func (e *BodyError) Is(target error) bool { return target == ErrNotUnderstood }

func notUnderstood(format string, args ...any) *BodyError {
	return &BodyError{Reason: fmt.Sprintf(format, args...)}
}

// TransportError is that a request got no whole answer.
type TransportError struct {
	Path string // of the request, without its query
	Kind error  // ErrTimeout, ErrReset, ErrUnreachable or ErrRedirected
	text string // the cause, without addresses' queries and without the token
}

// Error names the request, the kind and the cause.
func (e *TransportError) Error() string {
	if e.text == "" {
		return fmt.Sprintf("GET %s: %v", e.Path, e.Kind)
	}
	return fmt.Sprintf("GET %s: %v: %s", e.Path, e.Kind, e.text)
}

// Unwrap returns the kind. The cause is kept as text alone: what the HTTP library wraps is not known to be free of secrets.
func (e *TransportError) Unwrap() error { return e.Kind }

// transportError sorts what the HTTP library returned.
func transportError(path string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("GET %s: %w", path, context.Canceled)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	kind := transportKind(err)
	if errors.Is(kind, ErrRedirected) || errors.Is(kind, ErrTimeout) {
		return &TransportError{Path: path, Kind: kind}
	}
	return &TransportError{Path: path, Kind: kind, text: clean(err.Error())}
}

func transportKind(err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrRedirected):
		return ErrRedirected
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return ErrTimeout
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "server closed idle connection"):
		return ErrReset
	}
	return ErrUnreachable
}
