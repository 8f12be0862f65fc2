package service

import (
	"maps"
	"slices"
	"sync"

	"budgetbot/internal/ops"
)

// awaited is what a start still waits for, by the name of it.
type awaited struct {
	mu      sync.Mutex
	reasons map[string]string
}

// set says why something is not there yet; an empty reason says that it is.
func (a *awaited) set(what, reason string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.reasons == nil {
		a.reasons = map[string]string{}
	}
	if a.reasons[what] = reason; reason == "" {
		delete(a.reasons, what)
	}
}

// report is the readiness page's part about the start.
func (a *awaited) report(r *ops.Report) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, what := range slices.Sorted(maps.Keys(a.reasons)) {
		r.Reasons = append(r.Reasons, a.reasons[what])
	}
}
