package service

import (
	"slices"
	"sync"

	"budgetbot/internal/ops"
)

// awaited is what a start still waits for: why something is not there yet, by the name of it.
type awaited struct{ reasons sync.Map }

// set says why something is not there yet; an empty reason says that it is.
func (a *awaited) set(what, reason string) {
	if reason == "" {
		a.reasons.Delete(what)
	} else {
		a.reasons.Store(what, reason)
	}
}

// report is the readiness page's part about the start.
func (a *awaited) report(r *ops.Report) {
	for _, reason := range a.reasons.Range {
		r.Reasons = append(r.Reasons, reason.(string))
	}
	slices.Sort(r.Reasons)
}
