package evaluate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

const (
	// NewMonths is for how many earlier months an item must have been unused to be new.
	NewMonths = 6
	// goneMonths is in how many earlier months an item must have been used to have vanished.
	goneMonths = 3
)

// LedgerOf is what the account used in one month, as billed.
type LedgerOf struct {
	Used  map[billing.Metric]decimal.Decimal
	Total map[ProductUnit]decimal.Decimal
	unit  map[billing.Metric]string
}

// ProductUnit is a product's usage in one unit: unlike units are never added.
type ProductUnit struct{ Product, Unit string }

// LedgersOf adds up the rows of each month that count for the rule. Rows of zero are not used.
func LedgersOf(match rules.Match, rows []billing.Usage) map[billing.Month]LedgerOf {
	months := map[billing.Month]LedgerOf{}
	for _, row := range rows {
		month, found := months[row.Month]
		if !found {
			month = LedgerOf{map[billing.Metric]decimal.Decimal{}, map[ProductUnit]decimal.Decimal{}, map[billing.Metric]string{}}
			months[row.Month] = month
		}
		unit := ProductUnit{row.Product, row.Unit}
		month.Total[unit] = month.Total[unit].Add(row.Quantity)
		if match.Covers(row) && row.Quantity.IsPositive() {
			month.Used[row.Metric()] = month.Used[row.Metric()].Add(row.Quantity)
			month.unit[row.Metric()] = row.Unit
		}
	}
	return months
}

// share is the metric's part of its product.
func (l LedgerOf) share(m billing.Metric) decimal.Decimal {
	total := l.Total[ProductUnit{m.Product, l.unit[m]}]
	if !total.IsPositive() {
		return decimal.Decimal{}
	}
	return Exactly(l.Used[m].Div(total))
}

// Products are those with any usage.
func (l LedgerOf) Products() map[string]bool {
	products := map[string]bool{}
	for m := range l.Used {
		products[m.Product] = true
	}
	return products
}

// Found is what a check finds for a rule with new or vanished.
type Found struct {
	Items   []alerts.Item // the largest first
	Unknown string        // why the items are unknown, for a person
}

// FindNew returns what is used in the month and was not used in the six months before.
func FindNew(rule *rules.Rule, month billing.Month, rows []billing.Usage) Found {
	months := LedgersOf(rule.Match, rows)
	before, products, history := map[billing.Metric]bool{}, map[string]bool{}, false
	for m, l := range months {
		if !m.Before(month) || month.Since(m) > NewMonths {
			continue
		}
		history = history || len(l.Total) > 0
		for metric := range l.Used {
			before[metric], products[metric.Product] = true, true
		}
	}
	if !history {
		return Found{Unknown: fmt.Sprintf("Fastly lists nothing before %s, so everything would be new", month)}
	}
	now := months[month]
	var f Found
	f.ofProducts(rule, now.Products(), products)
	for metric := range now.Used {
		covered := slices.Contains(rule.Of, rules.SubjectProduct) && !products[metric.Product] // its product is named
		if slices.Contains(rule.Of, rules.SubjectUsageType) && !before[metric] && !covered {
			f.add(rule, alerts.Item{Subject: rules.SubjectUsageType, Product: metric.Product, Name: metric.UsageType, Share: now.share(metric)})
		}
	}
	return f.sorted()
}

// FindVanished returns what was used in each of the three months before and is not used in this one, from the third complete day on.
func FindVanished(rule *rules.Rule, month billing.Month, rows []billing.Usage) Found {
	months := LedgersOf(rule.Match, rows)
	var current []billing.Usage
	for _, row := range rows {
		if row.Month == month {
			current = append(current, row)
		}
	}
	if NewestOf(current).Sub(month.Start()) < youngDays*24*time.Hour {
		return Found{Unknown: fmt.Sprintf("too early to tell: I look for it after %d complete days", youngDays)}
	}
	for n := range goneMonths {
		if len(months[month.Add(-n-1)].Total) == 0 {
			return Found{Unknown: fmt.Sprintf("Fastly lists nothing in %s, and I need %d months of history", month.Add(-n-1), goneMonths)}
		}
	}
	return vanished(rule, month, months)
}

func vanished(rule *rules.Rule, month billing.Month, months map[billing.Month]LedgerOf) Found {
	now, last := months[month], months[month.Add(-1)]
	products, steady, gone := now.Products(), 0, []billing.Metric{}
	lost := map[string]bool{}
	for metric := range last.Used {
		if !isSteady(metric, month, months) {
			continue
		}
		steady++
		lost[metric.Product] = true
		if _, used := now.Used[metric]; !used {
			gone = append(gone, metric)
		}
	}
	if 2*len(gone) > steady && len(gone) > 1 {
		return Found{Unknown: fmt.Sprintf("%d of %d usage types are missing in %s, so Fastly's data may be incomplete", len(gone), steady, month)}
	}
	var f Found
	f.ofProducts(rule, lost, products)
	for _, metric := range gone {
		covered := slices.Contains(rule.Of, rules.SubjectProduct) && !products[metric.Product]
		if slices.Contains(rule.Of, rules.SubjectUsageType) && !covered {
			f.add(rule, alerts.Item{Subject: rules.SubjectUsageType, Product: metric.Product, Name: metric.UsageType, Share: leastShare(metric, month, months)})
		}
	}
	return f.sorted()
}

// isSteady reports whether the metric was used in each of the months before.
func isSteady(m billing.Metric, month billing.Month, months map[billing.Month]LedgerOf) bool {
	for n := range goneMonths {
		if _, used := months[month.Add(-n-1)].Used[m]; !used {
			return false
		}
	}
	return true
}

// leastShare is the metric's smallest share of its product in the months before.
func leastShare(m billing.Metric, month billing.Month, months map[billing.Month]LedgerOf) decimal.Decimal {
	least := decimal.New(1, 0)
	for n := range goneMonths {
		least = decimal.Min(least, months[month.Add(-n-1)].share(m))
	}
	return least
}

// ofProducts adds the products of one side that are not on the other, where the rule asks for products.
func (f *Found) ofProducts(rule *rules.Rule, one, other map[string]bool) {
	if !slices.Contains(rule.Of, rules.SubjectProduct) {
		return
	}
	for product := range one {
		if !other[product] {
			f.add(rule, alerts.Item{Subject: rules.SubjectProduct, Product: product, Name: product, Share: decimal.New(1, 0)})
		}
	}
}

// add adds an item unless its share of its product is below the rule's floor.
func (f *Found) add(rule *rules.Rule, t alerts.Item) {
	if t.Share.GreaterThanOrEqual(decimal.New(int64(rule.AtLeast), -2)) {
		f.Items = append(f.Items, t)
	}
}

// And merges two searches. Items found by either are kept, and where either failed its reason is kept too.
func (f Found) And(other Found) Found {
	f.Items, f.Unknown = append(f.Items, other.Items...), cmp.Or(f.Unknown, other.Unknown)
	return f.sorted()
}

func (f *Found) sorted() Found {
	slices.SortFunc(f.Items, alerts.LargerItem)
	return *f
}
