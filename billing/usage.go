package billing

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// Usage is what Fastly counted of one usage type of one product, in one region, in one month: a row of
// GET /billing/v3/usage-metrics.
type Usage struct {
	Month     Month  `json:"month"`
	Product   string `json:"product"`    // Fastly's product_id, such as cdn_usage
	UsageType string `json:"usage_type"` // the name as an invoice shows it, such as North America Requests
	Region    string `json:"region"`     // empty for a product that is not regional
	Unit      string `json:"unit"`       // the API's unit in lower case: unit, …; gb for whatever counts bytes

	// Quantity is in Unit, as billed: GB of 10^9 bytes, or requests in blocks.
	Quantity decimal.Decimal `json:"quantity"`
	// Raw is the same usage in single units (bytes, requests); it is not valid if Fastly did not send it.
	Raw decimal.NullDecimal `json:"raw_quantity"`
	// CountedTo is the instant up to which the row counts, from last_updated_at: the end of the day if Fastly sent a date.
	// It is zero if Fastly states none.
	CountedTo time.Time `json:"counted_to,omitzero"`
	// Unread is why the row has no figure, for a person; empty if it has one. What of its names could not be read either is
	// empty, and may be anything.
	Unread string `json:"unread,omitempty"`
}

// Readable parts rows that have a figure from those that were set aside, each in their order.
func Readable(rows []Usage) (read, unread []Usage) {
	if !slices.ContainsFunc(rows, Usage.isUnread) {
		return rows, nil
	}
	for _, u := range rows {
		if u.isUnread() {
			unread = append(unread, u)
			continue
		}
		read = append(read, u)
	}
	return read, unread
}

// WithNames returns the rows and the unread ones that name their product and usage type: the names that an account uses.
func WithNames(rows, unread []Usage) []Usage {
	for _, u := range unread {
		if u.Product != "" && u.UsageType != "" {
			rows = append(slices.Clip(rows), u)
		}
	}
	return rows
}

func (u Usage) isUnread() bool { return u.Unread != "" }

// ServiceUsage is what one service used of one usage type in one month: an element of details in
// GET /billing/v3/service-usage-metrics. The API sends no raw quantity and no region here.
type ServiceUsage struct {
	Month       Month           `json:"month"`
	Product     string          `json:"product"`
	UsageType   string          `json:"usage_type"`
	Unit        string          `json:"unit"`
	ServiceID   string          `json:"service_id"`
	ServiceName string          `json:"service_name"`
	Quantity    decimal.Decimal `json:"quantity"` // in Unit, as billed
	// Unread is why the row has no figure, for a person; empty if it has one. Without an id it may be any service.
	Unread string `json:"unread,omitempty"`
}

// ServiceQuery names the service-level usage that is wanted. Product and UsageType are both set, since the older revision
// of the API demands them.
type ServiceQuery struct {
	Month     Month
	Product   string
	UsageType string
}

// Metric returns what the query is about.
func (q ServiceQuery) Metric() Metric { return Metric{q.Product, q.UsageType} }

// EveryType reports whether no usage type is named, so that all are meant.
func (q ServiceQuery) EveryType() bool { return q.Product == "" && q.UsageType == "" }

// Source is where usage is read from. Client is one, InvoiceUsage another; a Cache remembers what one returned.
//
// A row that cannot be read comes with the reason in Unread and leaves the others as they are; what it may count towards is unknown.
// A month, or a pair, without any data at Fastly yields no rows and no error: the caller has to report that, and it is
// never zero. Errors are those of errors.go.
type Source interface {
	// Usage returns the rows of every month of the range, in no promised order.
	Usage(ctx context.Context, months Range) ([]Usage, error)
	// ServiceUsage hands the rows of one month and usage type to page, a page at a time as they arrive, so that an account
	// with a hundred thousand services is never held whole. An error from page ends the reading and is returned.
	ServiceUsage(ctx context.Context, query ServiceQuery, page func([]ServiceUsage) error) error
}

// DayTraffic is what was delivered on one UTC day, in a billing region over all services or by a service over all regions: GET /stats by day. It is
// measured and not billed, so that its sums are near those of usage and not equal to them.
type DayTraffic struct {
	Day             time.Time       // the day's first instant
	Region          string          // as usage names it, such as North America; empty for a service
	Service         string          // its id; empty for a region
	ServiceName     string          // as it was last known; empty if it never was
	Bandwidth       decimal.Decimal // bytes
	Requests        decimal.Decimal
	ComputeRequests decimal.Decimal
}

// SameName reports whether two names are one but for case and the kind of their spaces.
func SameName(a, b string) bool { return string(fold(a)) == string(fold(b)) }

// DistinctUnread leaves one row of what could not be read for the same names, so that a flood of them stays small.
func DistinctUnread(rows []Usage) []Usage {
	seen := map[Identity]bool{}
	return slices.DeleteFunc(rows, func(u Usage) bool {
		repeated := seen[u.Identity()]
		seen[u.Identity()] = true
		return repeated
	})
}

// Moved reports whether Fastly counted on between two reads of the same months, or corrected a figure.
func Moved(before, after []Usage) bool {
	was := map[Identity]Usage{}
	for _, u := range before {
		was[u.Identity()] = u
	}
	return len(before) != len(after) || slices.ContainsFunc(after, func(u Usage) bool {
		b, found := was[u.Identity()]
		return !found || !b.Quantity.Equal(u.Quantity) || !b.CountedTo.Equal(u.CountedTo) || b.Unread != u.Unread
	})
}

// Identity is what no two rows of an answer may share.
type Identity struct {
	Month        Month
	Metric       Metric
	Region, Unit string
}

// Identity returns the row's own.
func (u Usage) Identity() Identity { return Identity{u.Month, u.Metric(), u.Region, u.Unit} }
