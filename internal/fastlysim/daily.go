package fastlysim

import (
	"slices"

	"github.com/shopspring/decimal"
)

// statistics are exact ones when they are set, and those of the generated account
// while there is one.
func (s *Server) statistics() statistics {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.exactStats != nil {
		return *s.exactStats
	}
	if g, ok := s.ledger.(*generator); ok {
		return g
	}
	return statTable{}
}

// SetStats replaces the statistics by exact rows, which may contradict what is
// billed. The clock does not touch them. Usage stays as it is.
func (s *Server) SetStats(rows ...StatRow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	exact := statTable(slices.Clone(rows))
	s.exactStats = &exact
}

// Daily is what each day of a month, written YYYY-MM, adds to the account's
// figure of a usage type, in billed units: the days that are over at this moment,
// from the first on. It is empty for exact rows, which have no days.
func (s *Server) Daily(text, productID, usageType string) []decimal.Decimal {
	m, err := parseMonth(text)
	g, ok := s.books().(*generator)
	if err != nil || !ok {
		return nil
	}
	return g.billedDays(m, productID, usageType, m.daysOver(s.config.until(s.config.Clock())))
}

func (g *generator) billedDays(m month, productID, usageType string, days int) []decimal.Decimal {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var billed []decimal.Decimal
	for i, meter := range g.meters {
		if meter.ProductID != productID || meter.Name != usageType || m < g.first {
			continue
		}
		for _, raw := range g.accountDays(figure{i, m}, days) {
			billed = append(billed, decimal.New(raw, -meter.Power))
		}
	}
	return billed
}
