package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// BudgetID names one budget in one month: what a root message stands for.
type BudgetID struct {
	Rule     string        `json:"rule"`
	Instance string        `json:"scope,omitempty"` // which of a rule's budgets, where it has one for each service; else empty
	Month    billing.Month `json:"month"`
}

// BudgetName names one budget in any month.
type BudgetName struct{ Rule, Instance string }

// BudgetName returns the name without the month.
func (id BudgetID) BudgetName() BudgetName { return BudgetName{id.Rule, id.Instance} }

// String returns the parts with bars between them, "na-bandwidth||2026-11".
func (id BudgetID) String() string { return id.Rule + "|" + id.Instance + "|" + id.Month.String() }

// AlertKind is what an Alert speaks of.
type AlertKind string

// The kinds of alert.
const (
	KindBudget   AlertKind = "budget"   // usage has reached a threshold of a budget
	KindForecast AlertKind = "forecast" // the month is likely to end above a level of a budget
	KindChange   AlertKind = "change"   // usage per day has risen; Used and Limit are a day's, now and before
)

// Alert is the memory that a level was reached or foreseen, and so was spoken of, or was deliberately passed over in silence. Its
// BudgetID, Kind and Level are unique in the ledger for 13 months: that is what makes a crossing said once.
type Alert struct {
	BudgetID
	Kind      AlertKind
	Threshold rules.Threshold
	Reason    Reason
	Used      decimal.Decimal // in the budget's single units
	Limit     decimal.Decimal // likewise
	At        time.Time
	// DeliveryID is the message that says it; empty where the reason is a silent one.
	DeliveryID string
	// Delivery is how far that message has come, Channel where it goes, and Posted whether Slack has given a receipt for it.
	Delivery DeliveryState
	Channel  string
	Posted   bool
}

// BudgetState is how a budget stands in a month, as of the last check that could tell.
type BudgetState struct {
	BudgetID
	RuleHash  string          // Rule.Hash when this was recorded; another one means the rule has changed
	Threshold rules.Threshold // the highest level said or passed over, 0 for none
	Used      decimal.Decimal // in the budget's single units
	Limit     decimal.Decimal // likewise
	Version   string          // the data version that Used comes from
	CountedTo time.Time       // up to when Used counts; zero where Fastly did not say
	// Unknown is why the newest check could not tell Used, for a person; the figures are then the last known ones.
	Unknown string
	// Track is what the forecasts of the month have come to.
	Track forecast.Track
	// ForecastThreshold is the level above which the month was said to end, or was passed over in silence; 0 where that is not so, or
	// no longer.
	ForecastThreshold rules.Threshold
	// ParentID is the delivery that is this budget's root message; empty where nothing was said, or it was said in a list.
	ParentID string
	// ParentChannel is where that was said, as the rules named it.
	ParentChannel string
	// DeferredUntil is when the root may be said first: until then nobody has seen it. It is zero for one that was said at once.
	DeferredUntil time.Time
	// PostedAt is when the root was last written: posted or edited.
	PostedAt time.Time
	// OverAt is when people were last told that the budget is used up, or were called since nobody answered; zero where they
	// were not.
	OverAt time.Time
	// Escalations is how often people were called since nobody answered.
	Escalations int
	// ClosedAt is when the month, being over, was closed with the figure Final; zero where it was not yet.
	ClosedAt time.Time
	Final    decimal.Decimal // in the budget's single units
	// RestatedAt is when people were told that Fastly restated the closed month; zero where they were not.
	RestatedAt time.Time
	// Falls are how often levels have come down in the month, so that usage which wavers around one is not posted each time.
	Falls []Fall
	// Forms are what was posted and answered under other forms that the rule had in the month, the newest last.
	Forms []Form
	// ServiceID is whose budget it is, where the rule has one for each service: the scope says how that was called when the month began.
	ServiceID string
	// Answers are what people decided about it.
	Answers
	// Revision counts the writes of this row. A write of an older revision is refused with ErrConflict.
	Revision int64
}

// OverThreshold is the threshold at which a budget is used up.
const OverThreshold rules.Threshold = 100

// How a month goes on that is over.
const (
	// LateFor is how long after its end a month is compared as if it ran: Fastly counts its last day a day or two later. It is
	// closed earlier where its last day is counted.
	LateFor = billing.SettledAfter
	// WatchedFor is how long after its end a closed month is still looked at, since Fastly may restate it.
	WatchedFor = billing.RestatedFor
)

// Fall is that a level has come down in a month, since Fastly restated usage.
type Fall struct {
	Threshold rules.Threshold `json:"level"`
	Times     int             `json:"times"`
	At        time.Time       `json:"at"` // of the last time
}
