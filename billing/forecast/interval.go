package forecast

import (
	"cmp"
	"maps"
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

// The shares of past errors that the ranges of 80 % and 95 % reach. They are higher since the worst month is left out: one wild month of twelve must
// not widen the ranges of a year.
const likelyShare, mostShare = 0.85, 0.98

// widths makes the range as wide as the forecasts of closed months were off. It pools the days of all months but the worst.
func widths(pastErrors []PastError, m billing.Month) width {
	byMonth := map[billing.Month][]float64{}
	for _, pastError := range pastErrors {
		recent := pastError.Month.Before(m) && m.Since(pastError.Month) <= MostErrorMonths
		if recent && pastError.Size >= 0 && isFigure(pastError.Size) {
			byMonth[pastError.Month] = append(byMonth[pastError.Month], pastError.Size)
		}
	}
	if len(byMonth) < fewestErrorMonths {
		return fixedWidths
	}
	months := slices.SortedFunc(maps.Values(byMonth), func(a, b []float64) int { return cmp.Compare(meanOf(a), meanOf(b)) })
	sizes := slices.Concat(months[:len(months)-1]...)
	slices.Sort(sizes)
	return width{likely: quantile(sizes, likelyShare), most: quantile(sizes, mostShare)}
}
