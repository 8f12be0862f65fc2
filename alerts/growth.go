package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Above is what usage above the limit would cost, if the month ends as expected. It is an estimate by the rates of an earlier bill.
type Above struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	Rates    billing.Month   `json:"rates"` // the month whose bill has the rates
}

// Growth is how the usage of a rule with change compares, per day, with the same days of the month before.
type Growth struct {
	Title   string          `json:"title"`
	Measure billing.Measure `json:"measure"`
	// Versus is which days are compared, or why they cannot be.
	Versus report.Comparison `json:"versus"`
	Used   decimal.Decimal   `json:"used"`    // of the days compared, in Measure's single units
	PerDay decimal.Decimal   `json:"per_day"` // likewise, a day
	Before decimal.Decimal   `json:"before"`  // a day, in the month before
	Ratio  decimal.Decimal   `json:"ratio"`   // by how much PerDay exceeds Before: 0.38 is +38%
	Extra  decimal.Decimal   `json:"extra"`   // the usage beyond Before in the days compared
	// Drivers are what grew most, biggest first; at most three. OthersExtra is the rest of Extra, from the Others.
	Drivers     []Part          `json:"drivers,omitempty"`
	Others      int             `json:"others,omitempty"`
	OthersExtra decimal.Decimal `json:"others_extra"`

	Over      rules.Threshold `json:"over"`     // the rule's floors: more than this share of Before,
	AtLeast   decimal.Decimal `json:"at_least"` // and at least this much more, in Measure's single units
	CountedTo time.Time       `json:"counted_to"`
	ReadAt    time.Time       `json:"read_at"`
	Owners    []rules.Person  `json:"owners,omitempty"`
	// Unknown is why there is nothing newer, for a person, or empty with Versus.Unknown set; the figures are then the last known ones.
	Unknown string `json:"unknown,omitempty"`
	Closed  bool   `json:"closed,omitempty"` // the month is over and these are its final figures
}

// Known reports whether there is a figure.
func (g *Growth) Known() bool { return g != nil && g.PerDay.IsPositive() }

// Drivers is what grew of a budget's usage since the month before.
type Drivers struct {
	Month billing.Month `json:"month"` // the month before
	// Days is how many of that month's first days are compared, as many as are counted now. It is 0 if their usage is not known and as many
	// average days of that month are compared instead.
	Days   int             `json:"days,omitempty"`
	Before decimal.Decimal `json:"before"` // what was used then, in single units
	Change decimal.Decimal `json:"change"` // how much more is used now; negative for less
	// By is what the parts are; empty if there are no parts to name.
	By    DriverBy `json:"by,omitempty"`
	Parts []Part   `json:"parts,omitempty"` // what grew most, at most three: Used is the growth
	// Others counts the further parts, and OthersChange is their growth together.
	Others       int             `json:"others,omitempty"`
	OthersChange decimal.Decimal `json:"others_change"`
	// Unexplained is the rest of Change, where the parts are services and do not add up to it; zero where the rest is negligible.
	Unexplained decimal.Decimal `json:"unexplained,omitzero"`
}

// DriverBy is what the parts of a growth are.
type DriverBy string

// What the parts of a growth can be.
const (
	DriverByService DriverBy = "service"
	DriverByType    DriverBy = "usage type"
	DriverByRegion  DriverBy = "region"
)
