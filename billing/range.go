package billing

import (
	"fmt"
	"slices"
)

// Range is a run of whole months, both ends included.
type Range struct {
	First Month `json:"first"`
	Last  Month `json:"last"`
}

// One returns the range that is a single month.
func One(m Month) Range { return Range{m, m} }

// Len returns how many months the range has.
func (r Range) Len() int { return r.Last.Since(r.First) + 1 }

// Check refuses what is no range, and one that is too long to read.
func (r Range) Check() error {
	switch {
	case r.First.IsZero() || r.Last.Before(r.First):
		return fmt.Errorf("%s is not a range of months", r)
	case r.Len() > MaxMonths:
		return fmt.Errorf("%s has more than %d months: %w", r, MaxMonths, ErrTooWide)
	}
	return nil
}

// Contains reports whether m is one of the range's months.
func (r Range) Contains(m Month) bool { return !m.Before(r.First) && !m.After(r.Last) }

// Months returns the months in order; none if the last one is before the first.
func (r Range) Months() []Month {
	months := make([]Month, max(r.Len(), 0))
	for i := range months {
		months[i] = r.First.Add(i)
	}
	return months
}

// ToRead returns the months to read for an answer about the range: a single month needs the one before it, to compare with.
func (r Range) ToRead() Range {
	if r.Len() == 1 {
		r.First = r.First.Add(-1)
	}
	return r
}

// Chunks cuts the range into runs of at most n months, in order.
func (r Range) Chunks(n int) []Range {
	var chunks []Range
	for months := range slices.Chunk(r.Months(), n) {
		chunks = append(chunks, Range{months[0], months[len(months)-1]})
	}
	return chunks
}

// String returns "2023-01..2023-03", or "2023-01" for a single month.
func (r Range) String() string {
	if r.First == r.Last {
		return r.First.String()
	}
	return r.First.String() + ".." + r.Last.String()
}
