package evaluate

import (
	"cmp"
	"slices"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Index finds the rows that a rule covers without trying every row for every rule. It has an order of its own, so that results
// do not depend on the order in which rows arrive.
type Index struct {
	products  []string
	byProduct map[string][]billing.Usage
	byMetric  map[billing.Metric][]billing.Usage
	scanned   map[rules.Match][]billing.Usage // what the globs seen so far cover
}

// NewIndex returns an index of the account's rows.
func NewIndex(rows []billing.Usage) *Index {
	x := &Index{
		byProduct: map[string][]billing.Usage{}, byMetric: map[billing.Metric][]billing.Usage{}, scanned: map[rules.Match][]billing.Usage{},
	}
	for _, row := range slices.SortedStableFunc(slices.Values(rows), byName) {
		if x.byProduct[row.Product] == nil {
			x.products = append(x.products, row.Product)
		}
		x.byProduct[row.Product] = append(x.byProduct[row.Product], row)
		x.byMetric[row.Metric()] = append(x.byMetric[row.Metric()], row)
	}
	return x
}

func byName(a, b billing.Usage) int {
	return cmp.Or(
		cmp.Compare(a.Product, b.Product), cmp.Compare(a.UsageType, b.UsageType), cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.Unit, b.Unit),
	)
}

// Covered returns the rows that the match covers, its service left aside.
func (x *Index) Covered(m rules.Match) []billing.Usage {
	m.Service = ""
	if m.IsExact() {
		return covered(m, x.byMetric[billing.Metric{Product: m.Product, UsageType: m.UsageType}])
	}
	rows, known := x.scanned[m]
	if !known {
		for _, product := range x.products {
			if billing.Glob(m.Product, product) {
				rows = append(rows, covered(m, x.byProduct[product])...)
			}
		}
		x.scanned[m] = rows
	}
	return rows
}

// SplitByRegion returns the first usage type for which the match covers only some of the regions.
func (x *Index) SplitByRegion(m rules.Match, covered []billing.Usage) (usageType string, split bool) {
	for _, row := range covered {
		for _, other := range x.byMetric[row.Metric()] {
			if !billing.Glob(m.Region, other.Region) {
				return row.UsageType, true
			}
		}
	}
	return "", false
}
