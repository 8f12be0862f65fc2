package fault

import (
	"slices"
	"sync"
)

// Queue holds what is to go wrong next, by path.
type Queue struct {
	mu      sync.Mutex
	pending map[string][]*pendingFault
}

type pendingFault struct {
	fault Fault
	pass  int
	left  int
	turn  int
}

// Add lets the next calls of a path meet a fault; with times below 1 all of them do.
func (q *Queue) Add(path string, times int, fault Fault) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.pending == nil {
		q.pending = map[string][]*pendingFault{}
	}
	q.pending[path] = append(q.pending[path], &pendingFault{fault: fault, pass: fault.After, left: times})
}

// Take is the fault for the next call of a path, if there is one.
func (q *Queue) Take(path string) (fault Fault, turn int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue := q.pending[path]
	if len(queue) == 0 {
		return Fault{}, 0, false
	}
	next := queue[0]
	if next.pass > 0 {
		next.pass--
		return Fault{}, 0, false
	}
	next.turn++
	if next.left--; next.left == 0 {
		q.pending[path] = slices.Delete(queue, 0, 1)
	}
	return next.fault, next.turn, true
}

// Clear forgets every fault that is still to come.
func (q *Queue) Clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.pending)
}
