package dailyseries

import (
	"math"
	"math/rand/v2"
	"time"
)

// shape is the expected usage of a day, i days after the first.
type shape func(day time.Time, i int) float64

// shapes are months of CDN usage as they may come. Each is multiplied by noise.
var shapes = []struct {
	name  string
	noise float64 // the standard deviation of a day's logarithm
	shape shape
}{
	{"steady", 0.05, flat},
	{"weekdays", 0.08, weekdays},
	{"growing", 0.08, func(day time.Time, i int) float64 { return weekdays(day, i) * math.Exp(0.05*float64(i)/30) }},
	{"seasons", 0.08, func(day time.Time, i int) float64 {
		return weekdays(day, i) * (1 + 0.4*math.Sin(2*math.Pi*float64(i)/365))
	}},
	{"launches", 0.10, func(day time.Time, i int) float64 { return weekdays(day, i) * (1 + 0.35*float64(i/137%3)) }},
	{"bursts", 0.10, func(day time.Time, i int) float64 {
		if i%41 == 7 || i%67 == 11 {
			return 6 * weekdays(day, i)
		}
		return weekdays(day, i)
	}},
	{"month-end jobs", 0.08, func(day time.Time, i int) float64 {
		if day.AddDate(0, 0, 3).Month() != day.Month() {
			return 3 * weekdays(day, i)
		}
		return weekdays(day, i)
	}},
	{"wild", 0.60, flat},
}

func flat(time.Time, int) float64 { return 100 }

func weekdays(day time.Time, _ int) float64 {
	if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
		return 60
	}
	return 116
}

// Synthetic makes three years of every shape, the same at each run.
func Synthetic() []Series {
	all := make([]Series, len(shapes))
	for i, s := range shapes {
		random := rand.New(rand.NewPCG(1, uint64(i)))
		all[i] = Series{Name: s.name, First: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC), Days: make([]float64, 3*365)}
		for j := range all[i].Days {
			expected := s.shape(all[i].First.AddDate(0, 0, j), j)
			all[i].Days[j] = math.Round(1e6 * expected * math.Exp(s.noise*random.NormFloat64()))
		}
	}
	return all
}
