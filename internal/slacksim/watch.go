package slacksim

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Kind is what happened in the workspace.
type Kind string

// The kinds of Event.
const (
	Posted       Kind = "posted"       // a message appeared in a channel
	Replied      Kind = "replied"      // a message appeared in a thread
	Ephemeral    Kind = "ephemeral"    // a message appeared for one person
	Edited       Kind = "edited"       // a message changed
	Deleted      Kind = "deleted"      // a message went away
	Asked        Kind = "asked"        // a person typed a command, pressed, submitted, or an event happened
	Acked        Kind = "acked"        // the app acknowledged in time
	Unanswered   Kind = "unanswered"   // operation_timeout or dispatch_failed
	ViewShown    Kind = "view_shown"   // a modal was opened, pushed or updated, or the Home tab was published
	FileShared   Kind = "file_shared"  // a file was shared
	Connected    Kind = "connected"    // a connection was greeted with hello
	Left         Kind = "left"         // the app closed a connection with a close frame, which comes before Disconnected
	Disconnected Kind = "disconnected" // a connection ended
	Violated     Kind = "violated"     // the app did what Slack does not allow
)

// Event is one thing that happened. Fields that do not belong to the kind are empty.
type Event struct {
	// Seq numbers the events of a workspace from 1, without gaps.
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"`
	Kind    Kind      `json:"kind"`
	Channel string    `json:"channel,omitempty"`
	User    string    `json:"user,omitempty"`
	// Message is the message after the change.
	Message *Message `json:"message,omitempty"`
	// Detail is a short word more: the command typed, the reason of a failure, a view's id.
	Detail string `json:"detail,omitempty"`
}

// Violation is something the app did that Slack does not allow, or silently ignores.
type Violation struct {
	At time.Time `json:"at"`
	// Rule is a stable name such as ack_twice.
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
}

// Call is one call of a Web API method; response_url posts are under "response_url", file bytes under "upload".
type Call struct {
	Method string    `json:"method"`
	At     time.Time `json:"at"`
	// Status is the HTTP status answered, 0 when the answer was withheld.
	Status int `json:"status"`
	// Error is Slack's error code, empty for success.
	Error string `json:"error,omitempty"`
	// Channel is the channel argument, if there was one.
	Channel string `json:"channel,omitempty"`
}

// keptEntries bounds each record: older calls and violations are dropped, their numbers stay counted.
const keptEntries = 10_000

// record is what happened. Everything in it is guarded by Server.mu.
type record struct {
	seq        int
	watchers   []*Watcher
	violations []Violation
	calls      map[string][]Call
	callCount  map[string]int
}

func newRecord() record {
	return record{calls: map[string][]Call{}, callCount: map[string]int{}}
}

// publish passes an event to those who watch or wait. Callers hold the lock.
func (s *Server) publish(e Event) {
	s.seq++
	e.Seq, e.At = s.seq, s.cfg.Now()
	for _, w := range s.watchers {
		select {
		case w.events <- e:
		default:
			w.missed++
		}
	}
	s.alive.wake()
}

// violate records a violation. Callers hold the lock.
func (s *Server) violate(rule, detail string) {
	s.violations = keep(s.violations, Violation{At: s.cfg.Now(), Rule: rule, Detail: detail})
	s.publish(Event{Kind: Violated, Detail: rule + ": " + detail})
}

// logCall records a call. Callers hold the lock.
func (s *Server) logCall(c Call) {
	s.calls[c.Method] = keep(s.calls[c.Method], c)
	s.callCount[c.Method]++
	s.alive.wake()
}

func keep[T any](list []T, entry T) []T {
	if len(list) >= keptEntries {
		list = slices.Delete(list, 0, keptEntries/10)
	}
	return append(list, entry)
}

// Violations lists what the app did that Slack does not allow, oldest first, the latest ten thousand.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Calls lists the calls of a method, oldest first, the latest ten thousand.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls[method])
}

// CallCount is how often a method was called since Start.
func (s *Server) CallCount(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callCount[method]
}

// WaitCalls blocks until a method was called n times since Start.
func (s *Server) WaitCalls(ctx context.Context, method string, n int) error {
	return s.await(ctx, &s.alive, func() bool { return s.callCount[method] >= n })
}

// Watcher is a subscription to the events of a workspace.
type Watcher struct {
	server *Server
	events chan Event
	missed int
	once   sync.Once
}

// Watch subscribes to everything that happens from now on. The buffer holds that many events (0 means 1,024); when it
// is full, events are dropped and counted in Missed. Stop ends the subscription.
func (s *Server) Watch(buffer int) *Watcher {
	if buffer <= 0 {
		buffer = 1024
	}
	w := &Watcher{server: s, events: make(chan Event, buffer)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		w.end()
		return w
	}
	s.watchers = append(s.watchers, w)
	return w
}

// Events delivers what happens, in order; it is closed by Stop and by the end of the workspace.
func (w *Watcher) Events() <-chan Event { return w.events }

// Missed is how many events were dropped because they were not read.
func (w *Watcher) Missed() int {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	return w.missed
}

// Stop ends the subscription. It may be called more than once.
func (w *Watcher) Stop() {
	w.server.mu.Lock()
	defer w.server.mu.Unlock()
	w.server.watchers = slices.DeleteFunc(w.server.watchers, func(o *Watcher) bool { return o == w })
	w.end()
}

func (w *Watcher) end() { w.once.Do(func() { close(w.events) }) }

func (s *Server) stopWatchers() {
	for _, w := range s.watchers {
		w.end()
	}
	s.watchers = nil
}
