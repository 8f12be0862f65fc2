package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
	"budgetbot/billing/report"
	"budgetbot/internal/service"
	"budgetbot/slackapp/blocks"
	"budgetbot/slackapp/view/usage"
)

// answer is what was asked for; its JSON is that of what it holds.
type answer interface {
	print(w io.Writer) error
	WriteCSV(w io.Writer, form csvfile.Form) error
	// missing is why there is nothing to write; nil where there is something.
	missing() error
}

// printers are the forms in which an answer can be written.
var printers = map[string]func(io.Writer, answer) error{
	"table": func(w io.Writer, a answer) error { return a.print(w) },
	"csv":   printCSV,
	"json":  func(w io.Writer, a answer) error { return writeJSON(w, a) },
}

func printCSV(w io.Writer, a answer) error { return a.WriteCSV(w, csvFormOf(w)) }

// csvFormOf is for spreadsheets in a new file, and for programs elsewhere.
func csvFormOf(w io.Writer) csvfile.Form {
	if isNewFile(w) {
		return csvfile.ForSpreadsheets
	}
	return csvfile.ForPrograms
}

// usageAnswer is a table of usage or cost.
type usageAnswer struct {
	report.Table

	now time.Time // in the zone in which people read instants
}

func (a usageAnswer) print(w io.Writer) error { return printTable(w, a.Table, a.now) }

func (a usageAnswer) missing() error {
	if len(a.Groups) > 0 || len(a.LeftOut) > 0 || a.IsNothingDue() {
		return nil
	}
	if reason := usageview.NoChange(a.Table); reason != "" {
		return &service.Failure{Problem: service.ForTerminal(reason)}
	}
	return nothingFound(a.Table)
}

// isNewFile reports whether w is a file in which nothing stands yet. What is added to another begins in its midst.
func isNewFile(w io.Writer) bool {
	if out, wrapped := w.(*outlet); wrapped {
		w = out.Writer
	}
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// printTable writes exact figures in columns: bytes as GB of 10^9, everything else in single units. Instants are in the zone of now.
func printTable(w io.Writer, t report.Table, now time.Time) error {
	for i, group := range t.Groups {
		if i > 0 {
			fmt.Fprintln(w)
		}
		unit, exact := exactUnit(group.Measure)
		table := [][]string{append([]string{blocks.Capital(string(t.Question.By)) + ", " + unit}, monthNames(t)...)}
		for _, row := range group.All() {
			table = append(table, textRow(row, exact, t))
		}
		apart := t.Question.By == report.ByProduct && !t.Question.Cost || !t.AddsUp(group.Measure) // requests of two products may be the same ones
		if total := group.Total; len(group.All()) > 1 && !apart {
			total.Name = "Total"
			table = append(table, textRow(total, exact, t))
		}
		if t.Question.Monthly {
			table = transposed(table)
			table[0][0] = "Month, " + unit
		}
		writeColumns(w, table)
	}
	if t.IsNothingDue() {
		fmt.Fprintf(w, "Nothing is due for %s.\n", t.Question.Months)
	}
	if t.Question.Show == report.ShowForecast {
		fmt.Fprintf(w, "\n%s is over: this is how it ended, not a forecast.\n", t.Question.Months)
	}
	for _, note := range notes(t, now) {
		fmt.Fprintf(w, "\n%s\n", note)
	}
	return nil
}

// exactUnit names the unit in which figures of the measure are printed, and prints one.
func exactUnit(m billing.Measure) (unit string, print func(decimal.Decimal) string) {
	switch {
	case m.Bytes:
		return "GB of " + m.Noun, func(d decimal.Decimal) string { return d.Shift(-9).String() }
	case m.Time:
		return "hours of " + m.Noun, m.Exact
	case m.Currency != "":
		return m.Scale().Unit(), func(d decimal.Decimal) string { return d.StringFixed(max(2, -d.Exponent())) }
	case m.Billed:
		return "billed units of " + m.Noun, decimal.Decimal.String
	}
	return m.Noun, decimal.Decimal.String
}

// transposed returns the columns of a table as its lines.
func transposed(table [][]string) [][]string {
	lines := make([][]string, len(table[0]))
	for _, line := range table {
		for i := range lines {
			lines[i] = append(lines[i], line[i])
		}
	}
	return lines
}

func monthNames(t report.Table) []string {
	var names []string
	for _, month := range t.Months {
		names = append(names, month.String())
	}
	if t.Question.IsComparison() {
		names = []string{t.Question.Against.String(), t.Question.Months.String()}
	}
	if showsEarlier(t) {
		names = append(names, t.Versus.Against.String())
	}
	if comparable(t) {
		head := "per day"
		if t.Versus.Whole && t.Question.IsComparison() {
			head = "change"
		} else if t.Versus.Whole {
			head = "vs " + t.Versus.Against.String()
		}
		names = append(names, head)
	}
	if t.Versus.IsUneven() {
		names = append(names, "usage per day")
	}
	return names
}

func comparable(t report.Table) bool {
	return t.Versus != nil && !t.Versus.Unknown && !t.Versus.IsPerDay
}

// showsEarlier reports whether the bill of the month before has a column: its change is not that of the two.
func showsEarlier(t report.Table) bool {
	return t.Versus != nil && t.Versus.IsPerDay && len(t.Months) == 1
}

func textRow(row report.Row, print func(decimal.Decimal) string, t report.Table) []string {
	figures := row.Figures
	if t.Question.IsComparison() {
		figures = []decimal.NullDecimal{row.Earlier, row.Later}
	}
	if showsEarlier(t) {
		figures = append(slices.Clip(figures), row.Earlier)
	}
	cells := []string{row.Name}
	for _, figure := range figures {
		cell := billing.Dash
		if figure.Valid {
			cell = print(figure.Decimal)
		}
		cells = append(cells, cell)
	}
	if comparable(t) {
		change := billing.Dash
		if row.Change.Valid {
			change = billing.FormatChange(row.Change.Decimal)
		}
		cells = append(cells, change)
	}
	if t.Versus.IsUneven() {
		change := billing.Dash
		if row.Usage != nil && row.Usage.Change.Valid {
			change = billing.FormatChange(row.Usage.Change.Decimal)
		}
		cells = append(cells, change)
	}
	return cells
}

// writeColumns aligns the first column, and those that are words, left, and the others right. Of a name it prints what a terminal shows, and
// nothing that a terminal would act on.
func writeColumns(w io.Writer, table [][]string, words ...int) {
	for _, line := range table {
		for i, cell := range line {
			line[i] = billing.OneLine(cell)
		}
	}
	widths := make([]int, len(table[0]))
	for _, line := range table {
		for i, cell := range line {
			widths[i] = max(widths[i], blocks.Columns(cell))
		}
	}
	for _, line := range table {
		for i, cell := range line {
			line[i] = blocks.Pad(cell, widths[i], i > 0 && !slices.Contains(words, i))
		}
		fmt.Fprintln(w, strings.TrimRight(strings.Join(line, "  "), " "))
	}
}

// notes are what a reader has to know beside the figures.
func notes(t report.Table, now time.Time) []string {
	var notes, months []string
	for _, month := range t.Missing {
		if !slices.ContainsFunc(t.Unread, func(u report.UnreadMonth) bool { return u.Month == month }) {
			months = append(months, month.String())
		}
	}
	if len(months) > 0 {
		what := "Fastly lists no usage for "
		if t.Question.Cost {
			what = "There is no bill for "
		}
		notes = append(notes, what+strings.Join(months, ", ")+"; that does not mean zero.")
	}
	for _, u := range t.Unread {
		notes = append(notes, fmt.Sprintf("The cost of %s is unclear: %s.", u.Month, billing.OneLine(u.Why)))
	}
	for i, m := range t.Makeup {
		for _, remark := range m.Remarks {
			notes = append(notes, t.Months[i].String()+": "+billing.OneLine(remark))
		}
	}
	if v := t.Versus; v != nil && t.Question.IsComparison() && !v.AgainstUntil.IsZero() && v.AgainstUntil.Before(v.Against.End()) {
		notes = append(notes, fmt.Sprintf("%s is counted to %s, too.", v.Against, blocks.PlainCountedTo(v.AgainstUntil, now)))
	}
	for _, u := range t.LeftOut {
		notes = append(notes, fmt.Sprintf("Not in these figures, of %s: %s.", u.Month, billing.OneLine(u.Why)))
	}
	if counted := t.Fresh.CountedTo; !counted.IsZero() && counted.Before(t.Question.Months.Last.End()) {
		notes = append(notes, fmt.Sprintf("%s is not over: data to %s.", t.Question.Months.Last, blocks.PlainCountedTo(counted, now)))
	}
	if t.Fresh.Source == billing.FromInvoices && !t.Question.Cost {
		notes = append(notes, "Figures come from Fastly's invoices.")
	}
	return notes
}
