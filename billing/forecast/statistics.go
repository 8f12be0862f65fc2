package forecast

import (
	"math"
	"slices"
)

// What turns a median and a mean distance into a standard deviation, for a normal distribution.
const (
	madToSD     = 1.4826
	meanDevToSD = 1.2533
)

// isFigure refuses NaN, infinities and numbers that overflow in the next step.
func isFigure(f float64) bool { return math.Abs(f) < 1e100 }

// median returns the middle value, or the mean of the two in the middle; 0 of nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// spread estimates the standard deviation from the median distance to the median, so that a few wild values do not matter. If more than
// half of the values are equal it takes the mean distance: with a spread of zero the level could never move again.
func spread(values []float64) float64 {
	middle := median(values)
	distances := make([]float64, len(values))
	var sum float64
	for i, v := range values {
		distances[i] = math.Abs(v - middle)
		sum += distances[i]
	}
	if mad := median(distances); mad > 0 {
		return madToSD * mad
	}
	return meanDevToSD * sum / max(1, float64(len(values)))
}

func meanOf(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / max(1, float64(len(values)))
}

func rootMeanSquare(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v * v
	}
	return math.Sqrt(sum / max(1, float64(len(values))))
}

// quantile returns the smallest sorted value that at least the share of the values, and of one more to come, do not exceed.
func quantile(sorted []float64, share float64) float64 {
	rank := int(math.Ceil(share * float64(len(sorted)+1)))
	return sorted[min(rank, len(sorted))-1]
}
