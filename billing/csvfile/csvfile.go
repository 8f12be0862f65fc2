// Package csvfile writes CSV in the forms that its readers take it in, and makes cells of names that a spreadsheet does not take for formulas.
// It is pure, and knows no columns: what stands in a line is up to those who have it.
package csvfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"regexp"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Form is the kind of reader that the CSV is for.
type Form int

const (
	// ForPrograms is CSV as programs like it: line feeds, and nothing before the first name.
	ForPrograms Form = iota
	// ForSpreadsheets is CSV of RFC 4180, with the mark without which Excel garbles every name beyond ASCII.
	ForSpreadsheets
)

const byteOrderMark = "\uFEFF"

// Write writes lines of cells. Cells that are texts have been through PlainCell.
func Write(w io.Writer, form Form, lines [][]string) error {
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

// formula is where a spreadsheet may take what follows for a formula: at the beginning of a cell, and behind a semicolon, since many
// countries have that between cells. Signs of full width and small ones are the same to some.
var formula = regexp.MustCompile(`(^|;)([\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])`)

// PlainCell makes a text one line of what can be seen, and keeps it from being taken for a formula by a spreadsheet. It is not for figures,
// which may be below zero.
func PlainCell(s string) string {
	return formula.ReplaceAllString(billing.OneLine(s), "$1'$2")
}

// Figure is the cell of a figure: exact, and empty where it is unknown.
func Figure(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return d.Decimal.String()
}
