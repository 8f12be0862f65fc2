package slacksim

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Fault is one way for a call to go wrong. The first field that is set decides, in the order of the fields.
type Fault struct {
	// DropAfter carries the call out and then cuts the connection, so that the app cannot know.
	DropAfter bool
	// Drop cuts the connection without carrying the call out.
	Drop bool
	// Hang answers nothing until the client gives up.
	Hang bool
	// Late carries the call out after so long, in real time, and answers nothing until the client gives up.
	Late time.Duration
	// Carried carries the call out before Body, Error or Status is answered.
	Carried bool
	// Body is answered as it is, with Status (200 when 0).
	Body string
	// Error is Slack's error code, answered with Status (200 when 0; 429 for ratelimited).
	Error string
	// Status alone answers an empty-handed HTTP error.
	Status int
	// RetryAfter is sent as the header of that name, in whole seconds; with nothing else it means ratelimited.
	RetryAfter time.Duration
}

func (f Fault) silent() bool { return f.DropAfter || f.Drop || f.Hang || f.Late > 0 }

func (f Fault) refusal() error {
	out := &refusal{code: f.Error, status: f.Status, retry: f.RetryAfter}
	if f.Error == "" && f.Body == "" && !f.silent() && f.Status == 0 {
		out.code = "ratelimited"
	}
	if out.code == "ratelimited" && out.status == 0 {
		out.status = http.StatusTooManyRequests
	}
	return out
}

// plannedFault is a fault and how many calls it still has; below 0 all of them.
type plannedFault struct {
	Fault
	left int
}

// Fail makes the next times calls of a method fail (below 0: all of them, until ClearFaults). "response_url" and
// "upload" name the posts to response_url and to upload URLs.
func (s *Server) Fail(method string, times int, f Fault) {
	if times == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], &plannedFault{Fault: f, left: times})
}

// ClearFaults forgets every fault set by Fail.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

// takeFault gives the fault that the next call of a method meets. Callers hold the lock.
func (s *Server) takeFault(method string) (Fault, bool) {
	queue := s.faults[method]
	if len(queue) == 0 {
		return Fault{}, false
	}
	next := queue[0]
	next.left--
	if next.left == 0 {
		s.faults[method] = queue[1:]
	}
	return next.Fault, true
}

// spoil answers in the fault's own way; it reports false when the ordinary writer can send it.
func (s *Server) spoil(w http.ResponseWriter, r *http.Request, f Fault) bool {
	switch {
	case f.DropAfter, f.Drop:
		panic(http.ErrAbortHandler)
	case f.Hang, f.Late > 0:
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	case f.Body != "" || (f.Error == "" && f.Status != 0):
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(f.RetryAfter)))
		}
		w.Header().Set("Content-Type", http.DetectContentType([]byte(f.Body)))
		w.WriteHeader(max(f.Status, http.StatusOK))
		_, _ = w.Write([]byte(f.Body))
		return true
	}
	return false
}

// SetScopes changes what the bot token may do.
func (s *Server) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scopes = slices.Clone(scopes)
}

// RevokeTokens makes every later call answer token_revoked, and ends the open connections.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = true
	for _, c := range s.chosen(nil) {
		s.drop(c)
		c.cut()
	}
}

// Archive makes a channel read-only. It reports whether the channel exists, as Invite and Kick do.
func (s *Server) Archive(channel string) bool {
	return s.change(channel, func(c *Channel) { c.Archived = true })
}

// ForbidThreads lets a channel take no more replies. It reports whether the channel exists.
func (s *Server) ForbidThreads(channel string) bool {
	return s.change(channel, func(c *Channel) { c.Threadless = true })
}

// Invite puts the bot into a channel.
func (s *Server) Invite(channel string) bool {
	return s.change(channel, func(c *Channel) { c.BotMember = true })
}

// Kick removes the bot from a channel.
func (s *Server) Kick(channel string) bool {
	return s.change(channel, func(c *Channel) { c.BotMember = false })
}

// SetHistoryLag lets conversations.history and conversations.replies leave out what was posted within the last while, in real time.
func (s *Server) SetHistoryLag(lag time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = lag
}

func (s *Server) change(channel string, how func(*Channel)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.room(channel)
	if ok {
		how(&r.Channel)
	}
	return ok
}
