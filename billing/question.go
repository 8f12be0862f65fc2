package billing

import (
	"time"

	"github.com/shopspring/decimal"
)

// Breakdown is what the rows of a Table are.
type Breakdown string

// The breakdowns a person can ask for, in the words they type after "by".
const (
	ByUsageType Breakdown = "type"
	ByProduct   Breakdown = "product"
	ByRegion    Breakdown = "region"
	ByService   Breakdown = "service"
)

// Question is what a person wants to know.
type Question struct {
	Months    Range     `json:"months"`
	Product   string    `json:"product,omitempty"`    // exact product_id; empty is every product
	UsageType string    `json:"usage_type,omitempty"` // exact name; empty is every usage type
	By        Breakdown `json:"by"`
	Top       int       `json:"top,omitempty"` // how many rows a group shows before the rest is one row; 0 is all
}

// Table is the answer to a Question: for each measure a group, since unlike units are never added.
type Table struct {
	Question Question `json:"question"`
	Months   []Month  `json:"columns"`
	Groups   []Group  `json:"groups"`
	// Missing are the months asked for of which Fastly has no row at all: unknown, not zero.
	Missing []Month   `json:"missing,omitempty"`
	Fresh   Freshness `json:"fresh"`
	// Versus says what Row.Change compares; it is nil where nothing can be compared.
	Versus *Comparison `json:"versus,omitempty"`
}

// Comparison names the two stretches of time that Row.Change compares, per day. Both are whole months, or, where the later
// month is not over, its days so far and the same days of the month before.
type Comparison struct {
	Month, Against Month
	// Days is how many days of each month count; 0 is the whole month.
	Days int
	// Unknown says why there is no change to show although a comparison was expected: no record of the same days of the
	// month before, which begins at WatchingSince (zero: nothing is recorded yet).
	Unknown       bool
	WatchingSince time.Time
}

// Group is every row of one measure, such as bandwidth, with their total.
type Group struct {
	Measure Measure `json:"measure"`
	Total   Row     `json:"total"`
	Rows    []Row   `json:"rows"`
	// Rest sums the rows beyond Question.Top; nil where all are shown. RestCount says how many they are.
	Rest      *Row `json:"rest,omitempty"`
	RestCount int  `json:"rest_count,omitempty"`
}

// Row is one line of a Group. Figures stand in the order of Table.Months, in the measure's single units; one that is not
// valid is unknown.
type Row struct {
	Name    string                `json:"name"`
	Product string                `json:"product,omitempty"`
	ID      string                `json:"id,omitempty"` // a service's id
	Figures []decimal.NullDecimal `json:"figures"`
	// Billed are the same figures in the API's unit, for CSV; not valid where rows of several units were added.
	Billed []decimal.NullDecimal `json:"billed,omitempty"`
	Sum    decimal.Decimal       `json:"sum"`
	Share  decimal.Decimal       `json:"share"`  // of the group's sum, 0..1
	Change decimal.NullDecimal   `json:"change"` // per day against Table.Versus, 0.069 is +6.9 %
}

// Freshness says how old an answer is.
type Freshness struct {
	ReadAt    time.Time `json:"read_at"`    // when Fastly was asked, the oldest of the months
	CountedTo time.Time `json:"counted_to"` // up to when the newest month counts; zero where Fastly did not say
	// Stale is why Fastly could not be asked again, for a person; empty where ReadAt is recent.
	Stale string `json:"stale,omitempty"`
}

// Measure is what is being counted in single units, so that like is added to like alone.
type Measure struct {
	// Noun is bandwidth, requests, or the API's own unit where nothing else is known of it.
	Noun string `json:"noun"`
	// Bytes tells that the single unit is the byte.
	Bytes bool `json:"bytes,omitempty"`
}
