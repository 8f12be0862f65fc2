package report

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Breakdown says what each row of a Table stands for.
type Breakdown string

// The breakdowns a person can ask for, in the words they type after "by".
const (
	ByUsageType Breakdown = "type"
	ByProduct   Breakdown = "product"
	ByRegion    Breakdown = "region"
	ByService   Breakdown = "service"
	ByTeam      Breakdown = "team" // services, added up by their teams
	ByDay       Breakdown = "day"  // of a Question about days, and so is the next one
	ByWeek      Breakdown = "week" // from Monday to Sunday, UTC
)

// IsOfParts reports whether the rows are parts of one whole: services, teams or regions.
func (b Breakdown) IsOfParts() bool { return b.IsOfServices() || b == ByRegion }

// IsOfTime reports whether the rows are days or weeks.
func (b Breakdown) IsOfTime() bool { return b == ByDay || b == ByWeek }

// IsOfServices reports whether the rows are services, or sums of services.
func (b Breakdown) IsOfServices() bool { return b == ByService || b == ByTeam }

// Show says what a Question asks for; the zero value is usage, or with Question.Cost its cost.
type Show string

// What a Question may ask for, in the words that people type.
const (
	ShowUsage    Show = ""
	ShowForecast Show = "forecast" // how the running month is likely to end
	ShowRates    Show = "rates"    // what a unit costs
	// ShowChanges asks for the rows that changed their measure most since the month before, up or down.
	ShowChanges Show = "top changes"
	// ShowProducts, ShowServices and ShowTeams ask for a List.
	ShowProducts Show = "products"
	ShowServices Show = "services"
	ShowTeams    Show = "teams"
)

// Question is what a person wants to know.
type Question struct {
	Months billing.Range `json:"months"`
	// Against is the earlier period of a question that compares two; zero for any other question.
	Against billing.Range `json:"against,omitzero"`
	// Days asks for days; Months are then those that the days are in. AgainstDays are the earlier days of a question that compares two runs of days.
	// Both are zero for any other question. Package byday answers.
	Days        billing.Days `json:"days,omitzero"`
	AgainstDays billing.Days `json:"against_days,omitzero"`
	Show        Show         `json:"show,omitempty"`
	// Cost asks what Fastly billed, in money, instead of usage.
	Cost      bool          `json:"cost,omitempty"`
	Product   billing.Names `json:"product,omitempty"`    // each an exact product_id
	UsageType billing.Names `json:"usage_type,omitempty"` // each an exact name or a glob; of a charge, if Cost is set
	Region    billing.Names `json:"region,omitempty"`     // each an exact name
	Measure   billing.Names `json:"measure,omitempty"`    // each a noun such as billing.NounBandwidth
	Service   billing.Names `json:"service,omitempty"`    // each a name, an id, or a glob of names
	Team      billing.Names `json:"team,omitempty"`       // each a team, which stands for its services
	// Charges are the kinds of charges that a question about cost asks for, each a billing.ChargeKind.
	Charges billing.Names `json:"charges,omitempty"`
	By      Breakdown     `json:"by"`
	// Monthly asks for a line for each month instead of a column.
	Monthly bool `json:"monthly,omitempty"`
	Top     int  `json:"top,omitempty"` // how many rows a group shows before the rest is one row; 0 is all
	// WithBilled asks for Row.Billed, which a CSV has.
	WithBilled bool `json:"-"`
}

// The errors of questions that cannot be answered. Package lookup returns them.
var (
	// ErrNoTeams means that no team of the rules file has services.
	ErrNoTeams = errors.New("there are no teams")
	// ErrNoDays means that there are no figures of days.
	ErrNoDays = errors.New("there are no figures of days here")
	// ErrNoNames means that Fastly answered, but has no row in the months asked for.
	ErrNoNames = errors.New("no rows")
	// ErrStillReading means that services could not be read in the time that a question has. They are read on, for the next one who asks.
	ErrStillReading = errors.New("services are still being read")
)

// Table is the answer to a Question. It has a group for each measure, since unlike units are never added.
type Table struct {
	Question Question        `json:"question"`
	Months   []billing.Month `json:"columns"`
	Groups   []Group         `json:"groups"`
	// Missing are the months for which Fastly has no row: their usage is unknown, not zero.
	Missing []billing.Month   `json:"missing,omitempty"`
	Fresh   billing.Freshness `json:"fresh"`
	// Unread are the invoiced months whose bills could not be read, among those asked for and the month before. Only questions about cost have it.
	Unread []UnreadMonth `json:"unread,omitempty"`
	// LeftOut is the usage that could not be read, which the figures leave out.
	LeftOut []LeftOut `json:"left_out,omitempty"`
	// StillReading are months that the answer was to have, or to compare with, and that are still being read by service. Question.Months lacks them.
	StillReading []billing.Month `json:"still_reading,omitempty"`
	// Apart are the nouns of counts that several products have. These counts have no sum and no shares: several products may count the same request,
	// and each product's operations are others.
	Apart []string `json:"apart,omitempty"`
	// Versus is what Row.Change compares; nil if nothing can be compared.
	Versus *Comparison `json:"versus,omitempty"`
	// Makeup sums each month's bill by kind of charge, in the order of Months. Only questions about cost have it.
	Makeup []Makeup `json:"makeup,omitempty"`
	// ServicesTo is the instant up to which the services of the last month count, in a cost by service or team; zero if Fastly states none.
	ServicesTo time.Time `json:"services_to,omitzero"`
}

// UnreadMonth is a month whose bill is unknown, and why.
type UnreadMonth struct {
	Month billing.Month `json:"month"`
	Why   string        `json:"why"`
}

// IsNothingDue reports whether every month was invoiced and nothing of the invoices is left, such as after a credit note that cancels one.
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

// Makeup sums one month's bill by kind of charge, for the charges that the question is about.
type Makeup struct {
	Currency string          `json:"currency,omitempty"`
	Usage    decimal.Decimal `json:"usage"`
	Fixed    decimal.Decimal `json:"fixed"`
	Credit   decimal.Decimal `json:"credit"` // zero or below
	// Estimate means that the month is not invoiced: the figures are Fastly's estimate, or zero if it has none.
	Estimate bool     `json:"estimate,omitempty"`
	Remarks  []string `json:"remarks,omitempty"` // Bill.Remarks
	// Unbilled sums the fees on the invoice of the month before that this estimate does not have yet.
	Unbilled decimal.Decimal `json:"unbilled,omitzero"`
}

// NewestBill returns the makeup of the last month's bill; a zero one if the table is not about cost.
func (t Table) NewestBill() Makeup {
	if len(t.Makeup) == 0 {
		return Makeup{}
	}
	return t.Makeup[len(t.Makeup)-1]
}

// UsagePart has the usage charges of a cost per day, in each of the two compared months: unlike fees these are lower in a short month.
type UsagePart struct {
	PerDay  decimal.Decimal     `json:"per_day"`
	Earlier decimal.Decimal     `json:"earlier_per_day"`
	Change  decimal.NullDecimal `json:"change"` // not valid if Earlier is not above zero
}

// Comparison names the two stretches of time that Row.Change compares, per day. Both are whole months, or, if the later
// month is not over, its days so far and the same days of the month before.
type Comparison struct {
	// Whole means that amounts of whole months are compared, not per day: a fee is the same for a short month.
	Whole   bool          `json:"whole,omitempty"`
	Month   billing.Month `json:"month"`
	Against billing.Month `json:"against"`
	// Days is how many days of each month are compared, rounded, or all of Against if that has fewer; 0 is the whole month.
	Days int `json:"days,omitempty"`
	// Until and AgainstUntil are the instants to which the two months count, if Days is set. Messages of earlier versions do not have them.
	Until        time.Time `json:"until,omitzero"`
	AgainstUntil time.Time `json:"against_until,omitzero"`
	// Span and AgainstSpan are the periods of a question that compares two; otherwise they are zero. Length and AgainstLength are how many days of
	// them are counted.
	Span          billing.Range `json:"span,omitzero"`
	AgainstSpan   billing.Range `json:"against_span,omitzero"`
	Length        float64       `json:"length,omitempty"`
	AgainstLength float64       `json:"against_length,omitempty"`
	// IsPerDay means that whole bills cannot be compared, since one is not complete, or one period has more months than the other.
	IsPerDay bool `json:"is_per_day,omitempty"`
	// IsTiered means that the month still runs and its rates fall with volume. Its first days then cost more than the later ones, so that they are not
	// compared with a whole month, and Row.Usage is nil.
	IsTiered bool `json:"is_tiered,omitempty"`
	// Unknown means that a change was expected, but cannot be shown for the reason Why. The bot has recorded months since WatchingSince; zero if it
	// has recorded none yet.
	Unknown       bool      `json:"unknown,omitempty"`
	Why           Gap       `json:"why,omitempty"`
	WatchingSince time.Time `json:"watching_since,omitzero"`
}

// Gap is why two stretches of time could not be compared.
type Gap string

// The reasons for which Comparison.Unknown is set.
const (
	// GapNoRecord means that nobody recorded the same days of the month before.
	GapNoRecord Gap = "no_record"
	// GapUnreadable means that the record could not be read.
	GapUnreadable Gap = "record_unreadable"
	// GapUnread means that a figure of either stretch could not be read.
	GapUnread Gap = "unread"
	// GapUndated means that the month counts less than half a day, or that Fastly does not state up to when it counts.
	GapUndated Gap = "undated"
)

// Group is every row of one measure, such as bandwidth, with their total.
type Group struct {
	Measure billing.Measure `json:"measure"`
	Total   Row             `json:"total"`
	Rows    []Row           `json:"rows"`
	// Block is how many single units Fastly bills as one, rounded; zero if that differs between rows.
	Block decimal.Decimal `json:"-"`
	// Rest sums the RestCount rows beyond Question.Top; nil if all rows are shown. One month by service, team or region shows the same rows for each
	// measure, and RestCount is the same for all.
	Rest      *Row `json:"rest,omitempty"`
	RestCount int  `json:"rest_count,omitempty"`
	// Unallocated is the part of a cost that belongs to no service: fees, credits, and usage that Fastly assigns to none. It is nil if the rows are not
	// services, or if nothing is left.
	Unallocated *Row `json:"unallocated,omitempty"`
	// Uncounted is the usage of an estimate that Fastly has not counted by service yet; nil if there is none.
	Uncounted *Row `json:"uncounted,omitempty"`
}

// All returns every row that the total adds up.
func (g Group) All() []Row {
	rows := slices.Clip(g.Rows) // so that append copies
	for _, more := range []*Row{g.Rest, g.Uncounted, g.Unallocated} {
		if more != nil {
			rows = append(rows, *more)
		}
	}
	return rows
}

// Row is one line of a Group. Figures are in the order of Table.Months and in the measure's single units. A figure that is not valid is unknown: the
// month is Missing, or Fastly has no such row in it. Sums take the latter as zero.
type Row struct {
	Name    string                `json:"name"`
	Product string                `json:"product,omitempty"`
	ID      string                `json:"id,omitempty"` // a service's id
	Figures []decimal.NullDecimal `json:"figures"`
	// Billed are the same figures in the unit of Fastly's API, if the question asks for them; Unit names it. Both are empty for a sum of rows with
	// different units or blocks.
	Billed []decimal.NullDecimal `json:"billed,omitempty"`
	Unit   string                `json:"unit,omitempty"`
	Sum    decimal.Decimal       `json:"sum"`
	Share  decimal.NullDecimal   `json:"share"`  // 0.43 is 43 % of the group's sum, or of its charges if it has credits: then the sum and the credits have no share
	Change decimal.NullDecimal   `json:"change"` // per day against Table.Versus, 0.069 is +6.9 %
	// Earlier is the figure that Change compares with, not per day: that of Versus.Against or of its first days. If the question compares two periods,
	// it is the earlier period's, and Later the later one's, which is also the period of Sum and Share.
	Earlier decimal.NullDecimal `json:"earlier"`
	Later   decimal.NullDecimal `json:"later,omitzero"`
	// Usage has the usage charges per day; nil if there are none, or if months are not compared.
	Usage *UsagePart `json:"usage,omitempty"`
}

// RowOf returns the name and the product of the row in which usage of the account counts, and reports whether the question is about it.
func (q Question) RowOf(u billing.Usage) (name, product string, wanted bool) {
	key := q.keyOf(u.Metric(), u.Region)
	return key.name, key.product, q.Wants(u)
}

// RowOfCharge is RowOf for a line of a bill.
func (q Question) RowOfCharge(c billing.Charge) (name, product string, wanted bool) {
	key := q.keyOf(c.Metric(), c.Region)
	return key.name, key.product, q.wantsCharge(c)
}

// MayConcern reports whether a row that could not be read may belong to the question. A name that could not be read may be any name.
func (q Question) MayConcern(u billing.Usage) bool {
	may := func(wanted billing.Names, name string) bool { return name == "" || wanted.Match(name) }
	return may(q.Product, u.Product) && may(q.UsageType, u.UsageType) && may(q.Region, u.Region) &&
		(q.Measure == "" || u.Unit == "" || q.Measure.Have(u.Measure().Noun))
}

// Wants reports whether the question is about this usage of the account, judged by product, usage type, region and measure, but not by service.
func (q Question) Wants(u billing.Usage) bool {
	return q.Product.Have(u.Product) && q.UsageType.Match(u.UsageType) && q.Region.Have(u.Region) &&
		(q.Measure == "" || q.Measure.Have(u.Measure().Noun))
}

// wantsCharge is Wants for a line of a bill, whose names tell its measure.
func (q Question) wantsCharge(c billing.Charge) bool {
	metric := c.Metric()
	return q.Charges.Have(string(c.Kind)) && q.Wants(billing.Usage{Product: metric.Product, UsageType: metric.UsageType, Region: c.Region, Unit: cmp.Or(billing.MeasureIn(c), billing.UnitPlain)})
}

// IsWhole reports whether the question is about all of the account.
func (q Question) IsWhole() bool {
	return q.Product == "" && q.UsageType == "" && q.Region == "" && q.Measure == "" && q.Charges == "" && !q.OfSomeServices()
}

// IsOfDays reports whether the question asks for days.
func (q Question) IsOfDays() bool { return !q.Days.IsZero() }

// IsMeasuredDaily reports whether Fastly's daily statistics have the measures that the question names.
func (q Question) IsMeasuredDaily() bool {
	return !slices.ContainsFunc(q.Measure.List(), func(noun string) bool { return noun != billing.NounBandwidth && noun != billing.NounRequests })
}

// OfSomeServices reports whether the question is about named services.
func (q Question) OfSomeServices() bool { return q.Service != "" || q.Team != "" }

// ReadsServices reports whether the answer needs service-level usage.
func (q Question) ReadsServices() bool { return q.By.IsOfServices() || q.OfSomeServices() }

// NoRegion is the row of costs without a region, such as fees.
const NoRegion = "No Region"

// keyOf returns the row in which usage or a charge of the metric and the region counts.
func (q Question) keyOf(of billing.Metric, region string) RowKey {
	switch q.By {
	case ByProduct:
		return RowKey{name: cmp.Or(of.Product, of.UsageType), product: of.Product}
	case ByRegion:
		if region == "" && of.Product != "" && !q.Cost { // usage of products isn't added up
			return RowKey{name: of.Product + " (no region)", product: of.Product}
		}
		return RowKey{name: cmp.Or(region, NoRegion)}
	case ByUsageType, ByService, ByTeam, ByDay, ByWeek:
	}
	return RowKey{name: of.UsageType, product: of.Product}
}
