package fastlysim

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/internal/fastlysim/account"
)

// statistics are exact ones when they are set, and those of the generated account
// while there is one.
func (s *Server) statistics() account.Statistics {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.exactStats != nil {
		return *s.exactStats
	}
	if g, ok := s.ledger.(*account.Generator); ok {
		return g
	}
	return account.StatTable{}
}

// SetStats replaces the statistics by exact rows, which may contradict what is
// billed. The clock does not touch them. Usage stays as it is.
func (s *Server) SetStats(rows ...account.StatRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	exact := account.StatTable(slices.Clone(rows))
	s.exactStats = &exact
}

// Daily is what each day of a month, written YYYY-MM, adds to the account's
// figure of a usage type, in billed units: the days that are over at this moment,
// from the first on. It is empty for exact rows, which have no days.
func (s *Server) Daily(text, productID, usageType string) []decimal.Decimal {
	m, err := account.ParseMonth(text)
	g, ok := s.books().(*account.Generator)
	if err != nil || !ok {
		return nil
	}
	return g.BilledDays(m, productID, usageType, m.DaysOver(s.config.until(s.config.Clock())))
}
