package fastlysim

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

func (s *Server) books() ledger {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ledger
}

// Month is what usage-metrics has for a month, written YYYY-MM, at this moment.
// It is empty for a month that cannot be read or has no data.
func (s *Server) Month(text string) []Row { return s.MonthAt(text, s.config.Clock()) }

// MonthAt is what usage-metrics had for a month, written YYYY-MM, when it was
// that time in business. Exact rows and restatements are as they are now.
func (s *Server) MonthAt(text string, business time.Time) []Row {
	m, err := parseMonth(text)
	if err != nil {
		return nil
	}
	return s.books().usage(m, s.config.until(business))
}

// Services is what every service used of a usage type in a month, written
// YYYY-MM, at this moment, in the order in which pages list them.
func (s *Server) Services(text, productID, usageType string) []ServiceRow {
	return s.ServicesAt(text, productID, usageType, s.config.Clock())
}

// ServicesAt is to Services what MonthAt is to Month.
func (s *Server) ServicesAt(text, productID, usageType string, business time.Time) []ServiceRow {
	m, err := parseMonth(text)
	if err != nil {
		return nil
	}
	query := serviceQuery{span: span{m, m}, until: s.config.until(business), productID: productID, usageType: usageType}
	var all []ServiceRow
	for _, block := range s.books().blocks(query) {
		rows, _ := block.rows(0, block.count)
		all = append(all, rows...)
	}
	return all
}

// Set replaces every figure, generated ones included, by exact rows. The clock
// does not touch them. Service figures are empty until SetServices.
func (s *Server) Set(rows ...Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &table{rows: dated(rows)}
	if before, ok := s.ledger.(*table); ok {
		next.services = before.services
	}
	s.ledger = next
}

// SetServices replaces every service figure by exact rows, and forgets the
// generated account as Set does.
func (s *Server) SetServices(rows ...ServiceRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := &table{services: slices.Clone(rows)}
	if before, ok := s.ledger.(*table); ok {
		next.rows = before.rows
	}
	s.ledger = next
}

// dated copies rows and gives those without a moment the end of their month.
func dated(rows []Row) []Row {
	rows = slices.Clone(rows)
	for i, row := range rows {
		if m, err := parseMonth(row.Month); err == nil && row.UpdatedAt.IsZero() {
			rows[i].UpdatedAt = (m + 1).start()
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
	m, err := parseMonth(text)
	if err != nil {
		return fmt.Errorf("restate: %w", err)
	}
	if factor.IsNegative() {
		return fmt.Errorf("restate %s: factor %s is negative", m, factor)
	}
	c := correction{month: m, productID: productID, usageType: usageType, factor: factor, at: s.config.Clock()}
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.officeHeld().statements(m)
	next, err := s.ledger.restated(c)
	if err != nil {
		return fmt.Errorf("restate: %w", err)
	}
	s.ledger = next
	if len(before) > 0 {
		s.bills = s.bills.overtaken(m, before[len(before)-1], c.at)
	}
	return nil
}

// Jump adds a story to the generated account while it runs. It fails for an
// unknown service, an impossible factor, or after Set.
func (s *Server) Jump(j Jump) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	g, ok := s.ledger.(*generator)
	if !ok {
		return fmt.Errorf("jump of %s: the account is not generated any more", j.Service)
	}
	return g.addJump(j)
}
