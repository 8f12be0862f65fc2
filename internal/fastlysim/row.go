package fastlysim

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

// serviceQuery is what a call of service-usage-metrics asks for. Empty fields
// do not narrow it.
type serviceQuery struct {
	span                            span
	until                           time.Time
	productID, usageType, serviceID string
}

// block is one usage type of an answer by service. Its rows are numbered, with
// gaps, from 0.
type block struct {
	productID, usageType, unit string
	// count is how many services have usage.
	count int
	// rows reads at most want rows from the one numbered from on, and the number
	// of the row that follows them, or noMore.
	rows func(from, want int) (rows []ServiceRow, next int)
}

// correction multiplies a figure after the fact.
type correction struct {
	month                month
	productID, usageType string
	factor               decimal.Decimal
	at                   time.Time
}

// noMore follows the last row.
const noMore = -1

// ledger is where figures come from.
type ledger interface {
	// usage is the account's rows of a month, complete up to until.
	usage(m month, until time.Time) []Row
	// blocks is the usage types that services used.
	blocks(query serviceQuery) []block
	// restated is the ledger with a figure and its services' multiplied.
	restated(correction) (ledger, error)
}
