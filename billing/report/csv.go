package report

import (
	"cmp"
	"io"
	"strings"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/csvfile"
)

// The columns of WriteCSV, of usage and of a cost.
var (
	csvHeader     = []string{"month", "product", "name", "id", "measure", "quantity", "billed_quantity", "billed_unit"}
	costCSVHeader = []string{"month", "product", "name", "id", "measure", "amount", "currency", "remarks"}
)

// WriteCSV writes the table with a line for each figure, so that a spreadsheet can pivot it as it likes: the quantity in single
// units and as billed, exact; of a cost the amount, its currency, and what is remarkable about the month's bill. An unknown figure is
// an empty cell. The error is ErrStillReading if the table lacks months: nobody sees that of a file.
func (t Table) WriteCSV(w io.Writer, form csvfile.Form) error {
	if len(t.StillReading) > 0 {
		return ErrStillReading
	}
	lines := [][]string{csvHeader}
	if t.Question.Cost {
		lines[0] = costCSVHeader
	}
	for _, group := range t.Groups {
		for _, row := range group.All() {
			for i, month := range t.Months {
				line := []string{
					month.String(), csvfile.PlainCell(row.Product), csvfile.PlainCell(row.Name), csvfile.PlainCell(row.ID), csvfile.PlainCell(group.Measure.Noun), csvfile.Figure(row.Figures[i]),
				}
				if t.Question.Cost {
					line = append(line, csvfile.PlainCell(row.Unit), csvfile.PlainCell(t.remarksOn(i)))
				} else {
					var billed decimal.NullDecimal
					if row.Billed != nil {
						billed = row.Billed[i]
					}
					line = append(line, csvfile.Figure(billed), csvfile.PlainCell(row.Unit))
				}
				lines = append(lines, line)
			}
		}
	}
	lines = append(lines, t.dueNothing()...)
	for _, u := range t.LeftOut {
		line := make([]string, len(lines[0]))
		line[0], line[1], line[2] = u.Month.String(), csvfile.PlainCell(u.Product), csvfile.PlainCell(cmp.Or(u.Service, u.UsageType))
		lines = append(lines, line)
	}
	return csvfile.Write(w, form, lines)
}

// dueNothing returns lines for the months in which nothing is due, so that people can read the reason.
func (t Table) dueNothing() [][]string {
	if !t.IsNothingDue() {
		return nil
	}
	var lines [][]string
	for i, month := range t.Months {
		lines = append(lines, []string{month.String(), "", "", "", billing.NounCost, "0", csvfile.PlainCell(t.Makeup[i].Currency), csvfile.PlainCell(t.remarksOn(i))})
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
