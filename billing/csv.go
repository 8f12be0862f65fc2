package billing

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/shopspring/decimal"
)

// csvHeader names the columns of WriteCSV.
var csvHeader = []string{"month", "product", "name", "id", "measure", "quantity", "billed_quantity", "billed_unit"}

// WriteCSV writes the table with a line for each figure, so that a spreadsheet can pivot it as it likes: the quantity in single
// units and as billed, exact; of a cost both are the amount, and the unit is the currency. An unknown figure is an empty cell.
func (t Table) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	lines := [][]string{csvHeader}
	for _, group := range t.Groups {
		for _, row := range group.All() {
			for i, month := range t.Months {
				lines = append(lines, []string{
					month.String(), PlainCell(row.Product), PlainCell(row.Name), PlainCell(row.ID), PlainCell(group.Measure.Noun),
					exact(row.Figures, i), exact(row.Billed, i), PlainCell(row.Unit),
				})
			}
		}
	}
	if err := out.WriteAll(lines); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

// PlainCell keeps a text from being taken for a formula by a spreadsheet.
func PlainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func exact(figures []decimal.NullDecimal, i int) string {
	if i >= len(figures) || !figures[i].Valid {
		return ""
	}
	return figures[i].Decimal.String()
}
