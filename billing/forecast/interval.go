package forecast

import (
	"math"
	"slices"

	"budgetbot/billing"
)

// width is how many deviations on either side hold the end with 80 % and with 95 % probability.
type width struct{ likely, most float64 }

// fixedWidths are those of a normal distribution, widened until they held what they promise on public series.
var fixedWidths = width{likely: 1.6, most: 2.6}

const (
	fewestErrorMonths = 6 // months of misses before they say more than fixedWidths
	// MostErrorMonths is how many months of its own errors a forecast learns from.
	MostErrorMonths = 12 // older ones are forgotten
)

// widths takes what the forecasts of closed months were off by as the measure of what this one may be off by. The days of
// all months are pooled.
func widths(pastErrors []PastError, m billing.Month) width {
	var sizes []float64
	months := map[billing.Month]bool{}
	for _, pastError := range pastErrors {
		recent := pastError.Month.Before(m) && m.Since(pastError.Month) <= MostErrorMonths
		if recent && pastError.Size >= 0 && isFigure(pastError.Size) {
			sizes = append(sizes, pastError.Size)
			months[pastError.Month] = true
		}
	}
	if len(months) < fewestErrorMonths {
		return fixedWidths
	}
	slices.Sort(sizes)
	return width{likely: quantile(sizes, 0.80), most: quantile(sizes, 0.95)}
}

// quantile returns the smallest of the sorted values that at least the share of them, and of one more to come, do not exceed.
func quantile(sorted []float64, share float64) float64 {
	rank := int(math.Ceil(share * float64(len(sorted)+1)))
	return sorted[min(rank, len(sorted))-1]
}
