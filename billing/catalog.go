package billing

import (
	"maps"
	"slices"
	"strings"
)

// Catalog is what an account uses: the products, usage types and regions that were seen in its rows, each list sorted.
type Catalog struct {
	Products []Product
	Regions  []string
	// First and Last are the earliest and the latest month seen; both are zero if there was no row.
	First, Last Month
}

// Product is one product_id and the names of its usage types.
type Product struct {
	ID         string
	UsageTypes []string
	// OfFees means that it is an invoice's group in which nothing is used, and UsageTypes are its fees.
	OfFees bool
}

// CatalogOf collects the catalog of rows, of any months.
func CatalogOf(rows []Usage) Catalog {
	var c Catalog
	types, regions := map[string][]string{}, map[string]bool{}
	for _, u := range rows {
		if c.First.IsZero() || u.Month.Before(c.First) {
			c.First = u.Month
		}
		if u.Month.After(c.Last) {
			c.Last = u.Month
		}
		include(types, u.Product, u.UsageType)
		regions[u.Region] = true
	}
	delete(regions, "")
	c.Regions = slices.Sorted(maps.Keys(regions))
	for _, id := range slices.Sorted(maps.Keys(types)) {
		c.Products = append(c.Products, Product{ID: id, UsageTypes: types[id]})
	}
	return c
}

// And returns the names of both catalogs, each once.
func (c Catalog) And(other Catalog) Catalog {
	if len(c.Products) == 0 || len(other.Products) == 0 {
		if len(c.Products) == 0 {
			return other
		}
		return c
	}
	both := Catalog{
		Regions: slices.Compact(slices.Sorted(slices.Values(slices.Concat(c.Regions, other.Regions)))), First: c.First, Last: c.Last,
	}
	if other.First.Before(both.First) {
		both.First = other.First
	}
	if other.Last.After(both.Last) {
		both.Last = other.Last
	}
	types, used := map[string][]string{}, map[string]bool{}
	for _, p := range slices.Concat(c.Products, other.Products) {
		used[p.ID] = used[p.ID] || !p.OfFees
		for _, t := range p.UsageTypes {
			include(types, p.ID, t)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(types)) {
		both.Products = append(both.Products, Product{ID: id, UsageTypes: types[id], OfFees: !used[id]})
	}
	return both
}

// ProductIDs returns every product_id.
func (c Catalog) ProductIDs() []string {
	ids := make([]string, 0, len(c.Products))
	for _, p := range c.Products {
		ids = append(ids, p.ID)
	}
	return ids
}

// UsedProducts returns every product_id but the groups of fees, whose names say nothing to people.
func (c Catalog) UsedProducts() []string {
	var ids []string
	for _, p := range c.Products {
		if !p.OfFees {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// UsageTypes returns the names of a product's usage types, or of all if product is empty, without repeats.
func (c Catalog) UsageTypes(product string) []string {
	var names []string
	for _, p := range c.Products {
		if product != "" && !strings.EqualFold(p.ID, product) {
			continue
		}
		names = append(names, p.UsageTypes...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
