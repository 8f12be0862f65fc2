package fastlysim

import (
	"time"

	"budgetbot/internal/fastlysim/account"
)

// office is everything that invoices depend on, as it is now.
func (s *Server) office() account.Office {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.officeHeld()
}

func (s *Server) officeHeld() account.Office {
	return account.Office{Biller: account.Biller{Account: s.config.Account}, Ledger: s.ledger, Bills: s.bills}
}

// Invoices is what the list of invoices has at this moment, newest first.
func (s *Server) Invoices() []account.Invoice {
	var all []account.Invoice
	for _, invoice := range s.office().Listed(s.config.Clock()) {
		all = append(all, invoice.Clone())
	}
	return all
}

// Invoice is a month's latest statement at this moment; the month is written
// YYYY-MM. Its ID is empty when the month has none yet.
func (s *Server) Invoice(text string) account.Invoice { return s.InvoiceAt(text, s.config.Clock()) }

// InvoiceAt is a month's latest statement as it was at that time in business.
func (s *Server) InvoiceAt(text string, business time.Time) account.Invoice {
	for _, invoice := range s.office().Listed(business) {
		if invoice.Month == text {
			return invoice.Clone()
		}
	}
	return account.Invoice{}
}

// MonthToDate is the estimate that is ready at this moment, or the one that
// would be made now; asking changes neither. Its ID is empty when the account
// has none.
func (s *Server) MonthToDate() account.Invoice {
	business, o := s.config.Clock(), s.office()
	if o.Estimates() != account.Estimated {
		return account.Invoice{}
	}
	if ready, ok := s.estimate.peek(business); ok {
		return ready.Clone()
	}
	return o.Running(business, s.config.until(business)).Clone()
}

// SetInvoices replaces every invoice, generated ones included, by exact ones, and
// forgets what was done about the older ones. Each is listed from when it appears. Amounts are not added up, so that they
// may be wrong.
func (s *Server) SetInvoices(invoices ...account.Invoice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.bills
	next.IsExact, next.Exact, next.Amendments = true, make([]account.Invoice, 0, len(invoices)), nil
	for _, invoice := range invoices {
		next.Exact = append(next.Exact, invoice.Clone().Dated())
	}
	s.bills = &next
}

// SetMonthToDate replaces the estimate by an exact one, which is as old as its
// End says and does not follow the clock. It has still to be waited for.
func (s *Server) SetMonthToDate(invoice account.Invoice) {
	invoice = invoice.Clone()
	if invoice.End.IsZero() {
		invoice.End = s.config.Clock()
	}
	invoice = invoice.Dated()
	if invoice.ID == "" {
		invoice.ID = account.Biller{Account: s.config.Account}.EstimateID(invoice)
	}
	s.mu.Lock()
	next := *s.bills
	next.Estimate = &invoice
	s.bills = &next
	s.mu.Unlock()
	s.estimate.forget()
}
