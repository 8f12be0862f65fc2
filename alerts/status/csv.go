package status

import (
	"io"
	"strings"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
	"budgetbot/billing/csvfile"
)

// csvHeader names the columns of WriteCSV.
var csvHeader = []string{
	"month", "rule", "title", "scope", "owners", "channel", "limit", "used", "unit", "percent", "state", "likely_end", "likely_low", "likely_high", "data_to", "remarks",
}

// endedBelow is the state of a budget that ended its month below every threshold.
const endedBelow = "below every threshold"

// WriteCSV writes a line for each budget, and for each service or team of a rule that has several. Figures are exact and in single units; the cell of
// an unknown figure is empty.
func WriteCSV(w io.Writer, form csvfile.Form, budgets []alerts.BudgetStatus, now time.Time) error {
	lines := [][]string{csvHeader}
	for _, b := range budgets {
		if len(b.Instances) == 0 {
			lines = append(lines, csvLine(b, now))
		}
		for _, instance := range b.Instances {
			lines = append(lines, csvLine(instance, now))
		}
	}
	return csvfile.Write(w, form, lines)
}

func csvLine(b alerts.BudgetStatus, now time.Time) []string {
	l := b.Line
	var used, percent, dataTo string
	if b.Known {
		used = l.Used.String()
		if l.Limit.IsPositive() {
			percent = alerts.PercentOf(l).RoundFloor(2).String() // 99.999% is not yet 100%
		}
		if !l.CountedTo.IsZero() {
			dataTo = l.CountedTo.UTC().Format(time.RFC3339)
		}
	}
	var likely, low, high string
	if f := l.Forecast; f != nil && f.Unknown == "" {
		likely, low, high = f.Expected.String(), f.Low.String(), f.High.String()
	}
	state := string(b.State(now))
	if b.Ending != nil && b.State(now) == alerts.StateOnCourse {
		state = endedBelow
	}
	var owners []string
	for _, p := range l.Owners {
		owners = append(owners, p.Name)
	}
	plain := csvfile.PlainCell
	return []string{
		l.Month.String(), plain(l.Rule), plain(l.Title), plain(l.Instance), plain(strings.Join(owners, ", ")), plain(b.Channel), l.Limit.String(), used,
		plain(SingleUnit(l.Measure)), percent, state, likely, low, high, dataTo, plain(remarks(b)),
	}
}

// remarks says why a figure is missing or old, and that a limit is not the one of the month.
func remarks(b alerts.BudgetStatus) string {
	var parts []string
	if b.Unknown != "" {
		parts = append(parts, "no current figure: "+strings.ReplaceAll(b.Unknown, "`", ""))
	}
	if b.Ending != nil && !b.Ending.Recorded {
		parts = append(parts, "no record of this month; the limit is today's")
	}
	return strings.Join(parts, "; ")
}

// SingleUnit names the single unit of a measure.
func SingleUnit(m billing.Measure) string {
	switch {
	case m.Bytes:
		return "bytes"
	case m.Time:
		return "ms"
	case m.Currency != "":
		return m.Currency
	}
	return m.Noun
}
