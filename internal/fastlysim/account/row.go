package account

import (
	"time"

	"github.com/shopspring/decimal"
)

// Row is the figure of one usage type in one month, for the whole account.
type Row struct {
	// Month is written YYYY-MM, in UTC.
	Month string
	// ProductID is the product, such as cdn_usage.
	ProductID string
	// UsageType is the usage type, such as "North America Requests".
	UsageType string
	// Name is what an invoice would say; UsageType when empty.
	Name string
	// Region is empty for a product without regions.
	Region string
	// Unit is the billed unit, such as gb; "unit" when empty.
	Unit string
	// Quantity is in billed units.
	Quantity decimal.Decimal
	// Raw is in single requests, bytes or whatever is measured.
	Raw decimal.Decimal
	// WithoutRaw leaves raw_quantity out of the answer.
	WithoutRaw bool
	// UpdatedAt is up to when the figure is complete, or when it was restated;
	// the end of its month when zero.
	UpdatedAt time.Time
}

// ServiceRow is the figure of one usage type in one month for one service.
type ServiceRow struct {
	// Month is written YYYY-MM, in UTC.
	Month string
	// ProductID and UsageType name what was used; Unit is its billed unit, and
	// "unit" when empty.
	ProductID, UsageType, Unit string
	// ServiceID and ServiceName name who used it.
	ServiceID, ServiceName string
	// Units is in billed units.
	Units decimal.Decimal
}

// ServiceQuery is what a call of service-usage-metrics asks for. Empty fields
// do not narrow it.
type ServiceQuery struct {
	Span                            Span
	Until                           time.Time
	ProductID, UsageType, ServiceID string
}

// Block is one usage type of an answer by service. Its rows are numbered, with
// gaps, from 0.
type Block struct {
	productID, UsageType, Unit string
	// Count is how many services have usage.
	Count int
	// Rows reads at most want rows from the one numbered from on, and the number
	// of the row that follows them, or noMore.
	Rows func(from, want int) (rows []ServiceRow, next int)
}

// Correction multiplies a figure after the fact.
type Correction struct {
	Month                Month
	ProductID, UsageType string
	Factor               decimal.Decimal
	At                   time.Time
}

// NoMore follows the last row.
const NoMore = -1

// Ledger is where figures come from.
type Ledger interface {
	// Usage is the account's rows of a month, complete up to until.
	Usage(m Month, until time.Time) []Row
	// Blocks is the usage types that services used.
	Blocks(query ServiceQuery) []Block
	// Restated is the ledger with a figure and its services' multiplied.
	Restated(Correction) (Ledger, error)
}
