package lookup

import (
	"cmp"
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

// ServiceNames reads the names of the services in the newest month that has usage, the largest service first.
func ServiceNames(ctx context.Context, usage billing.Reader, months billing.Range) ([]string, error) {
	reading, err := usage.Read(ctx, months.ToRead())
	if err != nil {
		return nil, fmt.Errorf("read the usage of %s: %w", months, err)
	}
	services, err := readNamed(ctx, usage, billing.One(billing.Newest(reading.Rows, months)), reading)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(services, func(a, b named) int {
		switch {
		case isLarger(a.most, b.most):
			return -1
		case isLarger(b.most, a.most):
			return 1
		}
		return 0
	})
	var names []string
	seen := map[string]bool{}
	for _, s := range services {
		if !seen[s.name] {
			names = append(names, s.name)
		}
		seen[s.name] = true
	}
	return names, nil
}

// named is a service, and its largest usage of one usage type.
type named struct {
	id, name string
	month    billing.Month // of the name
	most     billing.Usage
}

// readNamed reads the services that had usage in the months, by name. They are the rows of a question by service.
func readNamed(ctx context.Context, usage billing.Reader, months billing.Range, reading billing.Reading) ([]named, error) {
	queries := serviceQueries(report.Question{Months: months}, within(months, billing.WithNames(reading.Rows, reading.Unread)))
	var mu sync.Mutex
	byID := map[string]named{}
	err := readServices(ctx, usage, queries, func(page []billing.ServiceUsage) error {
		mu.Lock()
		defer mu.Unlock()
		for _, u := range page {
			key := cmp.Or(u.ServiceID, u.ServiceName)
			s, known := byID[key]
			if !known || !u.Month.Before(s.month) {
				s.id, s.name, s.month = u.ServiceID, u.ServiceName, u.Month
			}
			if used := (billing.Usage{Unit: u.Unit, Quantity: u.Quantity}); !known || isLarger(used, s.most) {
				s.most = used
			}
			byID[key] = s
		}
		return nil
	})
	services := slices.Collect(maps.Values(byID))
	slices.SortFunc(services, func(a, b named) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.id, b.id)) })
	return services, err
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
