package report

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Breakdown is what the rows of a Table are.
type Breakdown string

// The breakdowns a person can ask for, in the words they type after "by".
const (
	ByUsageType Breakdown = "type"
	ByProduct   Breakdown = "product"
	ByRegion    Breakdown = "region"
	ByService   Breakdown = "service"
	ByTeam      Breakdown = "team" // services, added up by who answers for them
)

// IsOfParts reports whether the rows are parts of one whole: services, teams or regions.
func (b Breakdown) IsOfParts() bool { return b.IsOfServices() || b == ByRegion }

// IsOfServices reports whether the rows are made of what single services used.
func (b Breakdown) IsOfServices() bool { return b == ByService || b == ByTeam }

// Show is what a Question asks for of what it names; the zero value is usage, or with Question.Cost what it costs.
type Show string

// What can be asked for, in the words that people type.
const (
	ShowUsage    Show = ""
	ShowForecast Show = "forecast" // how the month that runs is likely to end
	ShowRates    Show = "rates"    // what a unit costs
	// ShowChanges asks for the rows that moved their measure most against the month before, up or down.
	ShowChanges Show = "top changes"
	// ShowProducts, ShowServices and ShowTeams ask which of them there are.
	ShowProducts Show = "products"
	ShowServices Show = "services"
	ShowTeams    Show = "teams"
)

// Question is what a person wants to know.
type Question struct {
	Months billing.Range `json:"months"`
	// Against are earlier months that Months are compared with as a whole; zero where only Months are asked for.
	Against billing.Range `json:"against,omitzero"`
	Show    Show          `json:"show,omitempty"`
	// Cost asks for money, as Fastly bills it, and not for usage.
	Cost      bool          `json:"cost,omitempty"`
	Product   billing.Names `json:"product,omitempty"`    // each an exact product_id
	UsageType billing.Names `json:"usage_type,omitempty"` // each an exact name or a glob, of a cost the charge's
	Region    billing.Names `json:"region,omitempty"`     // each an exact name
	Measure   billing.Names `json:"measure,omitempty"`    // each billing.NounBandwidth or its like
	Service   billing.Names `json:"service,omitempty"`    // each a name, an id, or a glob of names
	Team      billing.Names `json:"team,omitempty"`       // each a team, for its services
	// Charges are the kinds of charges that a question of cost asks for, each a billing.ChargeKind.
	Charges billing.Names `json:"charges,omitempty"`
	By      Breakdown     `json:"by"`
	// Monthly asks for a line for each month, and not a column.
	Monthly bool `json:"monthly,omitempty"`
	Top     int  `json:"top,omitempty"` // how many rows a group shows before the rest is one row; 0 is all
	// WithBilled asks for Row.Billed, for a reader of every figure.
	WithBilled bool `json:"-"`
}

// The errors of questions that cannot be answered. Package lookup returns them.
var (
	// ErrNoTeams is the error of a question by team where no team has services.
	ErrNoTeams = errors.New("there are no teams")
	// ErrNoNames is that Fastly answered, and has no row in the months asked for.
	ErrNoNames = errors.New("no rows")
)

// Table is the answer to a Question: for each measure a group, since unlike units are never added.
type Table struct {
	Question Question        `json:"question"`
	Months   []billing.Month `json:"columns"`
	Groups   []Group         `json:"groups"`
	// Missing are the months asked for without any row at Fastly: their usage is unknown, not zero.
	Missing []billing.Month   `json:"missing,omitempty"`
	Fresh   billing.Freshness `json:"fresh"`
	// Unread are the months whose bills are unknown although they were invoiced, those asked for and the one before that is compared
	// with; only of a question of cost.
	Unread []UnreadMonth `json:"unread,omitempty"`
	// LeftOut is what the figures leave out of usage, since it could not be read.
	LeftOut []LeftOut `json:"left_out,omitempty"`
	// Apart are the nouns of the counts that are of more than one product: a request may be counted by several of them, and an operation of
	// one is none of another, so that they have no sum and no shares.
	Apart []string `json:"apart,omitempty"`
	// Versus is what Row.Change compares; it is nil where nothing can be compared.
	Versus *Comparison `json:"versus,omitempty"`
	// Makeup is what the bills of the months are made of, in the order of Months; only of a question of cost.
	Makeup []Makeup `json:"makeup,omitempty"`
	// ServicesTo is the instant up to which services count in the last month, of a cost by service or team; zero where Fastly states none.
	ServicesTo time.Time `json:"services_to,omitzero"`
}

// UnreadMonth is a month whose bill is unknown, and why.
type UnreadMonth struct {
	Month billing.Month `json:"month"`
	Why   string        `json:"why"`
}

// IsNothingDue reports whether every month was invoiced and nothing of it is left, as where a credit note takes the invoice back.
func (t Table) IsNothingDue() bool {
	return t.Question.Cost && t.Question.IsWhole() && len(t.Groups) == 0 && len(t.Missing) == 0 &&
		!slices.ContainsFunc(t.Makeup, func(m Makeup) bool { return m.Estimate })
}

// LeftOut is a row or charge of Fastly's that could not be read. Names that could not be read either are empty.
type LeftOut struct {
	Month     billing.Month `json:"month"`
	Product   string        `json:"product,omitempty"`
	UsageType string        `json:"usage_type,omitempty"`
	Service   string        `json:"service,omitempty"` // its name, or else its id
	Why       string        `json:"why"`               // for a person, with what it is about
}

// Makeup is what one month's bill is made of, as far as the question goes.
type Makeup struct {
	Currency string          `json:"currency,omitempty"`
	Usage    decimal.Decimal `json:"usage"`
	Fixed    decimal.Decimal `json:"fixed"`
	Credit   decimal.Decimal `json:"credit"` // zero or below
	// Estimate is set where the month is not invoiced: the figures are Fastly's estimate, or nothing where there is none.
	Estimate bool     `json:"estimate,omitempty"`
	Remarks  []string `json:"remarks,omitempty"` // Bill.Remarks
	// Unbilled sums the fees that the month before was invoiced for and that this estimate does not have yet.
	Unbilled decimal.Decimal `json:"unbilled,omitzero"`
}

// NewestBill returns what the last month's bill is made of; nothing where the table is not about cost.
func (t Table) NewestBill() Makeup {
	if len(t.Makeup) == 0 {
		return Makeup{}
	}
	return t.Makeup[len(t.Makeup)-1]
}

// UsagePart is what of a cost was counted, per day of each of the two months that are compared: unlike a fee it is lower in a short month.
type UsagePart struct {
	PerDay  decimal.Decimal     `json:"per_day"`
	Earlier decimal.Decimal     `json:"earlier_per_day"`
	Change  decimal.NullDecimal `json:"change"` // not valid where Earlier is not above zero
}

// Comparison names the two stretches of time that Row.Change compares, per day. Both are whole months, or, where the later
// month is not over, its days so far and the same days of the month before.
type Comparison struct {
	// Whole is set where whole months are compared and not days of them: a fee is the same for a short month.
	Whole   bool          `json:"whole,omitempty"`
	Month   billing.Month `json:"month"`
	Against billing.Month `json:"against"`
	// Days is how many days of each month count, to the nearest whole one and all of Against where it has fewer; 0 is the whole month.
	Days int `json:"days,omitempty"`
	// Until and AgainstUntil are the instants to which both months are counted where Days is set. They are zero in messages of earlier
	// versions.
	Until        time.Time `json:"until,omitzero"`
	AgainstUntil time.Time `json:"against_until,omitzero"`
	// Span and AgainstSpan are the two periods of a question that compares two; both are zero where two months are compared. Length and
	// AgainstLength are how many days of them are counted.
	Span          billing.Range `json:"span,omitzero"`
	AgainstSpan   billing.Range `json:"against_span,omitzero"`
	Length        float64       `json:"length,omitempty"`
	AgainstLength float64       `json:"against_length,omitempty"`
	// IsPerDay is set where bills are not compared as a whole, since one of them is not complete, or they are of more months than the other.
	IsPerDay bool `json:"is_per_day,omitempty"`
	// IsTiered is set where rates fall with volume and the month runs: its first days cost more than the others, so that a whole month says
	// nothing of them, and Row.Usage is nil.
	IsTiered bool `json:"is_tiered,omitempty"`
	// Unknown is set where there is no change to show although one was expected; Why is the reason. The record of
	// months while they ran begins at WatchingSince (zero: nothing is recorded yet).
	Unknown       bool      `json:"unknown,omitempty"`
	Why           Gap       `json:"why,omitempty"`
	WatchingSince time.Time `json:"watching_since,omitzero"`
}

// Gap is why two stretches of time could not be compared.
type Gap string

// The reasons for which Comparison.Unknown is set.
const (
	// GapNoRecord is that the same days of the month before were not recorded.
	GapNoRecord Gap = "no_record"
	// GapUnreadable is that the record could not be read.
	GapUnreadable Gap = "record_unreadable"
	// GapUnread is that a figure of either stretch could not be read.
	GapUnread Gap = "unread"
	// GapUndated is that Fastly does not state up to when the month counts, or that it counts less than half a day.
	GapUndated Gap = "undated"
)

// Group is every row of one measure, such as bandwidth, with their total.
type Group struct {
	Measure billing.Measure `json:"measure"`
	Total   Row             `json:"total"`
	Rows    []Row           `json:"rows"`
	// Block is how many single units Fastly bills as one, to the nearest whole number; zero where that is not the same for every row.
	Block decimal.Decimal `json:"-"`
	// Rest sums the rows beyond Question.Top; nil where all are shown. RestCount is how many they are, of one month by service, team or region
	// those of all measures, since the same rows are shown of each.
	Rest      *Row `json:"rest,omitempty"`
	RestCount int  `json:"rest_count,omitempty"`
	// Unallocated is the part of a cost that no service explains: fees, credits, usage that Fastly assigns to no service. It is nil where
	// the rows are not services, and where nothing is left.
	Unallocated *Row `json:"unallocated,omitempty"`
	// Uncounted is the part of an estimate that is newer than the usage of services; nil where there is none.
	Uncounted *Row `json:"uncounted,omitempty"`
}

// All returns every row that the total is the sum of: the rows shown, the rest, and what belongs to no service or to none yet.
func (g Group) All() []Row {
	rows := slices.Clip(g.Rows) // what is appended goes into a copy
	for _, more := range []*Row{g.Rest, g.Uncounted, g.Unallocated} {
		if more != nil {
			rows = append(rows, *more)
		}
	}
	return rows
}

// Row is one line of a Group. Figures stand in the order of Table.Months, in the measure's single units. One that is not
// valid is unknown: the month is Missing, or Fastly has no row of this kind in it, which the sums take as nothing.
type Row struct {
	Name    string                `json:"name"`
	Product string                `json:"product,omitempty"`
	ID      string                `json:"id,omitempty"` // a service's id
	Figures []decimal.NullDecimal `json:"figures"`
	// Billed are the same figures in the API's unit, where the question asks for them. Unit names it; it is empty, and Billed with it,
	// where rows of several units were added, or of blocks of different size.
	Billed []decimal.NullDecimal `json:"billed,omitempty"`
	Unit   string                `json:"unit,omitempty"`
	Sum    decimal.Decimal       `json:"sum"`
	Share  decimal.NullDecimal   `json:"share"`  // 0.43 is 43 %: of the group's sum, or beside credits of the charges; the sum and the credits then have none
	Change decimal.NullDecimal   `json:"change"` // per day against Table.Versus, 0.069 is +6.9 %
	// Earlier is the figure that Change compares with: of Versus.Against, whole or its first days. It is not per day. Of a question that
	// compares two periods it is that of the earlier one, and Later that of the later one, which Sum and Share are of, too.
	Earlier decimal.NullDecimal `json:"earlier"`
	Later   decimal.NullDecimal `json:"later,omitzero"`
	// Usage is what of a cost is usage, per day; nil where none of it is, and where months are not compared.
	Usage *UsagePart `json:"usage,omitempty"`
}

// RowOf returns the name and the product of the row that usage of the account counts in, and whether the question is about it.
func (q Question) RowOf(u billing.Usage) (name, product string, wanted bool) {
	key := q.keyOf(u.Metric(), u.Region)
	return key.name, key.product, q.Wants(u)
}

// RowOfCharge is RowOf for a line of a bill.
func (q Question) RowOfCharge(c billing.Charge) (name, product string, wanted bool) {
	key := q.keyOf(c.Metric(), c.Region)
	return key.name, key.product, q.wantsCharge(c)
}

// MayConcern reports whether a row that could not be read may belong to the question: a name that could not be read may be any name.
func (q Question) MayConcern(u billing.Usage) bool {
	may := func(wanted billing.Names, name string) bool { return name == "" || wanted.Match(name) }
	return may(q.Product, u.Product) && may(q.UsageType, u.UsageType) && may(q.Region, u.Region) &&
		(q.Measure == "" || u.Unit == "" || q.Measure.Have(u.Measure().Noun))
}

// Wants reports whether the question is about this usage of the account, by product, usage type, region and measure. Which services it is
// about does not count.
func (q Question) Wants(u billing.Usage) bool {
	return q.Product.Have(u.Product) && q.UsageType.Match(u.UsageType) && q.Region.Have(u.Region) &&
		(q.Measure == "" || q.Measure.Have(u.Measure().Noun))
}

// wantsCharge is Wants for a line of a bill, whose measure shows as far as its names do.
func (q Question) wantsCharge(c billing.Charge) bool {
	metric := c.Metric()
	return q.Charges.Have(string(c.Kind)) && q.Wants(billing.Usage{Product: metric.Product, UsageType: metric.UsageType, Region: c.Region, Unit: cmp.Or(billing.MeasureIn(c), billing.UnitPlain)})
}

// IsWhole reports whether the question is about all of the account.
func (q Question) IsWhole() bool {
	return q.Product == "" && q.UsageType == "" && q.Region == "" && q.Measure == "" && q.Charges == "" && !q.OfSomeServices()
}

// OfSomeServices reports whether the question is about named services.
func (q Question) OfSomeServices() bool { return q.Service != "" || q.Team != "" }

// ReadsServices reports whether the answer is made of service-level usage.
func (q Question) ReadsServices() bool { return q.By.IsOfServices() || q.OfSomeServices() }

// keyOf returns the row that usage or a charge of the metric and the region counts in.
func (q Question) keyOf(of billing.Metric, region string) RowKey {
	switch q.By {
	case ByProduct:
		return RowKey{name: cmp.Or(of.Product, of.UsageType), product: of.Product}
	case ByRegion:
		if region == "" && of.Product != "" && !q.Cost { // usage of products isn't added up
			return RowKey{name: of.Product + " (no region)", product: of.Product}
		}
		return RowKey{name: cmp.Or(region, "No Region")}
	case ByUsageType, ByService, ByTeam:
	}
	return RowKey{name: of.UsageType, product: of.Product}
}
