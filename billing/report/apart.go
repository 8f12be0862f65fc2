package report

import (
	"slices"

	"budgetbot/billing"
)

// counts are the nouns that each product counts in its own way.
var counts = []string{billing.NounRequests, billing.NounOperations, billing.NounUnits}

// AddsUp reports whether the rows of a measure are parts of one whole.
func (t Table) AddsUp(m billing.Measure) bool { return !slices.Contains(t.Apart, m.Noun) }

// apart returns Table.Apart. A row by usage type has its product; one by region, service or team has none, and may be of every product that the account used.
func (b *tabulation) apart(rows []billing.Usage) []string {
	if b.question.Cost {
		return nil
	}
	products := map[string]string{} // the first product of each noun
	var several []string
	see := func(noun, product string) {
		first, seen := products[noun]
		switch {
		case !seen:
			products[noun] = product
		case first != product && !slices.Contains(several, noun) && slices.Contains(counts, noun):
			several = append(several, noun)
		}
	}
	if b.question.By.IsOfParts() {
		b.seeProducts(rows, see)
	} else {
		for _, m := range b.groups.of {
			for key := range m.sums.Lines() {
				see(m.measure.Noun, key.product)
			}
		}
	}
	slices.SortFunc(several, func(a, b string) int { return slices.Index(counts, a) - slices.Index(counts, b) })
	return several
}

// seeProducts calls see for each usage type that the question wants.
func (b *tabulation) seeProducts(rows []billing.Usage, see func(noun, product string)) {
	inView, known := b.question.inView(), map[billing.Metric]bool{}
	for i := range rows {
		u := &rows[i]
		if metric := u.Metric(); !known[metric] && inView.Contains(u.Month) && b.question.Wants(*u) {
			known[metric] = true
			see(u.Measure().Noun, u.Product)
		}
	}
}
