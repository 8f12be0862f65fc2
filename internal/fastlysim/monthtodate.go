package fastlysim

import (
	"net/http"
	"sync"
	"time"

	"budgetbot/internal/fastlysim/account"
	"budgetbot/internal/fastlysim/fault"
)

// keptEstimate is how long an estimate is kept, in business time.
const keptEstimate = 4 * time.Hour

// estimate is the month-to-date estimate that is kept, or how far its making is.
type estimate struct {
	mu   sync.Mutex
	kept *account.Invoice
	made time.Time
	// asked counts the calls that were told to come again, from since on.
	asked int
	since time.Time
}

// fresh is the estimate that a call would get at a time of business without
// waiting. One from the future is none: the clock was set back.
func (e *estimate) fresh(business time.Time) (account.Invoice, bool) {
	if e.kept == nil || business.Before(e.made) || business.Sub(e.made) >= keptEstimate {
		return account.Invoice{}, false
	}
	return *e.kept, true
}

// take is fresh, or makes an estimate, or says that it is not ready.
func (e *estimate) take(business time.Time, rules account.Invoicing, start func() account.Invoice) (account.Invoice, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if known, ok := e.fresh(business); ok {
		return known, true
	}
	if e.asked == 0 {
		e.since = business
	}
	if e.asked < rules.Pending || business.Sub(e.since) < rules.PendingFor {
		e.asked++
		return account.Invoice{}, false
	}
	made := start()
	e.kept, e.made, e.asked = &made, business, 0
	return made, true
}

func (e *estimate) peek(business time.Time) (account.Invoice, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fresh(business)
}

func (e *estimate) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept, e.asked = nil, 0
}

// monthToDate answers MonthToDatePath.
func (s *Server) monthToDate(r *http.Request) fault.Response {
	if err := onlyKnown(r.URL.Query()); err != nil {
		return badRequest(err.Error())
	}
	o := s.office()
	switch o.Estimates() {
	case account.NotFound:
		return refuse(http.StatusNotFound, "month-to-date invoice doesn't exist")
	case account.ParentPays:
		return refuse(http.StatusUnprocessableEntity, "month-to-date invoice cannot be generated for a parent-pay account")
	}
	business := s.config.Clock()
	found, ready := s.estimate.take(business, o.Rules(), func() account.Invoice { return o.Running(business, s.config.until(business)) })
	if !ready {
		return refuse(http.StatusAccepted, "month-to-date invoice is being generated")
	}
	return replyJSON(http.StatusOK, s.config.estimateJSON(found))
}
