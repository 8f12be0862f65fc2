package account

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Invoicing makes an account one that gets invoices. They follow from the usage
// that usage-metrics has: a line for every usage type and step of its price,
// rounded to cents with a half away from zero. The amount of an invoice is the
// sum of its lines.
type Invoicing struct {
	// WithoutUsage lets usage-metrics answer that there are no rows, as Fastly may
	// for accounts that get invoices, and WithoutServices service-usage-metrics.
	WithoutUsage, WithoutServices bool

	// Currency is an ISO 4217 code; USD when empty. Currencies replace it from a
	// month on, written YYYY-MM. Amounts are not converted.
	Currency   string
	Currencies map[string]string
	// Fees are lines that do not follow from usage. Credits are among them, with
	// amounts below zero.
	Fees []Fee
	// Commitment is what a month's usage costs at least; a closed month below it
	// gets a line of the difference. An estimate does not know yet.
	Commitment decimal.Decimal

	// PostedAfter is how long after its end a month's invoice appears; two days
	// when zero. Late sets it apart for months written YYYY-MM.
	PostedAfter time.Duration
	Late        map[string]time.Duration
	// Reissues is what becomes of the old statement when a month that was
	// invoiced is restated.
	Reissues Reissues

	// Estimates says whether there is a month-to-date estimate.
	Estimates Estimates
	// Pending is how many calls get the answer to come again before an estimate is
	// made, and PendingFor how long, in business time. Both begin with the first
	// call that finds none younger than four hours of business.
	Pending    int
	PendingFor time.Duration
}

// Fee is a charge that does not follow from usage.
type Fee struct {
	LineItem
	// AtClose leaves the amount at zero until the month is over, as Fastly does
	// with TLS. Other fees stand whole in an estimate from the first day on.
	AtClose bool
	// From and Until are the first and the last month of the fee, written
	// YYYY-MM; an empty one sets no end.
	From, Until string
}

// Reissues is how a restated statement stands beside the one before.
type Reissues int

const (
	// Replaces keeps the invoice's id and changes its statement number; the older
	// statement is not listed any more.
	Replaces Reissues = iota
	// Beside is an invoice of its own for the same month, with the whole amount
	// again; the older one stays.
	Beside
)

// Estimates is what month-to-date has for an account.
type Estimates int

const (
	// Estimated is an estimate of the running month.
	Estimated Estimates = iota
	// NotFound is a 404.
	NotFound
	// ParentPays is a 422, as for an account whose bill its parent pays.
	ParentPays
)

// DefaultInvoicing goes with the default usage types: invoices in dollars, with
// support, TLS and a promotional credit until the end of 2026.
func DefaultInvoicing() *Invoicing {
	return &Invoicing{Fees: []Fee{
		{LineItem: FlatFee("Customer Success: Enterprise", "CS: CSE", "6500")},
		{LineItem: FlatFee("TLS Certificates", "TLS", "1430"), AtClose: true},
		{
			LineItem: LineItem{
				Description: "Promotional Credit", Amount: decimal.NewFromInt(-1200), Coupon: "LAUNCH-2025",
				ProductName: "Promotional Credit", Group: "N/A", ProductLine: "N/A",
			},
			From: "2025-07", Until: "2026-12",
		},
	}}
}

// FlatFee is one unit of something at a price.
func FlatFee(name, group, price string) LineItem {
	amount := decimal.RequireFromString(price)
	return LineItem{
		Description: name, Amount: amount, Rate: amount, Units: decimal.NewFromInt(1),
		ProductName: name, Group: group, ProductLine: "Services",
	}
}

// in tells whether the fee is charged in a month. Months written YYYY-MM sort
// as texts do.
func (f Fee) in(m Month) bool {
	return f.From <= m.String() && (f.Until == "" || m.String() <= f.Until)
}

// item is the fee's line of a month that is over or runs.
func (f Fee) item(over bool) LineItem {
	item := f.LineItem
	if f.AtClose && !over {
		item.Amount, item.Rate, item.Units = decimal.Zero, decimal.Zero, decimal.Zero
	}
	return item
}

func (i Invoicing) currency(m Month) string {
	months := slices.Sorted(maps.Keys(i.Currencies))
	at, found := slices.BinarySearch(months, m.String())
	if found {
		return i.Currencies[months[at]]
	}
	if at > 0 {
		return i.Currencies[months[at-1]]
	}
	return cmp.Or(i.Currency, "USD")
}

// posted is when a month's first statement appears.
func (i Invoicing) posted(m Month) time.Time {
	wait, late := i.Late[m.String()]
	if !late {
		wait = cmp.Or(i.PostedAfter, 2*Day)
	}
	return (m + 1).Start().Add(wait)
}

// Check refuses months that cannot be read.
func (i *Invoicing) Check() error {
	if i == nil {
		return nil
	}
	months := slices.Concat(slices.Collect(maps.Keys(i.Currencies)), slices.Collect(maps.Keys(i.Late)))
	for _, fee := range i.Fees {
		for _, end := range []string{fee.From, fee.Until} {
			if end != "" {
				months = append(months, end)
			}
		}
	}
	for _, text := range months {
		if _, err := ParseMonth(text); err != nil {
			return fmt.Errorf("invoicing: %w", err)
		}
	}
	return nil
}
