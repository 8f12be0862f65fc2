package main

import (
	"fmt"
	"io"
	"slices"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// held is what came of a kind of range: by place in origins, then one entry for each forecast.
type held struct {
	name                 string
	likely, most         [][]float64 // 1 where the range of 80 % or of 95 % held the end, else 0
	likelyWide, mostWide [][]float64 // how wide it was, as a share of the month's final usage
}

func newHeld(name string) *held {
	slots := func() [][]float64 { return make([][]float64, len(origins)) }
	return &held{name, slots(), slots(), slots(), slots()}
}

func (h *held) add(place int, o forecast.Forecast, final float64) {
	low, high := o.Low.InexactFloat64(), o.High.InexactFloat64()
	h.likely[place] = append(h.likely[place], oneIf(low <= final && final <= high))
	h.likelyWide[place] = append(h.likelyWide[place], (high-low)/final)
	low, high = o.VeryLow.InexactFloat64(), o.VeryHigh.InexactFloat64()
	h.most[place] = append(h.most[place], oneIf(low <= final && final <= high))
	h.mostWide[place] = append(h.mostWide[place], (high-low)/final)
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// ranges prints how many ends the ranges held, where at least six earlier months say how far forecasts were off.
func ranges(w io.Writer, all []series, known forecasts) {
	fixed, learned, totals := newHeld("forecast, fixed width"), newHeld("forecast, width by past errors"), newHeld("monthly totals")
	for i := range all {
		var past []forecast.PastError
		for _, month := range all[i].months() {
			if monthsOf(past, month) >= 6 {
				for j, day := range origins {
					l := look{&all[i], month, day}
					fixed.add(j, known.daily(l), l.final())
					learned.add(j, known.daily(l).WithErrors(past), l.final())
					totals.add(j, monthly(l), l.final())
				}
			}
			past = append(past, errorsIn(&all[i], month, known)...)
		}
	}
	coverage := table{title: "Ends within the range of 80 %, %", head: append(dayNames(), "mean", "width on day 7", "width on day 20")}
	wide := table{title: "Ends within the range of 95 %, %", head: coverage.head}
	for _, h := range []*held{fixed, learned, totals} {
		coverage.add(h.name, heldRow(h.likely, h.likelyWide)...)
		wide.add(h.name, heldRow(h.most, h.mostWide)...)
	}
	coverage.print(w)
	wide.print(w)
	fmt.Fprintf(w, "%d series-months; the width is the median, in %% of the month's final usage.\n\n", len(fixed.likely[0]))
}

// heldBySeries prints where ranges are too narrow and where too wide.
func heldBySeries(w io.Writer, all []series, known forecasts) {
	t := table{title: "Ends within the range of 80 % by series, %, over all days above", head: []string{
		"forecast, fixed width", "monthly totals", "this month's pace",
	}}
	for i := range all {
		days, totals, pace := newHeld(""), newHeld(""), newHeld("")
		for _, month := range all[i].months() {
			for j, day := range origins {
				l := look{&all[i], month, day}
				days.add(j, known.daily(l), l.final())
				totals.add(j, monthly(l), l.final())
				if o := forecast.OfMonth(forecast.History{}, l.position()); o.Method == forecast.MethodPace {
					pace.add(j, o, l.final())
				}
			}
		}
		t.add(all[i].Name, percents([]float64{
			mean(slices.Concat(days.likely...)), mean(slices.Concat(totals.likely...)), mean(slices.Concat(pace.likely...)),
		}, "")...)
	}
	t.print(w)
}

func heldRow(yes, width [][]float64) []string {
	shares := make([]float64, len(yes))
	for i := range yes {
		shares[i] = mean(yes[i])
	}
	return percents(append(shares, mean(shares), quantileOf(width[4], 0.5), quantileOf(width[7], 0.5)), "")
}

// errorsIn returns how far the forecasts of every day of a month were off.
func errorsIn(s *series, month billing.Month, known forecasts) []forecast.PastError {
	var pastErrors []forecast.PastError
	for day := 1; day < month.Days(); day++ {
		l := look{s, month, day}
		if miss, ok := known.daily(l).PastError(decimalOf(l.final())); ok {
			pastErrors = append(pastErrors, miss)
		}
	}
	return pastErrors
}

// monthsOf counts the months of the last year that the misses are of.
func monthsOf(pastErrors []forecast.PastError, before billing.Month) int {
	months := map[billing.Month]bool{}
	for _, miss := range pastErrors {
		if before.Since(miss.Month) <= 12 {
			months[miss.Month] = true
		}
	}
	return len(months)
}
