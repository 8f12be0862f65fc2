package forecast

import (
	"math"
	"slices"

	"budgetbot/billing"
)

// width is how many deviations the range reaches to either side, for a probability of 80 % and of 95 %.
type width struct{ likely, most float64 }

// fixedWidths are those of a normal distribution, widened until the shares of public series inside were right.
var fixedWidths = width{likely: 1.6, most: 2.6}

const (
	fewestErrorMonths = 6 // months of errors that replace fixedWidths
	// MostErrorMonths is how many months of earlier errors a forecast uses.
	MostErrorMonths = 12 // older ones are forgotten
)

// widths makes the range as wide as the forecasts of closed months were off. It pools the days of all months.
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

// quantile returns the smallest sorted value that at least the share of the values, and of one more to come, do not exceed.
func quantile(sorted []float64, share float64) float64 {
	rank := int(math.Ceil(share * float64(len(sorted)+1)))
	return sorted[min(rank, len(sorted))-1]
}
