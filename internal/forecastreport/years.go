package main

import (
	"fmt"
	"io"
	"math"

	"budgetbot/billing/forecast"
)

// years prints what last year's course gains and loses where enough is known of it.
func years(w io.Writer, all []series, known forecasts) {
	t := table{
		title: "Mean error where a year is known, %, over all days above",
		head:  []string{"forecasts", "forecast", "daily usage alone", "difference"},
	}
	var with, alone []float64 // mean errors, by series
	forecasts := 0
	for i := range all {
		var errors, errorsAlone []float64
		for _, month := range all[i].months() {
			for _, day := range origins {
				if l := (look{&all[i], month, day}); known.daily(l).Method == forecast.MethodSeason {
					errors = append(errors, math.Abs(known.end(l)/l.final()-1))
					errorsAlone = append(errorsAlone, math.Abs(aloneEnd(l)/l.final()-1))
				}
			}
		}
		if len(errors) > 0 {
			forecasts += len(errors)
			with, alone = append(with, mean(errors)), append(alone, mean(errorsAlone))
			t.add(all[i].Name, yearCells(len(errors), mean(errors), mean(errorsAlone))...)
		}
	}
	t.add("mean", yearCells(forecasts, mean(with), mean(alone))...)
	t.print(w)
}

func yearCells(n int, with, alone float64) []string {
	cells := append([]string{fmt.Sprint(n)}, percents([]float64{with, alone}, "")...)
	return append(cells, percents([]float64{with - alone}, "+")...)
}
