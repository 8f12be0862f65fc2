package fastlysim

import (
	"net/http"
	"sync"
)

// Fault is a way to misbehave.
type Fault struct {
	// Name is short and unique in the catalogue.
	Name string
	// Status replaces the true status when it is not 0.
	Status int
	// Header is set over the true headers.
	Header map[string]string
	// Body replaces the true body when Status or Body is set.
	Body string
}

type faultQueue struct {
	mu      sync.Mutex
	pending map[string][]*pendingFault
}

type pendingFault struct {
	fault Fault
	times int
	turn  int
}

func (q *faultQueue) take(path string) (Fault, int, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue := q.pending[path]
	if len(queue) == 0 {
		return Fault{}, 0, false
	}
	next := queue[0]
	next.turn++
	if next.times--; next.times == 0 {
		q.pending[path] = queue[1:]
	}
	return next.fault, next.turn, true
}

// Fail makes the next calls of a path misbehave; fewer than one time is until Heal.
func (s *Server) Fail(path string, times int, fault Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	if s.faults.pending == nil {
		s.faults.pending = map[string][]*pendingFault{}
	}
	s.faults.pending[path] = append(s.faults.pending[path], &pendingFault{fault: fault, times: times})
}

func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, call *call, fault Fault, turn int) {
	a := s.answer(r)
	if fault.Status != 0 {
		a = reply(fault.Status, "application/json", []byte(fault.Body))
	}
	for name, value := range fault.Header {
		a.header.Set(name, value)
	}
	call.end(a.status)
	a.write(w)
}
