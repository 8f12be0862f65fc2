// Package csvfile writes CSV for programs or for spreadsheets, and turns names and figures into cells. A spreadsheet takes none of these names for
// a formula. The package is pure, and knows no columns: the callers have these.
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
	// ForPrograms is CSV with line feeds and without a byte order mark.
	ForPrograms Form = iota
	// ForSpreadsheets is CSV as in RFC 4180, with a byte order mark: without it Excel garbles names beyond ASCII.
	ForSpreadsheets
)

const byteOrderMark = "\uFEFF"

// Write writes lines of cells. The caller has made the cells: PlainCell of texts, Figure of figures that may be unknown.
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

// formula finds the signs that begin a formula: at the beginning of a cell, and after a semicolon, which separates cells in many countries. Some
// spreadsheets treat full-width and small signs as the plain ones.
var formula = regexp.MustCompile(`(^|;)([\s\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])`)

// PlainCell makes one line of visible characters of a text, and puts an apostrophe before what a spreadsheet might take for a formula. It is not for
// figures: they may begin with a minus.
func PlainCell(s string) string {
	return formula.ReplaceAllString(billing.OneLine(s), "$1'$2")
}

// Figure returns the cell of an exact figure; the cell is empty if the figure is unknown.
func Figure(d decimal.NullDecimal) string {
	if !d.Valid {
		return ""
	}
	return d.Decimal.String()
}
