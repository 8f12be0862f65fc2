package monthend

import (
	"io"

	"github.com/shopspring/decimal"

	"budgetbot/billing/csvfile"
)

// csvHeader names the columns of WriteCSV.
var csvHeader = []string{"month", "product", "name", "measure", "currency", "so_far", "likely_low", "likely_expected", "likely_high", "month_before", "method", "why_unknown"}

// WriteCSV writes a line for each line and total of the forecast, in single units and exact. An unknown figure is an empty cell.
func (f Forecast) WriteCSV(w io.Writer, form csvfile.Form) error {
	lines := [][]string{csvHeader}
	for _, g := range f.Groups {
		all := g.Lines
		if g.Total != nil {
			all = append([]Line{*g.Total}, all...)
		}
		for _, l := range all {
			likely := func(d decimal.Decimal) string {
				return csvfile.Figure(decimal.NullDecimal{Decimal: d, Valid: l.IsKnown()})
			}
			lines = append(lines, []string{
				f.Month().String(), csvfile.PlainCell(l.Product), csvfile.PlainCell(l.Name), csvfile.PlainCell(g.Measure.Noun), csvfile.PlainCell(g.Measure.Currency),
				csvfile.Figure(l.Used), likely(l.Low), likely(l.Expected), likely(l.High), csvfile.Figure(l.Before), string(l.Method), csvfile.PlainCell(l.Unknown),
			})
		}
	}
	return csvfile.Write(w, form, lines)
}
