package source

import (
	"context"
	"errors"
	"slices"
	"time"

	"budgetbot/billing"
)

// BillCache remembers bills as Cache does usage. The estimate of a month is kept beyond its end, for the days until there is an
// invoice. It may be used by many goroutines.
type BillCache struct {
	now      func() time.Time // business time
	invoiced *monthly[billing.Bill]
	// estimated holds Fastly's estimates by the month that they are of: in the first hours of a month Fastly may still send the last month's.
	estimated *monthly[billing.Bill]
}

var _ billing.BillReader = (*BillCache)(nil)

// How long bills are cached. Fastly itself keeps an estimate for four hours, and may issue an invoice again.
const (
	keepEstimate = 10 * time.Minute    // an estimate, and a month without an invoice that can be read
	reissuedFor  = 90 * 24 * time.Hour // after the end of a month, in which an invoice is cached for recentFor
)

// NewBillCache returns an empty cache in front of the source. now is business time. Close the cache in the end.
func NewBillCache(source billing.BillSource, now func() time.Time) *BillCache {
	c := &BillCache{now: now}
	bills := monthlyConfig[billing.Bill]{
		what: "bills", now: now, openFor: keepEstimate, keep: keepBill, read: source.Bills,
		month: func(b billing.Bill) billing.Month { return b.Month },
		most:  maxRows, weight: func(b billing.Bill) int { return 1 + len(b.Charges) },
	}
	c.invoiced = newMonthly(bills)
	bills.what, bills.read = "the estimate", func(ctx context.Context, _ billing.Range) ([]billing.Bill, error) {
		bill, err := source.MonthToDate(ctx)
		return []billing.Bill{bill}, err
	}
	bills.keep = func(billing.Month, time.Time, []billing.Bill) time.Duration { return keepEstimate }
	c.estimated = newMonthly(bills)
	return c
}

// keepBill returns how long the bills of a month stay in the cache.
func keepBill(m billing.Month, readAt time.Time, bills []billing.Bill) time.Duration {
	switch {
	case len(bills) == 0 || slices.ContainsFunc(bills, func(b billing.Bill) bool { return b.Unknown != "" || len(b.Unread) > 0 }):
		return keepEstimate
	case readAt.Before(m.End().Add(reissuedFor)):
		return recentFor
	}
	return closedFor
}

// Close ends the reads under way and waits for them.
func (c *BillCache) Close() {
	c.invoiced.close()
	c.estimated.close()
}

// ReadBills is BillReader.ReadBills. If a new read fails it returns the bills of the last one, with the reason in Freshness.Stale.
func (c *BillCache) ReadBills(ctx context.Context, months billing.Range, now time.Time) (billing.BillReading, error) {
	if err := months.Check(); err != nil {
		return billing.BillReading{}, err
	}
	running := billing.MonthOf(now)
	over := monthsOver(months, running)
	parts, err := c.invoiced.plan(ctx, over)
	if err == nil && months.Contains(running) {
		var estimate []part[billing.Bill]
		estimate, err = c.estimated.plan(ctx, billing.One(running))
		parts = append(parts, estimate...)
	}
	if err == nil {
		err = waitFor(ctx, patience, parts)
	}
	if err != nil {
		return billing.BillReading{}, err
	}
	parts, none := withoutEstimate(parts)
	bills, fresh, err := assemble(parts)
	if err != nil {
		return billing.BillReading{}, err
	}
	return c.reading(over, bills, fresh, none)
}

// monthsOver returns the months of a range that are before the running one; the range is empty if none is.
func monthsOver(months billing.Range, running billing.Month) billing.Range {
	if !months.Last.Before(running) {
		months.Last = running.Add(-1)
	}
	return months
}

// withoutEstimate removes the part of the running month if the account has no estimate and the cache never had one, so that the invoices
// are still returned.
func withoutEstimate(parts []part[billing.Bill]) (kept []part[billing.Bill], none error) {
	for i, p := range parts {
		if _, _, _, err := p.result(); errors.Is(err, billing.ErrNoEstimate) {
			return parts[:i], err // it is the last
		}
	}
	return parts, nil
}

// reading puts the last cached estimate in place of each invoice that Fastly has not issued yet.
func (c *BillCache) reading(over billing.Range, bills []billing.Bill, fresh billing.Freshness, none error) (billing.BillReading, error) {
	byMonth := map[billing.Month]bool{}
	for _, bill := range bills {
		byMonth[bill.Month] = true
	}
	for _, m := range over.Months() {
		if !byMonth[m] {
			bills = append(bills, c.estimated.peek(m)...)
		}
	}
	billing.SortBills(bills)
	if len(bills) == 0 && none != nil {
		return billing.BillReading{}, none
	}
	fresh.Source = billing.FromInvoices
	if len(bills) > 0 {
		fresh.CountedTo = bills[len(bills)-1].CountedTo()
	}
	return billing.BillReading{Bills: bills, Fresh: fresh}, nil
}

// FreshBills reads past a BillCache, for callers that must not decide on cached bills. The cache keeps what FreshBills reads.
type FreshBills struct {
	cache *BillCache
}

var (
	_ billing.BillSource = FreshBills{}
	_ billing.BillReader = FreshBills{}
)

// Fresh returns the source behind the cache.
func (c *BillCache) Fresh() FreshBills { return FreshBills{c} }

// Bills is BillSource.Bills. After an error the cache is as before.
func (a FreshBills) Bills(ctx context.Context, months billing.Range) ([]billing.Bill, error) {
	return a.cache.invoiced.readNow(ctx, months)
}

// MonthToDate is BillSource.MonthToDate. After an error the cache is as before.
func (a FreshBills) MonthToDate(ctx context.Context) (billing.Bill, error) {
	bills, err := a.cache.estimated.readNow(ctx, billing.One(billing.MonthOf(a.cache.now())))
	if err != nil {
		return billing.Bill{}, err
	}
	return bills[0], nil
}

// ReadBills is BillReader.ReadBills. Nothing it returns is stale, except the last estimate of a month whose invoice is not issued yet.
func (a FreshBills) ReadBills(ctx context.Context, months billing.Range, now time.Time) (billing.BillReading, error) {
	if err := months.Check(); err != nil {
		return billing.BillReading{}, err
	}
	running := billing.MonthOf(now)
	over := monthsOver(months, running)
	var bills []billing.Bill
	var none error
	if over.Len() > 0 {
		var err error
		if bills, err = a.Bills(ctx, over); err != nil {
			return billing.BillReading{}, err
		}
	}
	if months.Contains(running) {
		bill, err := a.MonthToDate(ctx)
		switch {
		case errors.Is(err, billing.ErrNoEstimate):
			none = err
		case err != nil:
			return billing.BillReading{}, err
		case bill.Month == running:
			bills = append(bills, bill)
		}
	}
	return a.cache.reading(over, bills, billing.Freshness{ReadAt: now}, none)
}
