package fastlysim

import (
	"net"
	"net/http"
	"strings"
	"time"

	"budgetbot/internal/fastlysim/fault"
)

// misbehave answers a call as a fault says.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, call *call, failing fault.Fault, turn int) {
	a := s.faulty(r, failing, turn)
	switch failing.Line {
	case fault.LineHangs:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case fault.LineResets:
		call.end(0)
		reset(w)
	case fault.LineCuts, fault.LineStalls:
		call.end(a.Status)
		a.WriteHead(w, len(a.Body))
		_, _ = w.Write(a.Body[:len(a.Body)/2])
		_ = http.NewResponseController(w).Flush()
		if failing.Line == fault.LineStalls {
			<-r.Context().Done()
		}
	case fault.LineHolds:
		call.end(a.Status)
		failing.Deliver(w, r, a)
	}
}

// faulty is the answer that a fault makes of the true one.
func (s *Server) faulty(r *http.Request, failing fault.Fault, turn int) fault.Response {
	a := s.basis(r, failing)
	if failing.Rewrite != nil && a.Status == http.StatusOK {
		a.Body = failing.Rewrite(a.Body, turn)
	}
	failing.AnnounceWait(a.Header, time.Now())
	if failing.Abroad {
		_, port, _ := net.SplitHostPort(s.abroad)
		a.Header.Set("Location", "http://localhost:"+port+r.URL.RequestURI())
	}
	for name, value := range failing.Header {
		a.Header.Set(name, value)
		if value == "" {
			a.Header[http.CanonicalHeaderKey(name)] = nil
		}
	}
	return a
}

// basis is what a fault starts from: its own words, or the true answer.
func (s *Server) basis(r *http.Request, failing fault.Fault) fault.Response {
	if failing.Status != 0 {
		body := strings.ReplaceAll(failing.Body, fault.TokenMark, r.Header.Get("Fastly-Key"))
		return fault.Reply(failing.Status, "application/json", []byte(body))
	}
	if failing.AnyCursor {
		query := r.URL.Query()
		query.Del("cursor")
		r = r.Clone(r.Context())
		r.URL.RawQuery = query.Encode()
	}
	return s.answer(r)
}

// reset cuts the connection so that the client sees a reset and not an end.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if line, ok := connection.(interface{ SetLinger(seconds int) error }); ok {
		_ = line.SetLinger(0)
	}
	_ = connection.Close()
}

// Fail makes the next calls of a path misbehave, after those of earlier Fails;
// with times below 1 it lasts until Heal.
func (s *Server) Fail(path string, times int, fault fault.Fault) { s.faults.Add(path, times, fault) }

// Heal forgets every fault that is still to come. Calls under way keep theirs.
func (s *Server) Heal() { s.faults.Clear() }
