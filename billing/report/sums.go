package report

import (
	"iter"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Sums adds up what keys used, such as services or rows of a table. It holds a limited number of keys, so that no account is too large for
// it. It is not safe for concurrent use.
type Sums[K comparable] struct {
	most   int // keys; 0 is any number
	rows   map[K]*ledger
	unread map[K]string
	full   bool
}

// NewSums returns empty sums of at most so many keys; 0 is any number.
func NewSums[K comparable](most int) *Sums[K] {
	return &Sums[K]{most: most, rows: map[K]*ledger{}, unread: map[K]string{}}
}

// row returns the ledger of a key, begun where there is none. It is nil where there are too many keys.
func (s *Sums[K]) row(key K) *ledger {
	row := s.rows[key]
	if row == nil && !s.full {
		if s.most > 0 && len(s.rows) == s.most {
			s.rows, s.full = nil, true
			return nil
		}
		row = &ledger{}
		s.rows[key] = row
	}
	return row
}

// Add adds what a row of service-level usage counts, as billed, and keeps the service's name for the key. Where there are too many keys it lets
// go of all of them and reports false, then and from then on.
func (s *Sums[K]) Add(key K, u billing.ServiceUsage) bool {
	row := s.row(key)
	if row != nil {
		row.name = u.ServiceName
		row.add(u.Month, u.Quantity, u.Quantity, u.Unit)
	}
	return row != nil
}

// IsWhole reports whether there were never too many keys.
func (s *Sums[K]) IsWhole() bool { return !s.full }

// Len returns how many keys there are.
func (s *Sums[K]) Len() int { return len(s.rows) }

// Of returns what the key used, over all months that were added. It is not valid where nothing was added for it.
func (s *Sums[K]) Of(key K) decimal.NullDecimal {
	row := s.rows[key]
	if row == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(row.total())
}

// All returns what every key used, over all months that were added.
func (s *Sums[K]) All() iter.Seq2[K, decimal.Decimal] {
	return func(yield func(K, decimal.Decimal) bool) {
		for key, row := range s.rows {
			if !yield(key, row.total()) {
				return
			}
		}
	}
}

// Name returns the name that was added last for the key.
func (s *Sums[K]) Name(key K) string {
	if row := s.rows[key]; row != nil {
		return row.name
	}
	return ""
}

// SetAside notes why the key's figure cannot be read. It keeps no more reasons than there may be keys.
func (s *Sums[K]) SetAside(key K, why string) {
	if _, known := s.unread[key]; known || s.most == 0 || len(s.unread) < s.most {
		s.unread[key] = why
	}
}

// Unread returns the keys whose figures cannot be read, and why.
func (s *Sums[K]) Unread() map[K]string { return s.unread }

// ledgers are the rows of every measure. There are only a few, so that they are a list.
type ledgers struct {
	of   []measured
	most int // rows of one measure; 0 is any number
}

type measured struct {
	measure billing.Measure
	sums    *Sums[RowKey]
}

func newLedgers(most int) *ledgers { return &ledgers{most: most} }

// rows returns the ledgers of one measure.
func (g *ledgers) rows(measure billing.Measure) map[RowKey]*ledger {
	for _, m := range g.of {
		if m.measure == measure {
			return m.sums.rows
		}
	}
	return nil
}

// row returns the ledger of a row, begun where there is none. It is nil where there are too many rows.
func (g *ledgers) row(measure billing.Measure, key RowKey) *ledger {
	for _, m := range g.of {
		if m.measure == measure {
			return m.sums.row(key)
		}
	}
	sums := NewSums[RowKey](g.most)
	g.of = append(g.of, measured{measure, sums})
	return sums.row(key)
}
