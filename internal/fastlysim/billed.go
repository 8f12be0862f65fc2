package fastlysim

import "time"

// office is everything that invoices depend on, as it is now.
func (s *Server) office() office {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.officeHeld()
}

func (s *Server) officeHeld() office {
	return office{biller: biller{s.config.Account}, ledger: s.ledger, bills: s.bills}
}

// Invoices is what the list of invoices has at this moment, newest first.
func (s *Server) Invoices() []Invoice {
	var all []Invoice
	for _, invoice := range s.office().listed(s.config.Clock()) {
		all = append(all, invoice.clone())
	}
	return all
}

// Invoice is a month's latest statement at this moment; the month is written
// YYYY-MM. Its ID is empty when the month has none yet.
func (s *Server) Invoice(text string) Invoice { return s.InvoiceAt(text, s.config.Clock()) }

// InvoiceAt is a month's latest statement as it was at that time in business.
func (s *Server) InvoiceAt(text string, business time.Time) Invoice {
	for _, invoice := range s.office().listed(business) {
		if invoice.Month == text {
			return invoice.clone()
		}
	}
	return Invoice{}
}

// MonthToDate is the estimate that is ready at this moment, or the one that
// would be made now; asking changes neither. Its ID is empty when the account
// has none.
func (s *Server) MonthToDate() Invoice {
	business, o := s.config.Clock(), s.office()
	if o.estimates() != Estimated {
		return Invoice{}
	}
	if ready, ok := s.estimate.peek(business); ok {
		return ready.clone()
	}
	return o.running(business, s.config.until(business)).clone()
}

// SetInvoices replaces every invoice, generated ones included, by exact ones, and
// forgets what was done about the older ones. Each is listed from when it appears. Amounts are not added up, so that they
// may be wrong.
func (s *Server) SetInvoices(invoices ...Invoice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.bills
	next.isExact, next.exact, next.amendments = true, make([]Invoice, 0, len(invoices)), nil
	for _, invoice := range invoices {
		next.exact = append(next.exact, invoice.clone().dated())
	}
	s.bills = &next
}

// SetMonthToDate replaces the estimate by an exact one, which is as old as its
// End says and does not follow the clock. It has still to be waited for.
func (s *Server) SetMonthToDate(invoice Invoice) {
	invoice = invoice.clone()
	if invoice.End.IsZero() {
		invoice.End = s.config.Clock()
	}
	invoice = invoice.dated()
	if invoice.ID == "" {
		invoice.ID = biller{s.config.Account}.estimateID(invoice)
	}
	s.mu.Lock()
	next := *s.bills
	next.estimate = &invoice
	s.bills = &next
	s.mu.Unlock()
	s.estimate.forget()
}
