package alerts

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Level is a threshold in whole percent of a budget, such as 80.
type Level int

// String returns "80%".
func (l Level) String() string { return fmt.Sprintf("%d%%", int(l)) }

// BudgetID names one budget in one month: what a root message stands for.
type BudgetID struct {
	Rule  string        `json:"rule"`
	Scope string        `json:"scope,omitempty"` // which of a rule's budgets, where it has one for each service; else empty
	Month billing.Month `json:"month"`
}

// String returns the parts with bars between them, "na-bandwidth||2026-11".
func (id BudgetID) String() string { return id.Rule + "|" + id.Scope + "|" + id.Month.String() }

// AlertKind is what an Alert speaks of.
type AlertKind string

// KindBudget is a threshold of a budget that usage has reached.
const KindBudget AlertKind = "budget"

// Alert is the memory that a level was reached, and so was spoken of, or was deliberately passed over in silence. Its
// BudgetID, Kind and Level are unique in the ledger for 13 months: that is what makes a crossing said once.
type Alert struct {
	BudgetID
	Kind   AlertKind
	Level  Level
	Reason Reason
	Used   decimal.Decimal // in the budget's single units
	Limit  decimal.Decimal // likewise
	At     time.Time
	// DeliveryID is the message that says it; empty where the reason is a silent one.
	DeliveryID string
}

// Standing is how a budget stands in a month, as of the last check that could tell.
type Standing struct {
	BudgetID
	RuleHash  string          // Rule.Hash when this was recorded; another one means the rule has changed
	Level     Level           // the highest level said or passed over, 0 for none
	Used      decimal.Decimal // in the budget's single units
	Limit     decimal.Decimal // likewise
	Version   string          // the data version that Used comes from
	CountedTo time.Time       // up to when Used counts; zero where Fastly did not say
	// Unknown is why the newest check could not tell Used, for a person; the figures are then the last known ones.
	Unknown string
	// RootID is the delivery that is this budget's root message; empty where nothing was said, or it was said in a list.
	RootID string
	// SaidAt is when the root was last written: posted or edited.
	SaidAt time.Time
	// Answers are what people decided about it.
	Answers
	// Revision counts the writes of this row. A write of an older revision is refused with ErrConflict.
	Revision int64
}
