package alerts

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// BudgetID names one budget in one month, which has one parent message.
type BudgetID struct {
	Rule     string        `json:"rule"`
	Instance string        `json:"scope,omitempty"` // which service or team, if the rule has one budget for each; else empty
	Month    billing.Month `json:"month"`
}

// BudgetName names one budget in any month.
type BudgetName struct{ Rule, Instance string }

// BudgetName returns the name without the month.
func (id BudgetID) BudgetName() BudgetName { return BudgetName{id.Rule, id.Instance} }

// String returns the parts separated by bars, "na-bandwidth||2026-11".
func (id BudgetID) String() string { return id.Rule + "|" + id.Instance + "|" + id.Month.String() }

// AlertKind is what an Alert is about.
type AlertKind string

// The kinds of alert.
const (
	KindBudget   AlertKind = "budget"   // usage has reached a threshold of a budget
	KindForecast AlertKind = "forecast" // the month is likely to end above a threshold of a budget
	KindChange   AlertKind = "change"   // usage per day has risen; Used and Limit are a day's, now and before
)

// Alert records that a threshold was reached or forecast, with or without a message. BudgetID, Kind and Threshold are a unique key in the
// ledger for 13 months, so that each crossing is posted once.
type Alert struct {
	BudgetID
	Kind      AlertKind
	Threshold rules.Threshold
	Reason    Reason
	Used      decimal.Decimal // in the budget's single units
	Limit     decimal.Decimal // likewise
	At        time.Time
	// DeliveryID is the message about it; empty if Reason is one for posting nothing.
	DeliveryID string
	// Delivery is the state of that message, Channel where it goes, and Posted whether Slack has confirmed it.
	Delivery DeliveryState
	Channel  string
	Posted   bool
}

// BudgetState is the state of a budget in a month as of the last check that found a figure.
type BudgetState struct {
	BudgetID
	RuleHash  string          // Rule.Hash when this was recorded; a different hash means that the rule has changed
	Threshold rules.Threshold // the highest threshold posted, or recorded without a message; 0 for none
	Used      decimal.Decimal // in the budget's single units
	Limit     decimal.Decimal // likewise
	Version   string          // the data version that Used comes from
	CountedTo time.Time       // up to when Used counts; zero if Fastly did not say
	// Unknown is why the newest check found no figure, for a person; the figures are then the last known ones.
	Unknown string
	// Track is the progress of the month's forecasts.
	Track forecast.Track
	// ForecastThreshold is the threshold above which the month was forecast to end, with or without a message; 0 if it was not, or no longer
	// is.
	ForecastThreshold rules.Threshold
	// ParentID is the delivery of this budget's parent message; empty if nothing was posted, or only a list.
	ParentID string
	// ParentChannel is the parent's channel, as the rules named it.
	ParentChannel string
	// DeferredUntil is when the parent may be posted: before that nobody has seen it. It is zero if the parent was posted at once.
	DeferredUntil time.Time
	// PostedAt is when the parent was last posted or edited.
	PostedAt time.Time
	// OverAt is from when the time to an escalation counts: when the last alert that the budget is used up was decided on, or the last
	// escalation, even if it still waits to be posted. It is zero if there was none.
	OverAt time.Time
	// Escalations counts the escalations.
	Escalations int
	// ClosedAt is when the month was closed with the figure Final; zero before that.
	ClosedAt time.Time
	Final    decimal.Decimal // in the budget's single units
	// RestatedAt is when people were notified that Fastly restated the closed month; zero if they were not.
	RestatedAt time.Time
	// Falls counts how often thresholds have come down in the month, so that usage that wavers around one is not posted each time.
	Falls []Fall
	// Forms are what was posted and answered under earlier forms of the rule in the month, newest last.
	Forms []Form
	// ServiceID is the service's id, if the rule has a budget for each service. Instance keeps the service's name at the beginning of the
	// month.
	ServiceID string
	// Answers are people's answers to its messages.
	Answers
	// Revision counts the writes of this row. A write of an older revision is refused with ErrConflict.
	Revision int64
}

// IsKnownLikelyOver reports whether people know that the month is likely to end above the budget: it was posted, or somebody has
// acknowledged it, and it still holds. A threshold below the limit tells them nothing new.
func (s *BudgetState) IsKnownLikelyOver() bool {
	return s.ForecastThreshold > 0 && (!s.PostedAt.IsZero() || s.Ack.Given())
}

// Next returns the next of the rule's thresholds that is posted, or 0 if there is none.
func (s *BudgetState) Next(rule *rules.Rule) rules.Threshold {
	if s.IsKnownLikelyOver() {
		return rule.Next(max(s.Threshold, OverThreshold-1))
	}
	return rule.Next(s.Threshold)
}

// OverThreshold is the threshold at which a budget is used up.
const OverThreshold = rules.UsedUp

// How long a month is watched after its end.
const (
	// LateFor is how long after its end a month is compared as if it were still running, because Fastly counts its last day a day
	// or two later. The month is closed earlier once its last day is counted.
	LateFor = billing.SettledAfter
	// WatchedFor is how long a closed month is still checked, because Fastly may restate it.
	WatchedFor = billing.RestatedFor
)

// Fall records that a threshold came down because Fastly restated usage.
type Fall struct {
	Threshold rules.Threshold `json:"level"`
	Times     int             `json:"times"`
	At        time.Time       `json:"at"` // of the last time
}

// Form is what was posted and answered about a budget in the month under an earlier form of its rule, such as another limit. It applies
// again when that form comes back.
type Form struct {
	Hash              string          `json:"hash"`
	Threshold         rules.Threshold `json:"level,omitempty"`
	ForecastThreshold rules.Threshold `json:"foretold,omitempty"`
	OverAt            time.Time       `json:"over_at,omitzero"`
	Escalations       int             `json:"calls,omitempty"`
	Falls             []Fall          `json:"falls,omitempty"`
	Ack               Answer          `json:"ack,omitzero"`
}

// MostForms is how many forms of a rule are remembered; the oldest are dropped.
const MostForms = 10

// FormOf returns the earlier form with the hash, or an empty Form, with nothing posted, if there was none.
func (s BudgetState) FormOf(hash string) Form {
	if i := slices.IndexFunc(s.Forms, func(form Form) bool { return form.Hash == hash }); i >= 0 {
		return s.Forms[i]
	}
	return Form{}
}

// FormsAfter returns the earlier forms once the rule's form is hash. seen is the hash of the form before it, which joins them if anything
// was posted.
func (s BudgetState) FormsAfter(seen, hash string) []Form {
	forms := slices.DeleteFunc(slices.Clone(s.Forms), func(form Form) bool { return form.Hash == hash || form.Hash == seen })
	if s.Threshold > 0 || s.ForecastThreshold > 0 {
		forms = append(forms, Form{seen, s.Threshold, s.ForecastThreshold, s.OverAt, s.Escalations, s.Falls, s.Ack})
	}
	return forms[max(0, len(forms)-MostForms):]
}

// State is the state of a budget as people see it. Stored digests count budgets by it.
type State string

// The states.
const (
	StateOver       State = "over"              // at or above its limit
	StateLikelyOver State = "likely over"       // likely to end above it
	StateMayEndOver State = "may end over"      // below the limit; the forecast goes either way
	StateThreshold  State = "threshold reached" // below the limit, and not known to stay there or to end above it
	StateNoData     State = "no data"           // no fresh figure, or none at all
	StateAhead      State = "ahead of pace"     // below the first threshold, above an even pace
	StateOnCourse   State = "on course"         // likely to end below the limit, or below the first threshold and the pace
)

// States are all states, worst first.
var States = []State{StateOver, StateLikelyOver, StateMayEndOver, StateThreshold, StateNoData, StateAhead, StateOnCourse}

// BudgetStatus is the status of one budget, or of all budgets of a rule that has one for each service or team.
type BudgetStatus struct {
	// Line has the budget's name, threshold and figures. If Unknown is set they are the last known ones.
	Line BudgetLine `json:"line"`
	// Known means that Line.Used is a figure. It is false until a check has read the usage once.
	Known bool `json:"known,omitempty"`
	// Unknown is why the newest check found no figure, for a person; empty if it found one.
	Unknown string `json:"unknown,omitempty"`
	// Stale means that Unknown is set because no newer data came, rather than because the newest cannot be counted.
	Stale bool `json:"stale,omitempty"`
	// Since is when Line.Threshold was reached; zero if none was, or if that is not recorded.
	Since time.Time `json:"since,omitzero"`
	// FromStart means that the threshold had been reached before the rule was watched, so that Since is only when it was first seen.
	FromStart bool `json:"from_start,omitempty"`
	// Channel is where the rule's alerts go: a name without "#", or an id; empty if each of Instances has its own.
	Channel string `json:"-"`
	// ServiceID is the service's id, if the budget is a service's; else empty.
	ServiceID string `json:"-"`
	// Count is the number of budgets if the rule has one for each service or team, else 0. The fields above then describe the worst of
	// them, Each is the limit of those without an exception, and Rest counts the others by state.
	Count int             `json:"count,omitempty"`
	Each  decimal.Decimal `json:"each,omitzero"`
	Rest  map[State]int   `json:"rest,omitempty"`
	// Others is Rest in words, from digests that an earlier version stored.
	Others string `json:"others,omitempty"`
	// Instances are all budgets of the rule, worst first; nil if it has one.
	Instances []BudgetStatus `json:"-"`
	// Ending is what is known of the end of a month that is over; nil while the month runs.
	Ending *Ending `json:"-"`
}

// Ending is what is known beside the figures of how a budget ended.
type Ending struct {
	// Recorded means that checks of the month have recorded the budget, so that its limit is the one that the month had. Otherwise it is LimitNow.
	Recorded bool
	// Thresholds are those of the rule now, and LimitNow is its limit of the month by the rules of now.
	Thresholds []rules.Threshold
	LimitNow   decimal.Decimal
	// Final means that the figure is the final one, unless Fastly corrects it.
	Final bool
	// Reached are the thresholds that were recorded, with when.
	Reached []Alert
}

// State returns the budget's state at now. A budget known to be over stays over while newer figures are missing.
func (s BudgetStatus) State(now time.Time) State {
	f := s.Line.Forecast
	switch {
	case s.Known && !PercentOf(s.Line).LessThan(Hundred):
		return StateOver
	case !s.Known || s.Unknown != "":
		return StateNoData
	case f != nil && f.Likely:
		return StateLikelyOver
	case f != nil && f.Unknown == "" && !f.OnCourse && f.High.GreaterThan(s.Line.Limit):
		return StateMayEndOver
	case s.Line.Threshold > 0 && !IsOnCourse(s.Line):
		return StateThreshold
	case s.isAhead(now):
		return StateAhead
	}
	return StateOnCourse
}

// isAhead reports whether more is used than an even pace allows by now, and the forecast does not say otherwise. A bill has no even pace,
// because fees are charged whole.
func (s BudgetStatus) isAhead(now time.Time) bool {
	if f := s.Line.Forecast; IsMoney(s.Line) || s.Ending != nil || f != nil && f.OnCourse {
		return false
	}
	passed, whole := s.CountedTo(now).Sub(s.Line.Month.Start()), s.Line.Month.End().Sub(s.Line.Month.Start())
	pace := decimal.NewFromInt(int64(min(passed, whole))).Div(decimal.NewFromInt(int64(whole)))
	return passed > 0 && PercentOf(s.Line).GreaterThan(pace.Mul(Hundred))
}

// CountedTo returns how far the figures count. If Fastly does not report it, the time of reading is used.
func (s BudgetStatus) CountedTo(now time.Time) time.Time {
	return cmp.Or(s.Line.CountedTo, s.Line.ReadAt, now)
}
