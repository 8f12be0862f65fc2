package billing

import (
	"context"
	"errors"
	"slices"
	"time"
)

// ErrTooWide is the error of a question that would need more reads, or more memory, than one answer may take. Naming a product, a usage
// type or fewer months helps.
var ErrTooWide = errors.New("the question is too wide")

// Reading is usage together with how old it is. Askers share it: do not change its rows.
type Reading struct {
	Rows []Usage
	// Unread are the rows that were set aside, with the reason: what they may count towards is unknown.
	Unread []Usage
	// Catalog is the names of Rows and of Unread.
	Catalog Catalog
	Fresh   Freshness
}

// NewReading returns the Reading of rows of those months. CountedTo is that of the newest month with rows.
func NewReading(rows []Usage, fresh Freshness, months Range) Reading {
	read, unread := Readable(rows)
	read = slices.Clip(read)
	fresh.CountedTo = CountedTo(read, Newest(read, months), func(Usage) bool { return true })
	return Reading{Rows: read, Unread: unread, Catalog: CatalogOf(WithNames(read, unread)), Fresh: fresh}
}

// Reader is a consumer contract. It models usage that is read from Fastly or remembered; Cache is one.
type Reader interface {
	// Read returns the rows of every month of the range and how fresh they are.
	Read(ctx context.Context, months Range) (Reading, error)
	// ServiceUsage is Source.ServiceUsage.
	ServiceUsage(ctx context.Context, query ServiceQuery, page func([]ServiceUsage) error) error
}

// Newest returns the last month of the range that has rows.
func Newest(rows []Usage, months Range) Month {
	var last Month
	for _, u := range rows {
		if months.Contains(u.Month) && u.Month.After(last) {
			last = u.Month
		}
	}
	return last
}

// MaxMonthsPerCall is how many months Fastly's API answers in one call.
const MaxMonthsPerCall = 3

// MaxMonths is how many months one range may have.
const MaxMonths = 240

// BillReader is a consumer contract. It models bills that are read from Fastly or remembered.
type BillReader interface {
	// ReadBills returns the bills of the months of the range, in order: invoices, and Fastly's estimate of the month that runs at now. A
	// month that is over and has no invoice yet has the last estimate that was read of it. A month with neither is absent. If the running
	// month was asked for, and there is neither an estimate nor any other bill, the error is ErrNoEstimate.
	ReadBills(ctx context.Context, months Range, now time.Time) (BillReading, error)
}

// BillReading is bills together with how old they are.
type BillReading struct {
	Bills []Bill
	Fresh Freshness
}

// ErrNoServices is the error if service-level usage cannot be read for an account whose usage is read from invoices, since
// Fastly's server is of the revision that requires a product_id.
var ErrNoServices = errors.New("Fastly lists services only by product id, which invoices do not have")

// ServiceReader is a consumer contract. It models Client.ServicesOf.
type ServiceReader interface {
	ServicesOf(ctx context.Context, month Month, page func([]ServiceUsage) error) error
}

// KeptServices describes a read by service that is kept for the next one who asks; its rows are in parts of their own.
type KeptServices struct {
	ReadAt time.Time // when the read ended
	// Beside identifies the account's figures that the services were read beside. They belong to no others.
	Beside string
	// IsFinal means that Fastly no longer corrected the month when it was read, and that everything in the answer could be read.
	IsFinal bool
	// Edition names the parts; it is empty if nothing is kept.
	Edition string
	Parts   int
}

// MaxServices bounds how many services one answer adds up, and so the memory that it takes.
const MaxServices = 250_000
