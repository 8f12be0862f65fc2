package billing

import (
	"slices"

	"github.com/shopspring/decimal"
)

// WithProducts returns the bill with the product_id of every charge whose name is that of a usage type, if the rows show it. An
// invoice has groups and no product ids. If two products have a usage type of one name, the group's product is the one that
// the group's other charges have, or the one that used about as many units in the month, or the one that is left over. If none of
// that decides, the charge keeps its group and has both in MayBe.
func (b Bill) WithProducts(rows []Usage) Bill {
	m := newMatching(b, rows)
	b.Charges = slices.Clone(b.Charges)
	for i, c := range b.Charges {
		b.Charges[i].Product, b.Charges[i].MayBe = m.productOf(c.Name, c.Product)
	}
	b.Unread = slices.Clone(b.Unread)
	for i, u := range b.Unread {
		b.Unread[i].Product, b.Unread[i].MayBe = m.productOf(u.Name, u.Product)
	}
	return b
}

// matching finds the product of the charges of a name and a group.
type matching struct {
	products map[string][]string            // that have a usage type of a name, in order
	ofGroup  map[string][]string            // that a group's charges of names of one product have
	units    map[Metric]decimal.Decimal     // billed, by group and name
	used     map[Metric]decimal.NullDecimal // in the bill's month, by product and name
	groups   map[string][]string            // that have a charge of a name, in order
}

func newMatching(b Bill, rows []Usage) matching {
	m := matching{map[string][]string{}, map[string][]string{}, map[Metric]decimal.Decimal{}, map[Metric]decimal.NullDecimal{}, map[string][]string{}}
	for _, u := range rows {
		include(m.products, u.UsageType, u.Product)
		if u.Month == b.Month {
			sum := m.used[u.Metric()]
			Plus(&sum, u.Quantity)
			m.used[u.Metric()] = sum
		}
	}
	for _, c := range b.Charges {
		if products := m.products[c.Name]; len(products) == 1 {
			include(m.ofGroup, c.Product, products[0])
		}
		if c.Kind == ChargeUsage && c.Units.Valid {
			key := Metric{c.Product, c.Name}
			m.units[key] = m.units[key].Add(c.Units.Decimal)
			include(m.groups, c.Name, c.Product)
		}
	}
	return m
}

// include adds a value to those of a key, which stay in order.
func include(values map[string][]string, key, value string) {
	at, found := slices.BinarySearch(values[key], value)
	if !found {
		values[key] = slices.Insert(values[key], at, value)
	}
}

// productOf returns the product of a charge, or its group and the products that it may be of.
func (m matching) productOf(name, group string) (product string, mayBe []string) {
	products := m.products[name]
	switch len(products) {
	case 0:
		return group, nil
	case 1:
		return products[0], nil
	}
	if matched := m.matched(name, group); matched != "" {
		return matched, nil
	}
	var left []string
	for _, p := range products {
		if !slices.ContainsFunc(m.groups[name], func(other string) bool { return other != group && m.matched(name, other) == p }) {
			left = append(left, p)
		}
	}
	if len(left) == 1 && len(m.groups[name]) == len(products) {
		return left[0], nil
	}
	return group, products
}

// matched returns the product of a group's charges of a name that several products have; empty if nothing decides.
func (m matching) matched(name, group string) string {
	products := m.products[name]
	if slices.Contains(products, group) {
		return group
	}
	if of := m.ofGroup[group]; len(of) == 1 && slices.Contains(products, of[0]) {
		return of[0]
	}
	var near []string
	for _, p := range products {
		if m.isNear(name, group, p) {
			near = append(near, p)
		}
	}
	if len(near) != 1 || slices.ContainsFunc(m.groups[name], func(other string) bool { return other != group && m.isNear(name, other, near[0]) }) {
		return ""
	}
	return near[0]
}

// nearly is how far billed and counted units may be apart: an estimate is hours older than the rows.
var nearly = decimal.New(1, -1)

func (m matching) isNear(name, group, product string) bool {
	units, used := m.units[Metric{group, name}], m.used[Metric{product, name}]
	if !used.Valid || !units.IsPositive() {
		return false
	}
	return units.Sub(used.Decimal).Abs().LessThanOrEqual(decimal.Max(units, used.Decimal).Mul(nearly))
}
