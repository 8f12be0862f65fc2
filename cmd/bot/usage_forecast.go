package main

import (
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/monthend"
	"budgetbot/billing"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/phrase"
)

// forecastAnswer is a forecast, to be written in any form.
type forecastAnswer struct {
	monthend.Forecast

	now time.Time // in the zone in which people read instants
}

// missing is why there is nothing to write; nil where there is something.
func (f forecastAnswer) missing() error {
	switch {
	case len(f.Groups) > 0:
		return nil
	case f.Question.Cost && f.Question.IsWhole():
		return &service.Failure{
			Problem: "Fastly gives no month-to-date estimate, so the bill of " + f.Month().String() + " can't be forecast",
			Hint:    "ask for the cost of a month that is invoiced",
		}
	}
	return &service.Failure{
		Problem: "too early to forecast " + f.Month().String() + ": Fastly lists nothing of the kind in it, nor in the month before",
		Hint:    `"budgetbot doctor" says what the account has`,
	}
}

// print writes exact figures in columns, as printTable does.
func (f forecastAnswer) print(w io.Writer) error {
	month, before := f.Month(), f.Month().Add(-1)
	for i, group := range f.Groups {
		if i > 0 {
			fmt.Fprintln(w)
		}
		unit, exact := exactUnit(group.Measure)
		table := [][]string{{blocks.Capital(string(f.Question.By)) + ", " + unit, month.String() + " so far", "likely from", "to", before.String(), "per day, from", "to"}}
		lines := group.Lines
		if top := f.Question.Top; top > 0 && len(lines) > top {
			lines = lines[:top]
		}
		if group.Total != nil {
			lines = append(lines[:len(lines):len(lines)], *group.Total)
		}
		for _, l := range lines {
			table = append(table, forecastCells(l, exact))
		}
		writeColumns(w, table)
	}
	for _, note := range f.notes() {
		fmt.Fprintf(w, "\n%s\n", note)
	}
	return nil
}

func forecastCells(l monthend.Line, exact func(decimal.Decimal) string) []string {
	figure := func(d decimal.NullDecimal) string {
		if !d.Valid {
			return billing.Dash
		}
		return exact(d.Decimal)
	}
	likely := func(d decimal.Decimal) string {
		return figure(decimal.NullDecimal{Decimal: d.Round(2), Valid: l.IsKnown()})
	}
	cells := []string{l.Name, figure(l.Used), likely(l.Low), likely(l.High), figure(l.Before), billing.Dash, billing.Dash}
	if l.Change != nil {
		cells[5], cells[6] = billing.FormatChange(l.Change.Low), billing.FormatChange(l.Change.High)
	}
	return cells
}

// notes are what a reader has to know beside the figures.
func (f forecastAnswer) notes() []string {
	notes := []string{"The range should hold in 4 of 5 months."}
	if f.Question.Cost {
		notes[0] += " The change per day is that of usage; fees are the same in a short month."
	}
	for _, l := range f.Lines() {
		switch {
		case l.Unknown != "":
			notes = append(notes, fmt.Sprintf("%s can't be forecast: %s.", billing.OneLine(l.Name), billing.OneLine(l.Unknown)))
		case len(l.Planned) > 0:
			notes = append(notes, fmt.Sprintf("%s includes %s.", billing.OneLine(l.Name), blocks.PlainOf(phrase.Planned(l.Planned))))
		case l.Pending.IsPositive():
			notes = append(notes, fmt.Sprintf("%s includes %s of fees as in %s that are not billed yet.", billing.OneLine(l.Name), l.Pending, f.Last))
		}
	}
	for _, why := range f.Unread {
		notes = append(notes, "Not in these figures: "+billing.OneLine(why)+".")
	}
	if counted := f.Fresh.CountedTo; !counted.IsZero() {
		notes = append(notes, "Data to "+blocks.PlainCountedTo(counted, f.now)+".")
	}
	return notes
}
