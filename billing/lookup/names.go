package lookup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Catalog reads the names that had usage in the months of a question, and for a question about cost the names on the bills. The error is
// report.ErrNoNames if there are none.
func Catalog(ctx context.Context, usage billing.Reader, bills billing.BillReader, asked billing.Range, cost bool, now time.Time) (billing.Catalog, error) {
	months := asked.ToRead()
	reading, err := usage.Read(ctx, months)
	if err != nil {
		return billing.Catalog{}, fmt.Errorf("read the names of %s: %w", asked, err)
	}
	catalog := reading.Catalog
	if cost && bills != nil {
		rows := billing.WithNames(reading.Rows, reading.Unread)
		names, used := charged(ctx, bills, months, rows, now)
		catalog = billing.CatalogOf(slices.Concat(rows, names))
		for i, p := range catalog.Products {
			catalog.Products[i].OfFees = !used[p.ID] && !slices.ContainsFunc(rows, func(u billing.Usage) bool { return u.Product == p.ID })
		}
	}
	if len(catalog.Products) == 0 {
		return billing.Catalog{}, report.ErrNoNames
	}
	if first := asked.First; catalog.First.Before(first) && !catalog.Last.Before(first) {
		catalog.First = first // the month before was read to compare with, and nobody asked for it
	}
	return catalog, nil
}

// ServiceNames reads the names of the services that used each product's largest usage type, in the newest month that has usage,
// the largest service first.
func ServiceNames(ctx context.Context, usage billing.Reader, months billing.Range) ([]string, error) {
	reading, err := usage.Read(ctx, months.ToRead())
	if err != nil {
		return nil, fmt.Errorf("read the usage of %s: %w", months, err)
	}
	newest := billing.Newest(reading.Rows, months)
	largest := map[string]billing.Usage{}
	for _, u := range reading.Rows {
		if u.Month == newest && isLarger(u, largest[u.Product]) {
			largest[u.Product] = u
		}
	}
	var queries []billing.ServiceQuery
	for _, u := range largest {
		queries = append(queries, u.Metric().In(newest))
	}
	var mu sync.Mutex
	sizes := map[string]billing.Usage{}
	err = readServices(ctx, usage, queries, func(page []billing.ServiceUsage) error {
		mu.Lock()
		defer mu.Unlock()
		for _, u := range page {
			used := billing.Usage{Unit: u.Unit, Quantity: u.Quantity}
			if before, known := sizes[u.ServiceName]; !known || isLarger(used, before) {
				sizes[u.ServiceName] = used
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names := slices.Sorted(maps.Keys(sizes))
	slices.SortStableFunc(names, func(a, b string) int {
		switch {
		case isLarger(sizes[a], sizes[b]):
			return -1
		case isLarger(sizes[b], sizes[a]):
			return 1
		}
		return 0
	})
	return names, nil
}

// isLarger compares usage: that in bytes is larger than any other.
func isLarger(a, b billing.Usage) bool {
	if bytes := a.Unit == billing.UnitGB; bytes != (b.Unit == billing.UnitGB) {
		return bytes || b.Unit == ""
	}
	return a.Quantity.GreaterThan(b.Quantity)
}

// charged returns the names of the charges as if they were usage, and the products whose usage was charged. It skips bills that cannot be read: the
// answer reports these.
func charged(ctx context.Context, bills billing.BillReader, months billing.Range, rows []billing.Usage, now time.Time) (names []billing.Usage, used map[string]bool) {
	reading, err := bills.ReadBills(ctx, months, now)
	if err != nil {
		return nil, nil
	}
	used = map[string]bool{}
	for _, bill := range reading.Bills {
		for _, c := range bill.WithProducts(rows).Charges {
			if c.Product != "" {
				names = append(names, billing.Usage{Month: bill.Month, Product: c.Product, UsageType: c.Name, Region: c.Region})
				used[c.Product] = used[c.Product] || c.Kind == billing.ChargeUsage
			}
		}
	}
	return names, used
}
