package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// csvHeader names the columns of WriteCSV.
var csvHeader = []string{"month", "product", "name", "id", "measure", "quantity", "billed_quantity", "billed_unit"}

// CSVForm is the kind of reader that the CSV is for.
type CSVForm int

const (
	// ForPrograms is CSV as programs like it: line feeds, and nothing before the first name.
	ForPrograms CSVForm = iota
	// ForSpreadsheets is CSV of RFC 4180, with the mark without which Excel garbles every name beyond ASCII.
	ForSpreadsheets
)

const byteOrderMark = "\uFEFF"

// WriteCSV writes lines of cells. Cells that are texts have been through PlainCell.
func WriteCSV(w io.Writer, form CSVForm, lines [][]string) error {
	out := csv.NewWriter(w)
	if form == ForSpreadsheets {
		out.UseCRLF = true
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	if err := out.WriteAll(lines); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// WriteCSV writes the table with a line for each figure, so that a spreadsheet can pivot it as it likes: the quantity in single
// units and as billed, exact; of a cost both are the amount, and the unit is the currency, and what is remarkable about the month's bill
// stands in a column of its own. An unknown figure is an empty cell.
func (t Table) WriteCSV(w io.Writer, form CSVForm) error {
	lines := [][]string{slices.Clone(csvHeader)}
	if t.Question.Cost {
		lines[0] = append(lines[0], "remarks")
	}
	for _, group := range t.Groups {
		for _, row := range group.All() {
			for i, month := range t.Months {
				line := []string{
					month.String(), PlainCell(row.Product), PlainCell(row.Name), PlainCell(row.ID), PlainCell(group.Measure.Noun),
					exact(row.Figures, i), exact(row.Billed, i), PlainCell(row.Unit),
				}
				if t.Question.Cost {
					line = append(line, PlainCell(t.remarksOn(i)))
				}
				lines = append(lines, line)
			}
		}
	}
	lines = append(lines, t.dueNothing()...)
	for _, u := range t.LeftOut {
		line := make([]string, len(lines[0]))
		line[0], line[1], line[2] = u.Month.String(), PlainCell(u.Product), PlainCell(cmp.Or(u.Service, u.UsageType))
		lines = append(lines, line)
	}
	return WriteCSV(w, form, lines)
}

// dueNothing returns lines for the months in which nothing is due, so that people can read the reason.
func (t Table) dueNothing() [][]string {
	if !t.IsNothingDue() {
		return nil
	}
	var lines [][]string
	for i, month := range t.Months {
		lines = append(lines, []string{month.String(), "", "", "", billing.NounCost, "0", "0", PlainCell(t.Makeup[i].Currency), PlainCell(t.remarksOn(i))})
	}
	return lines
}

// remarksOn returns the remarks on a month's bill, such as which statements count, or why the bill is unknown.
func (t Table) remarksOn(i int) string {
	for _, u := range t.Unread {
		if u.Month == t.Months[i] {
			return "unknown: " + u.Why
		}
	}
	if i >= len(t.Makeup) {
		return ""
	}
	return strings.Join(t.Makeup[i].Remarks, " ")
}

// formula is where a spreadsheet may take what follows for a formula: at the beginning of a cell, and behind a semicolon, since many
// countries have that between cells. Signs of full width and small ones are the same to some.
var formula = regexp.MustCompile(`(^|;)([\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])`)

// PlainCell makes a text one line of what can be seen, and keeps it from being taken for a formula by a spreadsheet. It is not for figures,
// which may be below zero.
func PlainCell(s string) string {
	return formula.ReplaceAllString(billing.OneLine(s), "$1'$2")
}

func exact(figures []decimal.NullDecimal, i int) string {
	if i >= len(figures) || !figures[i].Valid {
		return ""
	}
	return figures[i].Decimal.String()
}
