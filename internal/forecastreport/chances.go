package main

import (
	"fmt"
	"io"

	"budgetbot/billing"
)

// chances prints what came of the probabilities: of all that were between 20 and 40 %, say, how many months did end over?
func chances(w io.Writer, all []series, known forecasts) {
	bounds := []float64{0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 1}
	came := make([][]float64, len(bounds)-1)
	eachBudget(all, func(s *series, month billing.Month, limit float64) {
		for _, day := range origins {
			l := look{s, month, day}
			if l.used() >= limit {
				continue
			}
			p, bin := chance(known.daily(l), limit), 0
			for bin < len(came)-1 && p >= bounds[bin+1] {
				bin++
			}
			came[bin] = append(came[bin], oneIf(l.final() >= limit))
		}
	})
	t := table{title: "What came of the probabilities of ending over"}
	var shares, counts []string
	for i, outcomes := range came {
		t.head = append(t.head, fmt.Sprintf("%.0f–%.0f %%", 100*bounds[i], 100*bounds[i+1]))
		shares = append(shares, percents([]float64{mean(outcomes)}, "")...)
		counts = append(counts, fmt.Sprint(len(outcomes)))
	}
	t.add("ended over, %", shares...)
	t.add("forecasts", counts...)
	t.print(w)
}
