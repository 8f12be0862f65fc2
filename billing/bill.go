package billing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Bill is what Fastly charges for one month: the invoices of a month that is over, or Fastly's own estimate of the month
// that runs (GET /billing/v3/invoices and /billing/v3/invoices/month-to-date).
type Bill struct {
	Month Month `json:"month"`
	// Currency is an ISO 4217 code. An estimate has none of its own and takes that of the newest invoice; empty is unknown.
	Currency string `json:"currency,omitempty"`
	// Total is what the month costs. It is the sum of the charges, to the cent.
	Total   decimal.Decimal `json:"total"`
	Charges []Charge        `json:"charges"`
	// Unread are the lines whose amounts are not known. They are part of the total and of no charge but NotItemized.
	Unread []UnreadCharge `json:"unread,omitempty"`
	// Unknown is why the cost of an invoiced month cannot be determined; everything but Month is meaningless if it is set.
	Unknown string `json:"unknown,omitempty"`
	// Invoices are the ids of the statements that count, the oldest first, and NotCounted those of the others; both are empty for an
	// estimate.
	Invoices   []string `json:"invoices,omitempty"`
	NotCounted []string `json:"not_counted,omitempty"`
	// AsOf is the instant up to which an estimate counts; zero for a month that was invoiced.
	AsOf time.Time `json:"as_of,omitzero"`
	// Remarks describe for people what is out of the ordinary, such as a statement that was issued again.
	Remarks []string `json:"remarks,omitempty"`
}

// IsEstimate reports whether the bill is Fastly's estimate of a month that is not invoiced yet.
func (b Bill) IsEstimate() bool { return len(b.Invoices) == 0 && len(b.NotCounted) == 0 }

// Err is why the month's bill is unknown, and nil if it is known.
func (b Bill) Err() error {
	if b.Unknown == "" {
		return nil
	}
	return &UnknownBillError{b.Month, b.Unknown}
}

// NewestKnown returns the last of the bills, in order, that is known; nil if there is none.
func NewestKnown(bills []Bill) *Bill {
	for i := range slices.Backward(bills) {
		if bills[i].Unknown == "" {
			return &bills[i]
		}
	}
	return nil
}

// UnknownBillError is the error of a month whose statements do not show what it costs, although each was delivered whole.
type UnknownBillError struct {
	Month Month
	Why   string
}

// Error names the month and the reason.
func (e *UnknownBillError) Error() string {
	return fmt.Sprintf("the cost of %s is unclear: %s", e.Month, e.Why)
}

// Is reports whether target is ErrNotUnderstood.
func (e *UnknownBillError) Is(target error) bool { return target == ErrNotUnderstood }

// UnreadCharge is a line of an invoice that cannot be read.
type UnreadCharge struct {
	// Name, Product and Region are as in Charge; all are empty if not even that can be read.
	Name    string `json:"name,omitempty"`
	Product string `json:"product,omitempty"`
	Region  string `json:"region,omitempty"`
	// MayBe is as in Charge.
	MayBe   []string `json:"-"`
	Invoice string   `json:"invoice,omitempty"` // its id; empty for an estimate
	Line    int      `json:"line,omitempty"`    // from 1; 0 is all of them
	Why     string   `json:"why"`
}

// Describe names the line and the reason, without a full stop.
func (u UnreadCharge) Describe() string {
	where := "the estimate"
	if u.Invoice != "" {
		where = u.Invoice
	}
	what := "The lines of " + where
	if u.Line > 0 {
		what = fmt.Sprintf("Line %d of %s", u.Line, where)
	}
	if u.Name != "" {
		what += " (" + u.Name + ")"
	}
	return what + " cannot be read: " + u.Why
}

// ChargeKind is how a charge comes about, and so whether it can be extrapolated.
type ChargeKind string

// The kinds of charge.
const (
	// ChargeUsage is counted: units at a rate.
	ChargeUsage ChargeKind = "usage"
	// ChargeFixed is a flat fee, such as support or TLS, or the shortfall of a commitment. It lands whole, on the first
	// days of a month or at its close.
	ChargeFixed ChargeKind = "fixed"
	// ChargeCredit lowers the bill: its amount is below zero.
	ChargeCredit ChargeKind = "credit"
)

// Charge is a line of an invoice.
type Charge struct {
	Kind ChargeKind `json:"kind"`
	// Name is the line's description, for usage the full name of the usage type, such as Asia Requests.
	Name string `json:"name"`
	// Product is Fastly's product_id if the usage endpoints show which one has a usage type of this name, else the
	// invoice's product_group, such as Full Site Delivery.
	Product string `json:"product,omitempty"`
	Region  string `json:"region,omitempty"`
	// What is the invoice's own usage_type, such as Requests; empty for most fees.
	What   string          `json:"what,omitempty"`
	Amount decimal.Decimal `json:"amount"` // in the bill's currency, below zero for a credit
	// Units are as billed, such as blocks of 10,000 requests or GB of 10^9 bytes, and Rate is the price of one; not valid where
	// the line carries none.
	Units decimal.NullDecimal `json:"units"`
	Rate  decimal.NullDecimal `json:"rate"`
	// MayBe are the products with a usage type of this name, if the bill does not show which one it means; see WithProducts.
	MayBe []string `json:"-"`
	// Coupon is the code of a credit, if it has one.
	Coupon string `json:"coupon,omitempty"`
}

// ErrNoEstimate is the error if Fastly makes no month-to-date bill for this account: one that gets no invoices, or whose bill a
// parent account pays.
var ErrNoEstimate = errors.New("Fastly makes no estimate for this account")

// BillSource is where money is read from.
type BillSource interface {
	// Bills returns the bills of the months of the range that have been invoiced, in order. A month without one is absent,
	// which is no error: an invoice is posted some days after a month's end. One whose invoices cannot be read comes with Bill.Unknown.
	Bills(ctx context.Context, months Range) ([]Bill, error)
	// MonthToDate returns Fastly's estimate of the month that runs. The error is ErrNoEstimate if the account has none.
	MonthToDate(ctx context.Context) (Bill, error)
}

// CountedTo returns the instant up to which a bill counts; it is zero if Fastly states none.
func (b Bill) CountedTo() time.Time {
	if b.IsEstimate() {
		return b.AsOf
	}
	return b.Month.End()
}

// SortBills puts bills in the order of their months.
func SortBills(bills []Bill) {
	slices.SortFunc(bills, func(a, b Bill) int { return a.Month.Compare(b.Month) })
}

// Usage returns what the bill counts, as rows: the lines of one usage type, such as the tiers of its price, are one row.
func (b Bill) Usage() []Usage {
	var rows []Usage
	at := map[Identity]int{}
	for _, c := range b.Charges {
		if c.Kind != ChargeUsage || !c.Units.Valid {
			continue
		}
		row := Usage{
			Month: b.Month, Product: cmp.Or(c.Product, c.Name), UsageType: c.Name, Region: c.Region,
			Unit:     cmp.Or(MeasureIn(c), strings.ToLower(c.What), UnitPlain),
			Quantity: c.Units.Decimal, CountedTo: b.CountedTo(),
		}
		if i, seen := at[row.Identity()]; seen {
			rows[i].Quantity = rows[i].Quantity.Add(row.Quantity)
			continue
		}
		at[row.Identity()] = len(rows)
		rows = append(rows, row)
	}
	return rows
}

// InvoiceLag is how many months back the newest invoice may be: last month's is posted some days after its end.
const InvoiceLag = 2
