package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"budgetbot/billing"
)

// InvoiceUsage is usage as the bills count it, for an account with invoices and without usage rows: Fastly gives an account only one of the
// two. Products are the invoice's groups, such as Full Site Delivery, and rows have no raw quantities. A month without invoice and estimate
// has no rows. It may be used by many goroutines.
type InvoiceUsage struct {
	bills billing.BillReader
	now   func() time.Time
	// Checks have reads of their own: a check that joined the read of a question would wait for the calls of questions.
	services, checked *monthly[billing.ServiceUsage]
}

var _ billing.Source = (*InvoiceUsage)(nil)

// keepServices is how long the services of a month are cached: a question asks for them once for every usage type.
const keepServices = time.Minute

// NewInvoiceUsage returns usage that is read from the bills, and by service from services. now is business time. Close it in the end.
func NewInvoiceUsage(bills billing.BillReader, services billing.ServiceReader, now func() time.Time) *InvoiceUsage {
	held := monthlyConfig[billing.ServiceUsage]{
		what: "services", now: now, most: maxServiceRows, weight: single[billing.ServiceUsage],
		openFor: openFor,
		keep:    func(billing.Month, time.Time, []billing.ServiceUsage) time.Duration { return keepServices },
		month:   func(u billing.ServiceUsage) billing.Month { return u.Month },
		read: func(ctx context.Context, months billing.Range) ([]billing.ServiceUsage, error) {
			return readServices(ctx, services, months.First) // ServiceUsage asks for one month at a time
		},
	}
	return &InvoiceUsage{bills: bills, now: now, services: newMonthly(held), checked: newMonthly(held)}
}

// Close ends the reads under way and waits for them.
func (u *InvoiceUsage) Close() {
	u.services.close()
	u.checked.close()
}

// Usage is Source.Usage.
func (u *InvoiceUsage) Usage(ctx context.Context, months billing.Range) ([]billing.Usage, error) {
	reading, err := u.bills.ReadBills(ctx, months, u.now())
	if errors.Is(err, billing.ErrNoEstimate) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []billing.Usage
	for _, bill := range reading.Bills {
		rows = append(rows, bill.Usage()...)
		rows = append(rows, unreadUsage(bill)...)
	}
	return rows, nil
}

// unreadUsage returns the unreadable lines of the bill as rows without figures. An unknown bill gives one row that may be of any usage type.
func unreadUsage(b billing.Bill) []billing.Usage {
	if b.Unknown != "" {
		return []billing.Usage{{Month: b.Month, Unread: billing.Clean(fmt.Sprintf("the invoices of %s cannot be read: %s", b.Month, b.Unknown))}}
	}
	var rows []billing.Usage
	for _, u := range b.Unread {
		rows = append(rows, billing.Usage{
			Month: b.Month, Product: cmp.Or(u.Product, u.Name), UsageType: u.Name, Region: u.Region, Unread: billing.Clean(u.Describe()),
		})
	}
	return billing.DistinctUnread(rows)
}

// ServiceUsage is Source.ServiceUsage. It reads the services of a month once for all usage types and caches them for a minute.
func (u *InvoiceUsage) ServiceUsage(ctx context.Context, query billing.ServiceQuery, page func([]billing.ServiceUsage) error) error {
	services := u.services
	if billing.IsForCheck(ctx) {
		services = u.checked
	}
	parts, err := services.plan(ctx, billing.One(query.Month))
	if err != nil {
		return err
	}
	if err := waitFor(ctx, readTimeout, parts); err != nil {
		return err
	}
	rows, _, stale, err := parts[0].result()
	if err = cmp.Or(err, stale); err != nil {
		if errors.Is(err, billing.ErrBadRequest) {
			return fmt.Errorf("%w: %s", billing.ErrNoServices, err.Error())
		}
		return err
	}
	return page(ofType(rows, query))
}

// ofType returns the rows of one usage type, under the names in the query.
func ofType(rows []billing.ServiceUsage, query billing.ServiceQuery) []billing.ServiceUsage {
	same := map[string]bool{} // of the few names among many rows
	var found []billing.ServiceUsage
	for _, row := range rows {
		wanted, known := same[row.UsageType]
		if !known {
			wanted = billing.SameName(row.UsageType, query.UsageType)
			same[row.UsageType] = wanted
		}
		if wanted {
			row.Product, row.UsageType = query.Product, query.UsageType
			found = append(found, row)
		}
	}
	return found
}

// readServices returns what every service used in a month, up to as many rows as an answer may hold.
func readServices(ctx context.Context, services billing.ServiceReader, month billing.Month) (rows []billing.ServiceUsage, err error) {
	err = services.ServicesOf(ctx, month, func(page []billing.ServiceUsage) error {
		if rows = append(rows, page...); len(rows) > billing.MaxServices {
			return fmt.Errorf("more than %d services and usage types: %w", billing.MaxServices, billing.ErrTooWide)
		}
		return nil
	})
	return rows, err
}
