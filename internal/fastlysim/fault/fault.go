package fault

import (
	"time"
)

// Fault is a way to misbehave, and what a client must make of it. The zero
// Fault answers truly.
type Fault struct {
	// Name is short and unique within the list.
	Name string
	// Path is the only endpoint that the fault makes sense for; any when empty.
	Path string

	// Outcome, Kind and Says are for tests: what a client must make of the
	// fault, what sort of error a refusal is, and which of Fastly's own words
	// ought to be in it.
	Outcome Outcome
	Kind    Kind
	Says    string

	// After lets that many calls through first.
	After int

	// Status, when not 0, replaces the true answer by Status, Body and a
	// Content-Type of application/json.
	Status int
	Body   string
	// Header is set over the headers; an empty value removes one.
	Header map[string]string
	// Wait is announced in the way of WaitAs, counted in wall time.
	Wait   time.Duration
	WaitAs WaitForm
	// Abroad adds a Location that leads to another host.
	Abroad bool
	// Rewrite makes a new body of the true one. Turn counts the calls that this
	// fault has met, from 1.
	Rewrite func(body []byte, turn int) []byte
	// AnyCursor answers every cursor with the first page.
	AnyCursor bool

	// Line is what becomes of the connection.
	Line Line
	// Trickle is the pause before each byte of the body.
	Trickle time.Duration
	// Pad is how many bytes of white space go before the body.
	Pad int64
	// Gzip compresses the body when the client accepts that.
	Gzip bool
}

// WaitForm is how a wait is announced.
type WaitForm int

const (
	// RetryAfterSeconds is Retry-After: 2.
	RetryAfterSeconds WaitForm = iota
	// RetryAfterDate is Retry-After with an HTTP date.
	RetryAfterDate
	// RateLimitReset is Fastly-RateLimit-Reset with seconds since 1970, beside
	// Fastly-RateLimit-Remaining: 0.
	RateLimitReset
)

// Line is what becomes of the connection during a call.
type Line int

const (
	// LineHolds delivers the answer.
	LineHolds Line = iota
	// LineHangs sends nothing until the client gives up.
	LineHangs
	// LineResets cuts the connection before a byte is sent.
	LineResets
	// LineCuts announces the whole body, sends half of it and hangs up.
	LineCuts
	// LineStalls announces the whole body, sends half of it and then nothing.
	LineStalls
)

// Outcome is what a client must make of a fault.
type Outcome int

const (
	// Reads is the true figures.
	Reads Outcome = iota
	// Refuses is an error and no figure.
	Refuses
	// ReadsOrRefuses is either of the two: what must never happen is that a wrong
	// figure counts.
	ReadsOrRefuses
	// SetsAside is the true figures of everything else: what was spoilt is unknown, with a reason, or told from what is left of it.
	SetsAside
	// HasNoData is an answer without rows: unknown, which is not zero.
	HasNoData
)

// Kind is the sort of error that a refusal is.
type Kind int

const (
	// NotUnderstood is an answer that cannot be read. Asking again may not help.
	NotUnderstood Kind = iota
	// Rejected is a 400 or another status that blames the request.
	Rejected
	// TokenRefused is a 401.
	TokenRefused
	// NotAllowed is a 403.
	NotAllowed
	// RateLimited is a 429.
	RateLimited
	// ServerTrouble is a 5xx.
	ServerTrouble
	// Unreachable is an answer that does not come, or not whole, or not in time.
	Unreachable
)
