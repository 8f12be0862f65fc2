package main

import (
	"fmt"
	"io"
	"math"

	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// policy decides at the end of each day whether a month counts as likely to end over a limit. Each budget and month gets a
// new one.
type policy struct {
	name  string
	start func() func(l look, limit float64) bool
}

// policies takes outlooks from known, which saves foreseeing the same day for each limit anew.
func policies(known forecasts) []policy {
	return []policy{
		{"run-rate above the limit", above(runRate)},
		{"run-rate above the limit, from day 7", func() func(look, float64) bool {
			return func(l look, limit float64) bool { return l.day >= 7 && runRate(l) >= limit }
		}},
		{"OLS of 30 days above the limit", above(olsEnd)},
		{"forecast, end above the limit", above(known.end)},
		{"forecast, P ≥ 0.8", func() func(look, float64) bool {
			return func(l look, limit float64) bool { return chance(known.daily(l), limit) >= forecast.LikelyFrom }
		}},
		{"**forecast, P ≥ 0.8 on two versions, until P < 0.4 on two**", tracked(known.daily)},
		{"monthly totals, the same", tracked(monthly)},
	}
}

func above(end func(look) float64) func() func(look, float64) bool {
	return func() func(look, float64) bool {
		return func(l look, limit float64) bool { return end(l) >= limit }
	}
}

// tracked is what the service does. Each day's figures are a data version.
func tracked(expected func(look) forecast.Forecast) func() func(look, float64) bool {
	return func() func(look, float64) bool {
		var track forecast.Track
		return func(l look, limit float64) bool {
			track = track.Next(chance(expected(l), limit), fmt.Sprint(l.day))
			return track.Likely
		}
	}
}

func chance(o forecast.Forecast, limit float64) float64 {
	p, known := o.ChanceOver(decimalOf(limit))
	if !known {
		return math.NaN()
	}
	return p
}

// forecasts are those made already.
type forecasts map[look]forecast.Forecast

func (known forecasts) daily(l look) forecast.Forecast {
	o, there := known[l]
	if !there {
		o = daily(l)
		known[l] = o
	}
	return o
}

func (known forecasts) end(l look) float64 { return known.daily(l).End.InexactFloat64() }

// record is what a policy said in all budget-months.
type record struct {
	months, breaches int
	right            int       // said before usage reached the limit
	wrong            int       // said of a month that stayed below it
	again            int       // said again after it had been taken back
	leads            []float64 // days from being said, at the latest at the crossing, to the crossing
}

// run lets the policy watch a month day by day until usage reaches the limit.
func (r *record) run(watch func(look, float64) bool, s *series, month billing.Month, limit float64) {
	said, likely := 0, false
	crossing := crossingDay(s, month, limit)
	for day := 1; day < month.Days() && (crossing == 0 || day < crossing); day++ {
		before := likely
		if likely = watch(look{s, month, day}, limit); likely && !before {
			if said == 0 {
				said = day
			} else {
				r.again++
			}
		}
	}
	r.months++
	if crossing > 0 {
		r.breaches++
	}
	switch {
	case crossing == 0 && said > 0:
		r.wrong++
	case crossing > 0 && said > 0:
		r.right++
		r.leads = append(r.leads, float64(crossing-said))
	case crossing > 0:
		r.leads = append(r.leads, 0)
	}
}

// crossingDay returns the day after which usage is at the limit or above; 0 where it stays below.
func crossingDay(s *series, month billing.Month, limit float64) int {
	for day := 1; day <= month.Days(); day++ {
		if s.upTo(month, day) >= limit {
			return day
		}
	}
	return 0
}

// budgets are the limits of a month, as multiples of the mean of the three months before.
var budgets = []float64{1.0, 1.1, 1.2, 1.3}

// eachBudget calls do with every month that has three known months before it, and every limit.
func eachBudget(all []series, do func(s *series, month billing.Month, limit float64)) {
	for i := range all {
		s := &all[i]
		for _, month := range s.months() {
			usual := (s.total(month.Add(-1)) + s.total(month.Add(-2)) + s.total(month.Add(-3))) / 3
			for _, budget := range budgets {
				if !math.IsNaN(usual) {
					do(s, month, budget*usual)
				}
			}
		}
	}
}

func alarms(w io.Writer, all []series, known forecasts) {
	t := table{title: "Alerts of months that are likely to end over their budget", head: []string{
		"precision", "of what is said before the crossing", "false alarms per quiet budget-month", "median lead, days",
		"said again per 100 budget-months",
	}}
	var r record
	for _, p := range policies(known) {
		r = record{}
		eachBudget(all, func(s *series, month billing.Month, limit float64) { r.run(p.start(), s, month, limit) })
		t.add(p.name, r.cells()...)
	}
	t.print(w)
	fmt.Fprintf(w, "%d budget-months, %d of which reached their limit. Every policy also says so at the crossing, so that none is missed.\n\n",
		r.months, r.breaches)
}

func (r *record) cells() []string {
	share := func(n, of int) float64 { return float64(n) / float64(of) }
	return []string{
		figure(share(r.breaches, r.breaches+r.wrong), 2),
		figure(share(r.right, r.right+r.wrong), 2),
		figure(100*share(r.wrong, r.months-r.breaches), 1) + " %",
		figure(quantileOf(r.leads, 0.5), 0),
		figure(100*share(r.again, r.months), 1),
	}
}
