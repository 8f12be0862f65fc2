package billing

import (
	"errors"
	"fmt"
	"time"
)

// The kinds of error of a read. Every error of a Client is one of them by errors.Is, or the caller's own
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
	// ErrRateLimited is that Fastly wants to be asked later; APIError.RetryAfter has the wait, if Fastly states one.
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
	// Title is Fastly's own message, without control characters and cut to a line; empty if there is none.
	Title string
	// RetryAfter is how long Fastly asks to wait; zero if it states no time.
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
		401: ErrUnauthorised,
		403: ErrForbidden,
		400: ErrBadRequest,
		404: ErrNotFound,
		429: ErrRateLimited,
	}[e.Status]
	if e.Status >= 500 {
		kind = ErrUnavailable
	}
	return kind != nil && target == kind
}

// BodyError is an answer that was delivered whole and is not understood. Guessing would turn it into wrong figures.
type BodyError struct {
	Path   string // of the request, without its query; empty if a body was decoded on its own
	Reason string // what was not understood, such as "row 3: there is no month"
	Status int    // of the answer, if it is that which was not understood
	// TooLong is that the answer was longer than is read of one: less may be asked for.
	TooLong bool
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

// TransportError is that a request got no whole answer.
type TransportError struct {
	Path string // of the request, without its query
	Kind error  // ErrTimeout, ErrReset, ErrUnreachable or ErrRedirected
	Text string // the cause, without addresses' queries and without the token
}

// Error names the request, the kind and the cause.
func (e *TransportError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("GET %s: %v", e.Path, e.Kind)
	}
	return fmt.Sprintf("GET %s: %v: %s", e.Path, e.Kind, e.Text)
}

// Unwrap returns the kind. The cause is kept as text alone: what the HTTP library wraps is not known to be free of secrets.
func (e *TransportError) Unwrap() error { return e.Kind }
