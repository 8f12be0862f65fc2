package fastlysim

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

// CreditNote takes a part of an invoice back: 1 is the whole, and 0.1 a tenth of
// each line. It is a statement of its own for the same days, with an id of its
// own and every amount below zero, and is posted now.
func (s *Server) CreditNote(id string, part decimal.Decimal) (account.Invoice, error) {
	if !part.IsPositive() || part.GreaterThan(decimal.NewFromInt(1)) {
		return account.Invoice{}, fmt.Errorf("credit note of %s: part %s is not above 0 and at most 1", id, part)
	}
	return s.amend(id, account.Credits, func(i *account.Invoice) { i.Scale(part.Neg(), true) })
}

// IssueAgain corrects an invoice by another one for the same days: what was
// counted is multiplied by factor, and fees stay. The older invoice stays in the
// list. Where no credit note takes it back, the newer one is meant in its place.
func (s *Server) IssueAgain(id string, factor decimal.Decimal) (account.Invoice, error) {
	if factor.IsNegative() {
		return account.Invoice{}, fmt.Errorf("issue %s again: factor %s is negative", id, factor)
	}
	return s.amend(id, account.IssuesAgain, func(i *account.Invoice) { i.Scale(factor, false) })
}

// Void withdraws a statement, be it an invoice or a credit note. It stays in the
// list with the status void, and what was issued again by it counts as before.
func (s *Server) Void(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.officeHeld().ListedAs(id, s.config.Clock()); err != nil {
		return fmt.Errorf("void: %w", err)
	}
	s.bills = s.bills.With(account.Amendment{At: s.config.Clock(), Of: id, Does: account.Voids})
	return nil
}

// Split makes two statements of an invoice: one of the days up to and with
// lastDay, under the old id, and one of the days after, under a new one. What was
// counted is divided by the days; fees are on the first.
func (s *Server) Split(id string, lastDay int) (first, second account.Invoice, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, now := s.officeHeld(), s.config.Clock()
	whole, err := o.ListedAs(id, now)
	if err != nil {
		return account.Invoice{}, account.Invoice{}, fmt.Errorf("split: %w", err)
	}
	if lastDay < 1 || lastDay >= whole.End.Day() {
		return account.Invoice{}, account.Invoice{}, fmt.Errorf("split %s: day %d is not before its last one, %d", id, lastDay, whole.End.Day())
	}
	first, second = whole.Split(lastDay)
	second.ID = o.NextID(id, now)
	second.Statement = second.ID
	s.bills = s.bills.With(account.Amendment{At: now, Of: id, Does: account.Splits, Made: []account.Invoice{first, second}})
	return first.Clone(), second.Clone(), nil
}

// Due is what a month, written YYYY-MM, costs by what was meant: what was issued
// again counts once, a credit note lowers what it was made for, and what is void
// does not count. It is worked out from what was done and not from the list. Of
// exact invoices every one is meant.
func (s *Server) Due(text string) decimal.Decimal { return s.DueAt(text, s.config.Clock()) }

// DueAt is Due as it was at that time in business.
func (s *Server) DueAt(text string, business time.Time) decimal.Decimal {
	return s.office().Due(text, business)
}

// amend adds a statement that follows from another one.
func (s *Server) amend(id string, does account.Deed, change func(*account.Invoice)) (account.Invoice, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, now := s.officeHeld(), s.config.Clock()
	made, err := o.ListedAs(id, now)
	if err != nil {
		return account.Invoice{}, err
	}
	change(&made)
	made.ID = o.NextID(id, now)
	made.Statement, made.Appears, made.Posted, made.Status = made.ID, now, now.UTC().Truncate(time.Second), ""
	s.bills = s.bills.With(account.Amendment{At: now, Of: id, Does: does, Made: []account.Invoice{made}})
	return made.Clone(), nil
}
