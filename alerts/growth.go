package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/report"
)

// Above is what a month's likely end above its limit would cost, by the rates of a bill before: an estimate.
type Above struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	Rates    billing.Month   `json:"rates"` // the month whose bill has the rates
}

// Growth is how the usage of a rule with change compares, per day, with the same days of the month before.
type Growth struct {
	Title   string          `json:"title"`
	Measure billing.Measure `json:"measure"`
	// Versus says which days are compared, or why they cannot be.
	Versus report.Comparison `json:"versus"`
	Used   decimal.Decimal   `json:"used"`    // of the days compared, in Measure's single units
	PerDay decimal.Decimal   `json:"per_day"` // likewise, a day
	Before decimal.Decimal   `json:"before"`  // a day, in the month before
	Ratio  decimal.Decimal   `json:"ratio"`   // by how much PerDay is above Before: 0.38 is +38%
	Extra  decimal.Decimal   `json:"extra"`   // how much came on top of Before in the days compared
	// Drivers are what grew most, biggest first; at most three. OthersExtra is what is left of Extra for the Others.
	Drivers     []Part          `json:"drivers,omitempty"`
	Others      int             `json:"others,omitempty"`
	OthersExtra decimal.Decimal `json:"others_extra"`

	Over      rules.Threshold `json:"over"`     // the rule's floors: above so much of Before,
	AtLeast   decimal.Decimal `json:"at_least"` // and at least so much on top, in Measure's single units
	CountedTo time.Time       `json:"counted_to"`
	ReadAt    time.Time       `json:"read_at"`
	Owners    []rules.Person  `json:"owners,omitempty"`
	// Unknown is why nothing newer can be told, for a person, or empty with Versus.Unknown set; the figures are then the last known.
	Unknown string `json:"unknown,omitempty"`
	Closed  bool   `json:"closed,omitempty"` // the month is over and this is how it ended
}

// Known reports whether there is a figure at all.
func (g *Growth) Known() bool { return g != nil && g.PerDay.IsPositive() }

// Drivers is what grew of a budget's usage against the month before.
type Drivers struct {
	Month billing.Month `json:"month"` // the month before
	// Days is how many of its first days are compared with, as many as are counted now; 0 where what they used is not known,
	// and as many average days of it are.
	Days   int             `json:"days,omitempty"`
	Before decimal.Decimal `json:"before"` // what was used then, in single units
	Change decimal.Decimal `json:"change"` // how much more is used now; negative for less
	// By is what the parts are; empty where nothing tells any apart.
	By    DriverBy `json:"by,omitempty"`
	Parts []Part   `json:"parts,omitempty"` // what grew most, at most three: Used is by how much
	// Others is how many further parts there are, and OthersChange what they grew by together.
	Others       int             `json:"others,omitempty"`
	OthersChange decimal.Decimal `json:"others_change"`
	// Unexplained is what is left of Change where the parts are services and their sum is another; zero where that is next to nothing.
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
