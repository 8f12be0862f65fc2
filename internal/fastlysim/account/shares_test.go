package account

import (
	"testing"

	"pgregory.net/rapid"
)

func TestSharesAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		weights := rapid.SliceOfN(rapid.Uint64Range(0, 1_000_000_000), 1, 50).Draw(r, "weights")
		weights[0]++
		total := rapid.Int64Range(0, 100*maxRaw).Draw(r, "total")
		shares := newShares(weights)
		var reached int64
		for i := range weights {
			part := shares.of(i, total)
			if part < 0 {
				r.Fatalf("part %d is %d", i, part)
			}
			reached += part
		}
		if reached != total {
			r.Fatalf("parts add up to %d of %d", reached, total)
		}
	})
}
