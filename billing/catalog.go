package billing

import (
	"cmp"
	"slices"
	"strings"
)

// Catalog is what an account uses: the products and usage types that were seen in its rows, each list sorted.
type Catalog struct {
	Products []Product
	// First and Last are the earliest and the latest month seen; both are zero where there was no row.
	First, Last Month
}

// Product is one product_id and its usage types.
type Product struct {
	ID         string
	UsageTypes []UsageType
}

// UsageType is one usage type of a product, with the unit and the regions in which it was seen.
type UsageType struct {
	Name    string
	Unit    string
	Regions []string
}

// CatalogOf collects the catalog of rows, of any months.
func CatalogOf(rows []Usage) Catalog {
	type name struct{ product, usageType, region string }
	seen := map[name]bool{}
	var c Catalog
	var sorted []*Usage // one of each name, since there are as many as months
	for i := range rows {
		u := &rows[i]
		c.span(u.Month)
		if n := (name{u.Product, u.UsageType, u.Region}); !seen[n] {
			seen[n] = true
			sorted = append(sorted, u)
		}
	}
	slices.SortStableFunc(sorted, func(a, b *Usage) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.UsageType, b.UsageType), cmp.Compare(a.Region, b.Region))
	})
	for _, u := range sorted {
		c.add(u)
	}
	return c
}

// span takes in a month.
func (c *Catalog) span(m Month) {
	if c.First.IsZero() || m.Before(c.First) {
		c.First = m
	}
	if m.After(c.Last) {
		c.Last = m
	}
}

// add takes the next of the sorted rows.
func (c *Catalog) add(u *Usage) {
	if n := len(c.Products); n == 0 || c.Products[n-1].ID != u.Product {
		c.Products = append(c.Products, Product{ID: u.Product})
	}
	product := &c.Products[len(c.Products)-1]
	if n := len(product.UsageTypes); n == 0 || product.UsageTypes[n-1].Name != u.UsageType {
		product.UsageTypes = append(product.UsageTypes, UsageType{Name: u.UsageType, Unit: u.Unit})
	}
	usageType := &product.UsageTypes[len(product.UsageTypes)-1]
	if u.Region != "" && !slices.Contains(usageType.Regions, u.Region) {
		usageType.Regions = append(usageType.Regions, u.Region)
	}
}

// Product returns the product of that id, whatever its case; found is false where there is none.
func (c Catalog) Product(id string) (product Product, found bool) {
	for _, p := range c.Products {
		if strings.EqualFold(p.ID, id) {
			return p, true
		}
	}
	return Product{}, false
}

// ProductIDs returns every product_id.
func (c Catalog) ProductIDs() []string {
	ids := make([]string, 0, len(c.Products))
	for _, p := range c.Products {
		ids = append(ids, p.ID)
	}
	return ids
}

// UsageTypes returns the names of a product's usage types, or of all where product is empty, without repeats.
func (c Catalog) UsageTypes(product string) []string {
	var names []string
	for _, p := range c.Products {
		if product != "" && !strings.EqualFold(p.ID, product) {
			continue
		}
		for _, t := range p.UsageTypes {
			names = append(names, t.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
