package forecast

import (
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
