package layout

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing/report"
	"budgetbot/slackapp/view/phrase"
)

// withoutSums removes totals and shares of counts that several products have, which are not parts of one whole. If each row belongs to a product, the
// product with the most takes the place of the total.
func withoutSums(t report.Table) report.Table {
	if len(t.Apart) == 0 || phrase.IsApart(t) {
		return t
	}
	t.Groups = slices.Clone(t.Groups)
	for i := range t.Groups {
		g := &t.Groups[i]
		if t.AddsUp(g.Measure) {
			continue
		}
		g.Rows = slices.Clone(g.Rows)
		for r := range g.Rows {
			g.Rows[r].Share = decimal.NullDecimal{}
		}
		isWhole := g.Rest == nil && t.Question.Show != report.ShowChanges && !t.Question.By.IsOfParts()
		if isWhole && len(g.Rows) > 0 {
			g.Total = mainProduct(g.Rows)
		} else {
			g.Total = unknownLike(g.Total)
		}
		g.Rest = restOf(g.Rest, t)
	}
	return t
}

// restOf returns the row of the folded rows of a group that does not add up. It removes the figures if the folded rows may count different products. Services
// do not: each counts all of its products.
func restOf(rest *report.Row, t report.Table) *report.Row {
	if rest == nil {
		return nil
	}
	row := *rest
	row.Share = decimal.NullDecimal{}
	if !t.Question.By.IsOfServices() {
		row = unknownLike(row)
	}
	return &row
}

// unknownLike is a row without any figure.
func unknownLike(r report.Row) report.Row {
	return report.Row{Name: r.Name, Figures: make([]decimal.NullDecimal, len(r.Figures))}
}

// mainProduct adds up the rows of the product with the largest sum.
func mainProduct(rows []report.Row) report.Row {
	of := map[string]decimal.Decimal{}
	for _, r := range rows {
		of[r.Product] = of[r.Product].Add(r.Sum)
	}
	main := slices.MaxFunc(rows, func(a, b report.Row) int { return of[a.Product].Cmp(of[b.Product]) }).Product
	all := addUp(slices.DeleteFunc(slices.Clone(rows), func(r report.Row) bool { return r.Product != main }))
	all.Name, all.Product = phrase.NameCell(main), main
	return all
}

// Biggest returns the row with the largest share.
func Biggest(rows []report.Row) report.Row {
	return slices.MaxFunc(rows, func(a, b report.Row) int { return a.Share.Decimal.Cmp(b.Share.Decimal) })
}
