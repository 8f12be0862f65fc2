package billing

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// BillCache remembers bills as Cache does usage. The estimate of a month is kept beyond its end, for the days until there is an
// invoice. It may be used by many goroutines.
type BillCache struct {
	source   BillSource
	config   CacheConfig
	invoiced *monthly[Bill]
	// estimated holds Fastly's estimates by the month that they are of.
	estimated *monthly[Bill]
}

var _ BillReader = (*BillCache)(nil)

// How long bills are kept, where CacheConfig does not say. Fastly itself keeps an estimate for four hours, and may issue an invoice
// again.
const (
	keepEstimate = 10 * time.Minute
	reissuedFor  = 90 * 24 * time.Hour // after the end of a month
)

// NewBillCache returns an empty cache in front of the source. Close it in the end. OpenFor is 10 minutes where it is not set, of an
// estimate and of a month without an invoice; RecentFor is of invoices of the last three months, ClosedFor of older ones.
func NewBillCache(source BillSource, config CacheConfig) *BillCache {
	config.OpenFor = cmp.Or(config.OpenFor, keepEstimate)
	config = config.withDefaults()
	c := &BillCache{source: source, config: config}
	bills := monthlyConfig[Bill]{
		what: "bills", times: config, keep: config.keepBill, read: source.Bills, month: func(b Bill) Month { return b.Month },
		most: config.MaxRows, weight: func(b Bill) int { return 1 + len(b.Charges) },
	}
	c.invoiced = newMonthly(bills)
	bills.what, bills.read = "the estimate", c.estimate
	bills.keep = func(Month, time.Time, []Bill) time.Duration { return config.OpenFor }
	c.estimated = newMonthly(bills)
	return c
}

// keepBill asks soon again for what is not there, or could not be read.
func (c CacheConfig) keepBill(m Month, readAt time.Time, bills []Bill) time.Duration {
	switch {
	case len(bills) == 0 || slices.ContainsFunc(bills, func(b Bill) bool { return b.Unknown != "" || len(b.Unread) > 0 }):
		return c.OpenFor
	case readAt.Before(m.End().Add(reissuedFor)):
		return c.RecentFor
	}
	return c.ClosedFor
}

// estimate reads Fastly's estimate. On the first hours of a month it may still be the last month's, which is kept as that.
func (c *BillCache) estimate(ctx context.Context, _ Range) ([]Bill, error) {
	bill, err := c.Afresh().MonthToDate(ctx)
	return []Bill{bill}, err
}

// Close ends the reads under way and waits for them.
func (c *BillCache) Close() {
	c.invoiced.close()
	c.estimated.close()
}

// ReadBills is BillReader.ReadBills. What cannot be read anew comes as it was read last, with Freshness.Stale saying why.
func (c *BillCache) ReadBills(ctx context.Context, months Range, now time.Time) (BillReading, error) {
	over, runs, err := split(months, MonthOf(now))
	if err != nil {
		return BillReading{}, err
	}
	var parts, running []part[Bill]
	if over != (Range{}) {
		if parts, err = c.invoiced.plan(ctx, over); err != nil {
			return BillReading{}, err
		}
	}
	if runs {
		if running, err = c.estimated.plan(ctx, One(MonthOf(now))); err != nil {
			return BillReading{}, err
		}
	}
	parts = append(parts, running...)
	if err := waitFor(ctx, c.config.Patience, parts); err != nil {
		return BillReading{}, err
	}
	parts, none := withoutEstimate(parts)
	bills, fresh, err := assemble(parts)
	if err != nil {
		return BillReading{}, err
	}
	return c.reading(over, bills, fresh, none)
}

// split parts a range into the months that are over and the one that runs.
func split(months Range, running Month) (over Range, runs bool, err error) {
	if err := months.check(); err != nil {
		return Range{}, false, err
	}
	runs = months.Contains(running)
	if !months.First.Before(running) {
		return Range{}, runs, nil
	}
	if !months.Last.Before(running) {
		months.Last = running.Add(-1)
	}
	return months, runs, nil
}

// withoutEstimate takes out the part that says that there is no estimate, and none was ever held: that is no failure of the others.
func withoutEstimate(parts []part[Bill]) (kept []part[Bill], none error) {
	for i, p := range parts {
		if _, _, _, err := p.result(); errors.Is(err, ErrNoEstimate) {
			return parts[:i], err // it is the last
		}
	}
	return parts, nil
}

// reading puts the estimate that was last held in place of each invoice that is still to come.
func (c *BillCache) reading(over Range, bills []Bill, fresh Freshness, none error) (BillReading, error) {
	byMonth := map[Month]bool{}
	for _, bill := range bills {
		byMonth[bill.Month] = true
	}
	if over != (Range{}) {
		for _, m := range over.Months() {
			if !byMonth[m] {
				bills = append(bills, c.estimated.peek(m)...)
			}
		}
	}
	sortBills(bills)
	if len(bills) == 0 && none != nil {
		return BillReading{}, none
	}
	fresh.Source = FromInvoices
	if len(bills) > 0 {
		fresh.CountedTo = bills[len(bills)-1].countedTo()
	}
	return BillReading{bills, fresh}, nil
}

// countedTo returns the instant up to which a bill counts; it is zero where Fastly did not say.
func (b Bill) countedTo() time.Time {
	if b.IsEstimate() {
		return b.AsOf
	}
	return b.Month.End()
}

// BillsAfresh reads past a BillCache, for those who must not decide on what was held. What it reads is held for everybody else.
type BillsAfresh struct {
	cache *BillCache
}

var (
	_ BillSource = BillsAfresh{}
	_ BillReader = BillsAfresh{}
)

// Afresh returns the source behind the cache.
func (c *BillCache) Afresh() BillsAfresh { return BillsAfresh{c} }

// Bills is BillSource.Bills. An error leaves what is held as it was.
func (a BillsAfresh) Bills(ctx context.Context, months Range) ([]Bill, error) {
	begun := a.cache.invoiced.depart()
	bills, err := a.cache.source.Bills(ctx, months)
	if err == nil {
		a.cache.invoiced.file(months, bills, begun)
	}
	return bills, err
}

// MonthToDate is BillSource.MonthToDate. An error leaves what is held as it was.
func (a BillsAfresh) MonthToDate(ctx context.Context) (Bill, error) {
	begun := a.cache.estimated.depart()
	bill, err := a.cache.source.MonthToDate(ctx)
	if err == nil {
		a.cache.estimated.file(One(bill.Month), []Bill{bill}, begun)
	}
	return bill, err
}

// ReadBills is BillReader.ReadBills; there is nothing stale, but the last estimate of a month whose invoice is still to come.
func (a BillsAfresh) ReadBills(ctx context.Context, months Range, now time.Time) (BillReading, error) {
	over, runs, err := split(months, MonthOf(now))
	if err != nil {
		return BillReading{}, err
	}
	var bills []Bill
	var none error
	if over != (Range{}) {
		if bills, err = a.Bills(ctx, over); err != nil {
			return BillReading{}, err
		}
	}
	if runs {
		bill, err := a.MonthToDate(ctx)
		switch {
		case errors.Is(err, ErrNoEstimate):
			none = err
		case err != nil:
			return BillReading{}, err
		case bill.Month == MonthOf(now):
			bills = append(bills, bill)
		}
	}
	return a.cache.reading(over, bills, Freshness{ReadAt: now}, none)
}
