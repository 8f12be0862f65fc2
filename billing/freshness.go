package billing

import (
	"time"
)

// CountedTo returns the latest instant to which the wanted rows of the month count; zero if none has a date. The
// latest and not the earliest, since a usage type that is not used any more is not updated any more.
func CountedTo(rows []Usage, m Month, wanted func(Usage) bool) time.Time {
	var latest time.Time
	for _, u := range rows {
		if u.Month == m && u.CountedTo.After(latest) && wanted(u) {
			latest = u.CountedTo
		}
	}
	return latest
}

// Freshness is how old an answer is.
type Freshness struct {
	ReadAt    time.Time `json:"read_at"`             // when Fastly was asked for the newest month; older ones no longer move
	CountedTo time.Time `json:"counted_to,omitzero"` // up to when the newest month counts; zero if Fastly states none
	// Stale is why Fastly could not be asked again, for a person; empty if ReadAt is recent.
	Stale string `json:"stale,omitempty"`
	// Source is where the figures were read; empty if that is not known.
	Source Origin `json:"source,omitempty"`
}

// Origin is where at Fastly figures are read.
type Origin string

// The two sources of usage. Money comes from invoices alone.
const (
	FromMetrics  Origin = "usage metrics" // GET /billing/v3/usage-metrics
	FromInvoices Origin = "invoices"      // GET /billing/v3/invoices and its month-to-date
)
