package account

import (
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Invoice is what one month costs: a statement of a month that is over, or the
// estimate of the running one.
type Invoice struct {
	// Month is written YYYY-MM, in UTC. It settles Start and End where they are zero.
	Month string
	// ID is invoice_id, such as INV-375119.
	ID string
	// Statement is statement_number; ID when empty.
	Statement string
	// Start is the first moment of the month. End is the first moment of its last
	// day, and of an estimate the moment up to which it counts.
	Start, End time.Time
	// Posted is invoice_posted_on. Fastly's own example has the first day of the
	// month here, so it says nothing of when the month was closed; Start when zero.
	Posted time.Time
	// Appears is the time of business from which on the invoice is there to be
	// read; always when zero. It is in no answer.
	Appears time.Time
	// Currency is an ISO 4217 code; USD when empty. An estimate does not say it.
	Currency string
	// Amount is monthly_transaction_amount. An estimate writes it as a string.
	Amount decimal.Decimal
	// Status is payment_status, paid or outstanding; outstanding when empty.
	Status string
	// Items are the lines.
	Items []LineItem
	// Written is as in [LineItem].
	Written map[string]string
}

// LineItem is a line of an invoice.
type LineItem struct {
	// Description says what is charged, for usage the usage type's full name.
	Description string
	// Amount is in the invoice's currency, and below zero for a credit.
	Amount decimal.Decimal
	// Coupon is the code of a credit. An estimate has no such field.
	Coupon string
	// Rate is the price of one unit, and Units is how many were billed.
	Rate, Units decimal.Decimal
	// ProductName is as Description. Group is product_group, such as Full Site
	// Delivery, and ProductLine is such as Network Services. There is no product id.
	ProductName, Group, ProductLine string
	// Region is a billing region, such as Asia; UsageType is such as Requests.
	Region, UsageType string
	// Written replaces fields by JSON texts, by their names in JSON: "amount" by
	// "null", or by `"1,234.50"`. An empty text leaves a field out.
	Written map[string]string
}

// Clone shares nothing that could change.
func (i Invoice) Clone() Invoice {
	i.Items = slices.Clone(i.Items)
	i.Written = maps.Clone(i.Written)
	for n := range i.Items {
		i.Items[n].Written = maps.Clone(i.Items[n].Written)
	}
	return i
}

// Dated gives an invoice the dates of its month where it has none.
func (i Invoice) Dated() Invoice {
	m, err := ParseMonth(i.Month)
	if err == nil && i.Start.IsZero() {
		i.Start = m.Start()
	}
	if err == nil && i.End.IsZero() {
		i.End = (m + 1).Start().Add(-Day)
	}
	if i.Month == "" {
		i.Month = MonthOf(i.Start).String()
	}
	if i.Posted.IsZero() {
		i.Posted = i.Start
	}
	return i
}

// AmountOf adds up lines.
func AmountOf(items []LineItem) decimal.Decimal {
	var sum decimal.Decimal
	for _, item := range items {
		sum = sum.Add(item.Amount)
	}
	return sum
}
