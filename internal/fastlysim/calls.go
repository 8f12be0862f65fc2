package fastlysim

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// maxCalls is how many calls the log keeps; older ones are forgotten.
const maxCalls = 10_000

// Request is one call as the server saw it.
type Request struct {
	// At is the wall time of arrival.
	At time.Time
	// Method, Host and Path are as sent; Query is parsed.
	Method, Host, Path string
	Query              url.Values
	// UserAgent and Accept are the headers of those names.
	UserAgent, Accept string
	// Token says whether a Fastly-Key came along; its value is not kept.
	Token bool
	// Status is what was answered, and 0 while the call waits or when its
	// connection was cut without an answer.
	Status int
	// Duration is the time from arrival to the first byte of the answer, and 0
	// while the call waits.
	Duration time.Duration
}

// callLog remembers calls and how many of them were under way together.
type callLog struct {
	mu       sync.Mutex
	calls    []*Request
	total    int
	inFlight int
	most     int
}

// call is a request under way.
type call struct {
	log    *callLog
	record *Request
	once   sync.Once
}

func (l *callLog) begin(r *http.Request) *call {
	record := &Request{
		At: time.Now(), Method: r.Method, Host: r.Host, Path: r.URL.Path,
		Query:     maps.Clone(r.URL.Query()),
		UserAgent: r.UserAgent(), Accept: r.Header.Get("Accept"),
		Token: r.Header.Get("Fastly-Key") != "",
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.calls) == maxCalls {
		l.calls = slices.Delete(l.calls, 0, maxCalls/2)
	}
	l.calls = append(l.calls, record)
	l.total++
	l.inFlight++
	l.most = max(l.most, l.inFlight)
	return &call{log: l, record: record}
}

// end records the outcome. It comes before the first byte is sent, so that a
// client holding its answer finds the call in the log and not under way.
func (c *call) end(status int) {
	c.once.Do(func() {
		c.log.mu.Lock()
		defer c.log.mu.Unlock()
		c.record.Status = status
		c.record.Duration = time.Since(c.record.At)
		c.log.inFlight--
	})
}

func (l *callLog) list() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := make([]Request, len(l.calls))
	for i, record := range l.calls {
		list[i] = *record
	}
	return list
}

func (l *callLog) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls, l.total, l.most = nil, 0, l.inFlight
}

func (l *callLog) counts() (total, inFlight, most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total, l.inFlight, l.most
}

// Requests lists the calls so far in order of arrival, those under way
// included; of very many, the latest thousands.
func (s *Server) Requests() []Request { return s.calls.list() }

// Calls is how many calls have arrived since Start or Forget.
func (s *Server) Calls() int {
	total, _, _ := s.calls.counts()
	return total
}

// InFlight is how many calls are under way.
func (s *Server) InFlight() int {
	_, inFlight, _ := s.calls.counts()
	return inFlight
}

// MaxInFlight is the largest number of calls that were under way together since
// Start or Forget.
func (s *Server) MaxInFlight() int {
	_, _, most := s.calls.counts()
	return most
}

// Forget empties the log and starts counting anew.
func (s *Server) Forget() { s.calls.forget() }

// Strangers lists the calls that reached the foreign host to which a
// redirecting fault points. A client that goes there with its token is broken.
func (s *Server) Strangers() []Request { return s.strangers.list() }
