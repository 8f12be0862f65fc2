package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// Thing is something on the bill that is new, or that has vanished from it.
type Thing struct {
	Subject rules.Subject `json:"subject"`
	Product string        `json:"product"`
	Name    string        `json:"name"`         // of a usage type or a service; of a product its id
	ID      string        `json:"id,omitempty"` // of a service
	// Share is how much of its product it makes, of the same unit, or made at least in each of the months before; 1 of a product.
	Share decimal.Decimal `json:"share"`
	// Back tells that what had vanished is used again.
	Back bool `json:"back,omitempty"`
}

// key tells things apart within a rule.
func (t Thing) key() string { return string(t.Subject) + "|" + t.Product + "|" + cmp.Or(t.ID, t.Name) }

// Sight is what a message about things tells of the rule and of its figures.
type Sight struct {
	Title     string         `json:"title"`
	AtLeast   rules.Level    `json:"at_least,omitempty"` // the rule's floor
	Owners    []rules.Person `json:"owners,omitempty"`
	CountedTo time.Time      `json:"counted_to"`
	ReadAt    time.Time      `json:"read_at"`
}

// Search is what became of looking for things that are new or have vanished.
type Search struct {
	Unknown string `json:"unknown,omitempty"` // why it cannot be told, for a person; empty where it can
}

const (
	// newMonths is for how many months before something must not have been used to be new.
	newMonths = 6
	// goneMonths is in how many months before something must have been used to have vanished.
	goneMonths = 3
)

// ledgerOf is what was used of everything in one month, as billed.
type ledgerOf struct {
	used  map[billing.Metric]decimal.Decimal
	total map[productUnit]decimal.Decimal
	unit  map[billing.Metric]string
}

type productUnit struct{ product, unit string }

// ledgersOf adds up the rows of each month that count for the rule. What is zero is not used.
func ledgersOf(match rules.Match, rows []billing.Usage) map[billing.Month]ledgerOf {
	months := map[billing.Month]ledgerOf{}
	for _, row := range rows {
		month, found := months[row.Month]
		if !found {
			month = ledgerOf{map[billing.Metric]decimal.Decimal{}, map[productUnit]decimal.Decimal{}, map[billing.Metric]string{}}
			months[row.Month] = month
		}
		unit := productUnit{row.Product, row.Unit}
		month.total[unit] = month.total[unit].Add(row.Quantity)
		if match.Covers(row) && row.Quantity.IsPositive() {
			month.used[row.Metric()] = month.used[row.Metric()].Add(row.Quantity)
			month.unit[row.Metric()] = row.Unit
		}
	}
	return months
}

// share is how much of its product the metric makes.
func (l ledgerOf) share(m billing.Metric) decimal.Decimal {
	total := l.total[productUnit{m.Product, l.unit[m]}]
	if !total.IsPositive() {
		return decimal.Decimal{}
	}
	return exactly(l.used[m].Div(total))
}

func (l ledgerOf) products() map[string]bool {
	products := map[string]bool{}
	for m := range l.used {
		products[m.Product] = true
	}
	return products
}

// found is what a check finds of a rule with new or vanished.
type found struct {
	things  []Thing // the largest first
	unknown string  // why they cannot be told, for a person
}

// findNew returns what is used in the month and was not in the six before.
func findNew(rule *rules.Rule, month billing.Month, rows []billing.Usage) found {
	months := ledgersOf(rule.Match, rows)
	before, products, history := map[billing.Metric]bool{}, map[string]bool{}, false
	for m, l := range months {
		if !m.Before(month) || month.Since(m) > newMonths {
			continue
		}
		history = history || len(l.total) > 0
		for metric := range l.used {
			before[metric], products[metric.Product] = true, true
		}
	}
	if !history {
		return found{unknown: fmt.Sprintf("Fastly lists nothing before %s, so that all of it is new", month)}
	}
	now := months[month]
	var f found
	f.ofProducts(rule, now.products(), products)
	for metric := range now.used {
		covered := slices.Contains(rule.Of, rules.SubjectProduct) && !products[metric.Product] // its product is named
		if slices.Contains(rule.Of, rules.SubjectUsageType) && !before[metric] && !covered {
			f.add(rule, Thing{Subject: rules.SubjectUsageType, Product: metric.Product, Name: metric.UsageType, Share: now.share(metric)})
		}
	}
	return f.sorted()
}

// findVanished returns what was used in each of the three months before and is not in this one, from the third complete day on.
func findVanished(rule *rules.Rule, month billing.Month, rows []billing.Usage) found {
	months := ledgersOf(rule.Match, rows)
	var current []billing.Usage
	for _, row := range rows {
		if row.Month == month {
			current = append(current, row)
		}
	}
	if newestOf(current).Sub(month.Start()) < youngDays*24*time.Hour {
		return found{unknown: fmt.Sprintf("too early to tell: it is looked for from %d complete days on", youngDays)}
	}
	for n := range goneMonths {
		if len(months[month.Add(-n-1)].total) == 0 {
			return found{unknown: fmt.Sprintf("Fastly lists nothing in %s, and %d months are needed", month.Add(-n-1), goneMonths)}
		}
	}
	return vanished(rule, month, months)
}

func vanished(rule *rules.Rule, month billing.Month, months map[billing.Month]ledgerOf) found {
	now, last := months[month], months[month.Add(-1)]
	products, steady, gone := now.products(), 0, []billing.Metric{}
	lost := map[string]bool{}
	for metric := range last.used {
		if !isSteady(metric, month, months) {
			continue
		}
		steady++
		lost[metric.Product] = true
		if _, used := now.used[metric]; !used {
			gone = append(gone, metric)
		}
	}
	if 2*len(gone) > steady && len(gone) > 1 {
		return found{unknown: fmt.Sprintf("%d of %d usage types are not listed in %s: what Fastly tells may not be whole", len(gone), steady, month)}
	}
	var f found
	f.ofProducts(rule, lost, products)
	for _, metric := range gone {
		covered := slices.Contains(rule.Of, rules.SubjectProduct) && !products[metric.Product]
		if slices.Contains(rule.Of, rules.SubjectUsageType) && !covered {
			f.add(rule, Thing{Subject: rules.SubjectUsageType, Product: metric.Product, Name: metric.UsageType, Share: leastShare(metric, month, months)})
		}
	}
	return f.sorted()
}

// isSteady reports whether the metric was used in each of the months before.
func isSteady(m billing.Metric, month billing.Month, months map[billing.Month]ledgerOf) bool {
	for n := range goneMonths {
		if _, used := months[month.Add(-n-1)].used[m]; !used {
			return false
		}
	}
	return true
}

// leastShare is the smallest share that it made in the months before.
func leastShare(m billing.Metric, month billing.Month, months map[billing.Month]ledgerOf) decimal.Decimal {
	least := decimal.New(1, 0)
	for n := range goneMonths {
		least = decimal.Min(least, months[month.Add(-n-1)].share(m))
	}
	return least
}

// ofProducts adds the products of one side that are not on the other, where the rule asks for products.
func (f *found) ofProducts(rule *rules.Rule, one, other map[string]bool) {
	if !slices.Contains(rule.Of, rules.SubjectProduct) {
		return
	}
	for product := range one {
		if !other[product] {
			f.add(rule, Thing{Subject: rules.SubjectProduct, Product: product, Name: product, Share: decimal.New(1, 0)})
		}
	}
}

// add leaves out what makes less of its product than the rule's floor.
func (f *found) add(rule *rules.Rule, t Thing) {
	if t.Share.GreaterThanOrEqual(decimal.New(int64(rule.AtLeast), -2)) {
		f.things = append(f.things, t)
	}
}

// and adds what was found otherwise. What of the two cannot be told is said, what can be is found all the same.
func (f found) and(other found) found {
	f.things, f.unknown = append(f.things, other.things...), cmp.Or(f.unknown, other.unknown)
	return f.sorted()
}

func (f *found) sorted() found {
	slices.SortFunc(f.things, LargerThing)
	return *f
}

// LargerThing sorts things by their share, the largest first.
func LargerThing(a, b Thing) int {
	return cmp.Or(b.Share.Cmp(a.Share), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Name, b.Name))
}
