package main

import (
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/byday"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/usage"
)

// daysAnswer is what was used on some days, to be written in any form.
type daysAnswer struct {
	byday.Table
	now time.Time // in the zone that instants are printed in
}

// missing is why there is nothing to write; nil where there is something.
func (d daysAnswer) missing() error {
	if d.HasFigures() {
		return nil
	}
	return &service.Failure{
		Problem: service.ForTerminal(fmt.Sprintf("there are no figures for %s: %s", d.Question.Days, usageview.WhyUnknown(d.Table, d.now))),
		Hint:    "budgetbot usage " + d.Question.Months.String(),
	}
}

// print writes exact figures in columns: a line for each day, week or name.
func (d daysAnswer) print(w io.Writer) error {
	head := []string{blocks.Capital(string(d.Question.By))}
	exact := make([]func(decimal.Decimal) string, len(d.Columns))
	for i, column := range d.Columns {
		name := column.Name
		if column.Measure.Bytes {
			name += ", GB"
		}
		_, exact[i] = exactUnit(column.Measure)
		head = append(head, name)
	}
	table := [][]string{append(head, "change")}
	add := func(name string, line byday.Line) {
		cells := []string{name}
		for i, figure := range line.Figures {
			text := billing.Dash
			if figure.Valid {
				text = exact[i](figure.Decimal)
			}
			cells = append(cells, text)
		}
		change := billing.Dash
		if line.Change.Valid {
			change = billing.FormatChange(line.Change.Decimal)
		}
		table = append(table, append(cells, change))
	}
	for _, line := range d.Lines {
		name := line.Name
		if name == "" {
			name = line.Days.String()
		}
		add(name, line)
	}
	if d.Rest != nil {
		add(blocks.Counted(d.RestCount, "other"), *d.Rest)
	}
	if len(d.Lines) > 1 {
		add("Total", d.Total)
	}
	writeColumns(w, table)
	for _, note := range usageview.DayNotes(d.Table, d.now) {
		fmt.Fprintf(w, "\n%s\n", note)
	}
	return nil
}
