package report

import (
	"slices"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// counts are the nouns that each product counts in its own way.
var counts = []string{billing.NounRequests, billing.NounOperations, billing.NounUnits}

// AddsUp reports whether the rows of a measure are parts of one whole.
func (t Table) AddsUp(m billing.Measure) bool { return !slices.Contains(t.Apart, m.Noun) }

// clearRests removes the figures from the row of the other rows if these may count different products. Services are no such rows: each counts all
// of its products.
func (t *Table) clearRests() {
	for i := range t.Groups {
		if g := &t.Groups[i]; g.Rest != nil && !t.AddsUp(g.Measure) && !t.Question.By.IsOfServices() {
			g.Rest = &Row{Name: g.Rest.Name, Figures: make([]decimal.NullDecimal, len(g.Rest.Figures))}
		}
	}
}

// Counters finds the nouns that more than one product counts.
type Counters struct {
	first   map[string]string // the first product seen that counts the noun
	several []string          // the nouns that a second product counts
}

// See notes that the product counts the noun.
func (c *Counters) See(noun, product string) {
	if c.first == nil {
		c.first = map[string]string{}
	}
	first, seen := c.first[noun]
	switch {
	case !seen:
		c.first[noun] = product
	case first != product && !slices.Contains(c.several, noun):
		c.several = append(c.several, noun)
	}
}

// Apart returns the nouns that several products count, each in its own way.
func (c *Counters) Apart() []string {
	var apart []string
	for _, noun := range counts {
		if slices.Contains(c.several, noun) {
			apart = append(apart, noun)
		}
	}
	return apart
}

// apart returns Table.Apart. A usage type belongs to one product; a region, service or team may use every product of the account.
func (b *tabulation) apart(rows []billing.Usage) []string {
	var seen Counters
	switch {
	case b.question.Cost:
	case b.question.By.IsOfParts():
		b.seeProducts(rows, &seen)
	default:
		for _, m := range b.groups.of {
			for key := range m.sums.Lines() {
				seen.See(m.measure.Noun, key.product)
			}
		}
	}
	return seen.Apart()
}

// seeProducts notes the product of each usage type that the question is about.
func (b *tabulation) seeProducts(rows []billing.Usage, seen *Counters) {
	inView, known := b.question.inView(), map[billing.Metric]bool{}
	for i := range rows {
		u := &rows[i]
		if metric := u.Metric(); !known[metric] && inView.Contains(u.Month) && b.question.Wants(*u) {
			known[metric] = true
			seen.See(u.Measure().Noun, u.Product)
		}
	}
}
