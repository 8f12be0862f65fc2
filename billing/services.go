package billing

import (
	"fmt"
	"sync"
)

// maxServices bounds how many services one answer adds up, and so the memory that it takes.
const maxServices = 250_000

// ServiceTotals adds up service-level usage, page by page, per service, month and measure. Its methods may be called from
// several goroutines at once.
type ServiceTotals struct {
	factors Factors

	mu     sync.Mutex
	groups ledgers
}

// NewServiceTotals returns empty totals. The factors turn billed units into single ones, since service-level usage does
// not carry the latter.
func NewServiceTotals(factors Factors) *ServiceTotals {
	return &ServiceTotals{factors: factors, groups: ledgers{}}
}

// Add adds a page. It is an error if there are more services than an answer may hold.
func (t *ServiceTotals) Add(page []ServiceUsage) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, u := range page {
		single, measure := t.factors.SingleOfService(u)
		l := t.groups.row(measure, rowKey{id: u.ServiceID})
		if len(t.groups[measure]) > maxServices {
			return fmt.Errorf("more than %d services: %w", maxServices, ErrTooWide)
		}
		l.name = u.ServiceName
		l.add(u.Month, single, u.Quantity, u.Unit)
	}
	return nil
}
