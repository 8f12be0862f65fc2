package byday

import (
	"io"
	"strconv"
	"time"

	"budgetbot/billing/csvfile"
)

var csvHeader = []string{"first_day", "last_day", "name", "id", "measure", "quantity", "unknown_days"}

// WriteCSV writes the table with a line for each figure, in single units and exact. An unknown figure is an empty cell.
func (t Table) WriteCSV(w io.Writer, form csvfile.Form) error {
	lines := [][]string{csvHeader}
	all := t.Lines
	if t.Rest != nil {
		all = append(all[:len(all):len(all)], *t.Rest)
	}
	for _, line := range all {
		for i, column := range t.Columns {
			unknown := ""
			if line.Unknown > 0 {
				unknown = strconv.Itoa(line.Unknown)
			}
			lines = append(lines, []string{
				line.Days.First.Format(time.DateOnly), line.Days.Last.Format(time.DateOnly), csvfile.PlainCell(line.Name), csvfile.PlainCell(line.ID),
				csvfile.PlainCell(column.Name), csvfile.Figure(line.Figures[i]), unknown,
			})
		}
	}
	return csvfile.Write(w, form, lines)
}
