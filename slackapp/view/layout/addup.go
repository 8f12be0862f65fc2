package layout

import (
	"github.com/shopspring/decimal"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// addUp adds up rows of one group. A figure of the sum is known if any row's is, its change only if every row's is.
func addUp(rows []report.Row) report.Row {
	all := report.Row{Figures: make([]decimal.NullDecimal, len(rows[0].Figures))}
	var before decimal.Decimal
	known := true
	for _, r := range rows {
		for i, f := range r.Figures {
			if f.Valid {
				billing.Plus(&all.Figures[i], f.Decimal)
			}
		}
		all.Sum = all.Sum.Add(r.Sum)
		if r.Share.Valid {
			billing.Plus(&all.Share, r.Share.Decimal)
		}
		all.Usage = all.Usage.And(r.Usage)
		if r.Earlier.Valid {
			billing.Plus(&all.Earlier, r.Earlier.Decimal)
		}
		if r.Later.Valid {
			billing.Plus(&all.Later, r.Later.Decimal)
		}
		was, ok := r.Before()
		before, known = before.Add(was), known && ok
	}
	if known && before.IsPositive() {
		all.Change = decimal.NewNullDecimal(all.Now().Decimal.Div(before).Sub(decimal.New(1, 0)))
	}
	return all
}
