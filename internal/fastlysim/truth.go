package fastlysim

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

func (s *Server) books() account.Ledger {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ledger
}

// Month is what usage-metrics has for a month, written YYYY-MM, at this moment.
// It is empty for a month that cannot be read or has no data.
func (s *Server) Month(text string) []account.Row { return s.MonthAt(text, s.config.Clock()) }

// MonthAt is what usage-metrics had for a month, written YYYY-MM, when it was
// that time in business. Exact rows and restatements are as they are now.
func (s *Server) MonthAt(text string, business time.Time) []account.Row {
	m, err := account.ParseMonth(text)
	if err != nil {
		return nil
	}
	return s.books().Usage(m, s.config.until(business))
}

// Services is what every service used of a usage type in a month, written
// YYYY-MM, at this moment, in the order in which pages list them.
func (s *Server) Services(text, productID, usageType string) []account.ServiceRow {
	return s.ServicesAt(text, productID, usageType, s.config.Clock())
}

// ServicesAt is to Services what MonthAt is to Month.
func (s *Server) ServicesAt(text, productID, usageType string, business time.Time) []account.ServiceRow {
	m, err := account.ParseMonth(text)
	if err != nil {
		return nil
	}
	query := account.ServiceQuery{Span: account.Span{First: m, Last: m}, Until: s.config.until(business), ProductID: productID, UsageType: usageType}
	var all []account.ServiceRow
	for _, block := range s.books().Blocks(query) {
		rows, _ := block.Rows(0, block.Count)
		all = append(all, rows...)
	}
	return all
}

// Set replaces every figure, generated ones included, by exact rows. The clock
// does not touch them. Service figures are empty until SetServices.
func (s *Server) Set(rows ...account.Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &account.Table{Rows: dated(rows)}
	if before, ok := s.ledger.(*account.Table); ok {
		next.Services = before.Services
	}
	s.ledger = next
}

// SetServices replaces every service figure by exact rows, and forgets the
// generated account as Set does.
func (s *Server) SetServices(rows ...account.ServiceRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &account.Table{Services: slices.Clone(rows)}
	if before, ok := s.ledger.(*account.Table); ok {
		next.Rows = before.Rows
	}
	s.ledger = next
}

// dated copies rows and gives those without a moment the end of their month.
func dated(rows []account.Row) []account.Row {
	rows = slices.Clone(rows)
	for i, row := range rows {
		if m, err := account.ParseMonth(row.Month); err == nil && row.UpdatedAt.IsZero() {
			rows[i].UpdatedAt = (m + 1).Start()
		}
	}
	return rows
}

// Restate multiplies what was told for a month, written YYYY-MM, by factor: the
// account's figure and its services' alike, updated now. A generated figure is
// cut to whole raw units, so ask Month for the exact result. It fails when the
// month has no such usage type, or for a negative factor. A month that was
// invoiced already gets another statement, which appears now.
func (s *Server) Restate(text, productID, usageType string, factor decimal.Decimal) error {
	m, err := account.ParseMonth(text)
	if err != nil {
		return fmt.Errorf("restate: %w", err)
	}
	if factor.IsNegative() {
		return fmt.Errorf("restate %s: factor %s is negative", m, factor)
	}
	c := account.Correction{Month: m, ProductID: productID, UsageType: usageType, Factor: factor, At: s.config.Clock()}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.officeHeld().Statements(m)
	next, err := s.ledger.Restated(c)
	if err != nil {
		return fmt.Errorf("restate: %w", err)
	}
	s.ledger = next
	if len(before) > 0 {
		s.bills = s.bills.Overtaken(m, before[len(before)-1], c.At)
	}
	return nil
}

// Jump adds a story to the generated account while it runs. It fails for an
// unknown service, an impossible factor, or after Set.
func (s *Server) Jump(j account.Jump) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, ok := s.ledger.(*account.Generator)
	if !ok {
		return fmt.Errorf("jump of %s: the account is not generated any more", j.Service)
	}
	return g.AddJump(j)
}
