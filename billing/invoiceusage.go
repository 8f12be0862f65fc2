package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoServices is that service-level usage cannot be had for an account whose usage is read from invoices, since Fastly's server is
// of the revision that wants a product_id.
var ErrNoServices = errors.New("Fastly tells services only by product id, which invoices do not carry")

// ServiceReader is a consumer contract. It models Client.ServicesOf.
type ServiceReader interface {
	ServicesOf(ctx context.Context, month Month, page func([]ServiceUsage) error) error
}

// InvoiceUsage is usage as the bills count it, for an account that gets invoices and has no usage rows: Fastly tells usage in one of
// these ways only. Products are the invoice's groups, such as Full Site Delivery, and there are no raw quantities. A month that is
// neither invoiced nor estimated has no rows. It may be used by many goroutines.
type InvoiceUsage struct {
	bills BillReader
	now   func() time.Time
	// What checks read is apart: a check that joined the read of a question would wait for the calls of questions.
	services, checked *monthly[ServiceUsage]
}

var _ Source = (*InvoiceUsage)(nil)

// keepServices is how long the services of a month stay good: a question asks for them once for every usage type.
const keepServices = time.Minute

// NewInvoiceUsage returns usage that is read from the bills, and by service from services. now is business time; nil is time.Now.
// Close it in the end.
func NewInvoiceUsage(bills BillReader, services ServiceReader, now func() time.Time) *InvoiceUsage {
	times := CacheConfig{Now: now}.withDefaults()
	times.Patience = times.Timeout
	held := monthlyConfig[ServiceUsage]{
		what: "services", times: times, most: times.MaxServiceRows, weight: single[ServiceUsage],
		keep:  func(Month, time.Time, []ServiceUsage) time.Duration { return keepServices },
		month: func(u ServiceUsage) Month { return u.Month },
		read: func(ctx context.Context, months Range) (rows []ServiceUsage, err error) {
			for _, m := range months.Months() {
				if rows, err = appendServices(ctx, rows, services, m); err != nil {
					return nil, err
				}
			}
			return rows, nil
		},
	}
	return &InvoiceUsage{bills: bills, now: times.Now, services: newMonthly(held), checked: newMonthly(held)}
}

// Close ends the reads under way and waits for them.
func (u *InvoiceUsage) Close() {
	u.services.close()
	u.checked.close()
}

// Usage is Source.Usage.
func (u *InvoiceUsage) Usage(ctx context.Context, months Range) ([]Usage, error) {
	reading, err := u.bills.ReadBills(ctx, months, u.now())
	if errors.Is(err, ErrNoEstimate) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []Usage
	for _, bill := range reading.Bills {
		rows = append(rows, bill.Usage()...)
		rows = append(rows, bill.unreadUsage()...)
	}
	return rows, nil
}

// unreadUsage are the lines of the bill that cannot be read, as rows that were set aside; of a bill that is unknown one that may be of
// anything.
func (b Bill) unreadUsage() []Usage {
	if b.Unknown != "" {
		return []Usage{{Month: b.Month, Unread: clean(fmt.Sprintf("the invoices of %s cannot be read: %s", b.Month, b.Unknown))}}
	}
	var rows []Usage
	for _, u := range b.Unread {
		rows = append(rows, Usage{
			Month: b.Month, Product: cmp.Or(u.Product, u.Name), UsageType: u.Name, Region: u.Region, Unread: clean(u.Describe()),
		})
	}
	return distinctUnread(rows)
}

// Usage returns what the bill counts, as rows: the lines of one usage type, such as the tiers of its price, are one row.
func (b Bill) Usage() []Usage {
	var rows []Usage
	at := map[identity]int{}
	for _, c := range b.Charges {
		if c.Kind != ChargeUsage || !c.Units.Valid {
			continue
		}
		row := Usage{
			Month: b.Month, Product: cmp.Or(c.Product, c.Name), UsageType: c.Name, Region: c.Region,
			Unit:     cmp.Or(measureIn(c), strings.ToLower(c.What), unitPlain),
			Quantity: c.Units.Decimal, CountedTo: b.countedTo(),
		}
		id := identity{row.Month, row.Metric(), row.Region, row.Unit}
		if i, seen := at[id]; seen {
			rows[i].Quantity = rows[i].Quantity.Add(row.Quantity)
			continue
		}
		at[id] = len(rows)
		rows = append(rows, row)
	}
	return rows
}

// ServiceUsage is Source.ServiceUsage. The services of a month are read once for all its usage types, and held for a minute.
func (u *InvoiceUsage) ServiceUsage(ctx context.Context, query ServiceQuery, page func([]ServiceUsage) error) error {
	services := u.services
	if isForCheck(ctx) {
		services = u.checked
	}
	parts, err := services.plan(ctx, One(query.Month))
	if err != nil {
		return err
	}
	if err := waitFor(ctx, services.times.Patience, parts); err != nil {
		return err
	}
	rows, _, stale, err := parts[0].result()
	if err = cmp.Or(err, stale); err != nil {
		if errors.Is(err, ErrBadRequest) {
			return fmt.Errorf("%w: %s", ErrNoServices, err.Error())
		}
		return err
	}
	return page(ofType(rows, query))
}

// ofType returns the rows of one usage type, under the names by which it was asked for.
func ofType(rows []ServiceUsage, query ServiceQuery) []ServiceUsage {
	same := map[string]bool{} // of the few names among many rows
	var found []ServiceUsage
	for _, row := range rows {
		wanted, known := same[row.UsageType]
		if !known {
			wanted = sameName(row.UsageType, query.UsageType)
			same[row.UsageType] = wanted
		}
		if wanted {
			row.Product, row.UsageType = query.Product, query.UsageType
			found = append(found, row)
		}
	}
	return found
}

// appendServices adds what every service used in a month, up to as many rows as an answer may hold.
func appendServices(ctx context.Context, rows []ServiceUsage, services ServiceReader, month Month) ([]ServiceUsage, error) {
	err := services.ServicesOf(ctx, month, func(page []ServiceUsage) error {
		if rows = append(rows, page...); len(rows) > maxServices {
			return fmt.Errorf("more than %d services and usage types: %w", maxServices, ErrTooWide)
		}
		return nil
	})
	return rows, err
}
