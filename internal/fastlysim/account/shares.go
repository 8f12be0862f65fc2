package account

import (
	"math/bits"
)

// shareBits is the fineness of a share.
const shareBits = 48

// shares cuts whole numbers into parts that add up to them exactly. A part is
// found without computing the parts before it: bounds[i] is where part i begins,
// as a fraction of 2^shareBits.
type shares struct{ bounds []uint64 }

func newShares(weights []uint64) shares {
	bounds := make([]uint64, len(weights)+1)
	whole := sum(weights)
	var reached uint64
	for i, weight := range weights {
		reached += weight
		hi, lo := bits.Mul64(reached, 1<<shareBits)
		bounds[i+1], _ = bits.Div64(hi, lo, whole)
	}
	return shares{bounds}
}

// of is part i of total.
func (s shares) of(i int, total int64) int64 {
	return cut(s.bounds[i+1], total) - cut(s.bounds[i], total)
}

// cut is how much of total lies before bound.
func cut(bound uint64, total int64) int64 {
	hi, lo := bits.Mul64(bound, uint64(total))
	return int64(hi<<(64-shareBits) | lo>>shareBits)
}
