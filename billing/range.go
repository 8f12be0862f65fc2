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

// NewRange returns the range from first to last, both included. It is an error if last is before first.
func NewRange(first, last Month) (Range, error) {
	if last.Before(first) {
		return Range{}, fmt.Errorf("%s is before %s", last, first)
	}
	return Range{first, last}, nil
}

// One returns the range that is a single month.
func One(m Month) Range { return Range{m, m} }

// Len returns how many months the range has.
func (r Range) Len() int { return r.Last.Since(r.First) + 1 }

// Contains reports whether m is one of the range's months.
func (r Range) Contains(m Month) bool { return !m.Before(r.First) && !m.After(r.Last) }

// Months returns the months in order.
func (r Range) Months() []Month {
	months := make([]Month, r.Len())
	for i := range months {
		months[i] = r.First.Add(i)
	}
	return months
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
