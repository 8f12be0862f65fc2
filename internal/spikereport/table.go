package main

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"budgetbot/alerts/rules"
	"budgetbot/alerts/spike"
	"budgetbot/internal/dailyseries"
)

// steadyBelow is how little the days of a steady series vary.
const steadyBelow = 0.15

// summary is what was found in some of the series.
type summary struct {
	series      int
	perMonth    float64 // of all of them together
	days, weeks found
}

func (s *summary) add(u untouched, days, weeks found) {
	s.series, s.perMonth = s.series+1, s.perMonth+u.perMonth()
	s.days, s.weeks = s.days.plus(days), s.weeks.plus(weeks)
}

func report(w io.Writer, origin string, all []dailyseries.Series, over int) {
	l := spike.Limits{Over: rules.Threshold(over)}
	fmt.Fprintf(w, "## %s, from +%d %%\n\n", origin, over)
	fmt.Fprintln(w, "| | days | vary by, % | false alarms a month | ×2 day found, % | ×2 week found by day 1, % | by day 2, % | ever, % | mean delay, days |")
	fmt.Fprintln(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|")
	var every, steady summary
	for i := range all {
		u := untouchedOf(&all[i], l)
		if u.compared == 0 {
			continue
		}
		days, weeks := plant(&all[i], u, 1, l), plant(&all[i], u, 7, l)
		every.add(u, days, weeks)
		if u.varies < steadyBelow {
			steady.add(u, days, weeks)
		}
		row(w, all[i].Name, strconv.Itoa(u.compared), percent(u.varies), figure(u.perMonth(), 2), days, weeks)
	}
	row(w, fmt.Sprintf("**all %d**", every.series), "", "", figure(every.perMonth/float64(every.series), 2), every.days, every.weeks)
	row(w, fmt.Sprintf("**the %d that vary by less than %.0f %%**", steady.series, 100*steadyBelow), "", "",
		figure(steady.perMonth/float64(steady.series), 2), steady.days, steady.weeks)
	fmt.Fprintf(w, "\nFalse alarms a month on untouched data, mean of the series: %s\n", figure(every.perMonth/float64(every.series), 2))
	fmt.Fprintf(w, "Planted ×2 weeks found by the second day on series that vary by less than %.0f %%: %s %% of %d\n",
		100*steadyBelow, percent(steady.weeks.by(1)), steady.weeks.planted)
}

func row(w io.Writer, name, compared, varies, perMonth string, days, weeks found) {
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", name, compared, varies, perMonth,
		percent(days.all()), percent(weeks.by(0)), percent(weeks.by(1)), percent(weeks.all()), figure(weeks.delay(), 1))
}

func percent(share float64) string { return figure(100*share, 1) }

// figure prints a number, or a dash for what is not known.
func figure(f float64, places int) string {
	if math.IsNaN(f) {
		return "–"
	}
	return strconv.FormatFloat(f, 'f', places, 64)
}
