package ledger

import (
	"iter"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Sums adds up what keys used, such as services or rows of a table. It holds a limited number of keys, so that no account is too large for
// it. It is not safe for concurrent use.
type Sums[K comparable] struct {
	most   int // keys; 0 is any number
	months int // that each line has room for from the start
	lines  map[K]*Line
	unread map[K]string
	full   bool
}

// NewSums returns empty sums of at most so many keys; 0 is any number.
func NewSums[K comparable](most int) *Sums[K] {
	return &Sums[K]{most: most, lines: map[K]*Line{}}
}

// WithRoom gives each new line room for so many months.
func (s *Sums[K]) WithRoom(months int) *Sums[K] {
	s.months = months
	return s
}

// Line returns the line of a key, and begins one if there is none. It returns nil if there are too many keys.
func (s *Sums[K]) Line(key K) *Line {
	line := s.lines[key]
	if line == nil && !s.full {
		if s.most > 0 && len(s.lines) == s.most {
			s.lines, s.full = nil, true
			return nil
		}
		line = NewLine(s.months)
		s.lines[key] = line
	}
	return line
}

// Add adds what a row of service-level usage counts, as billed, and keeps the service's name for the key. If there are too many keys, it drops
// all of them and reports false from then on.
func (s *Sums[K]) Add(key K, u billing.ServiceUsage) bool {
	line := s.Line(key)
	if line != nil {
		line.Name = u.ServiceName
		line.Add(u.Month, u.Quantity, u.Quantity, u.Unit)
	}
	return line != nil
}

// IsWhole reports whether there were never too many keys.
func (s *Sums[K]) IsWhole() bool { return !s.full }

// Len returns how many keys there are.
func (s *Sums[K]) Len() int { return len(s.lines) }

// Of returns what the key used, over all months that were added. It is not valid if nothing was added for it.
func (s *Sums[K]) Of(key K) decimal.NullDecimal {
	line := s.lines[key]
	if line == nil {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(line.Total())
}

// Lines returns the line of every key.
func (s *Sums[K]) Lines() map[K]*Line { return s.lines }

// All returns what every key used, over all months that were added.
func (s *Sums[K]) All() iter.Seq2[K, decimal.Decimal] {
	return func(yield func(K, decimal.Decimal) bool) {
		for key, line := range s.lines {
			if !yield(key, line.Total()) {
				return
			}
		}
	}
}

// Name returns the name that was added last for the key.
func (s *Sums[K]) Name(key K) string {
	if line := s.lines[key]; line != nil {
		return line.Name
	}
	return ""
}

// SetAside notes why the key's figure cannot be read. It keeps no more reasons than there may be keys.
func (s *Sums[K]) SetAside(key K, why string) {
	if s.unread == nil {
		s.unread = map[K]string{}
	}
	if _, known := s.unread[key]; known || s.most == 0 || len(s.unread) < s.most {
		s.unread[key] = why
	}
}

// Unread returns the keys whose figures cannot be read, and why.
func (s *Sums[K]) Unread() map[K]string { return s.unread }
