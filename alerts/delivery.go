package alerts

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

// DeliveryKind is what a Delivery does in the channel.
type DeliveryKind string

// The kinds of delivery.
const (
	DeliverParent     DeliveryKind = "root"    // a new message that stands for one budget in one month
	DeliverBroadcast  DeliveryKind = "rise"    // a reply to the root that the channel sees too
	DeliverUpdate     DeliveryKind = "refresh" // an edit of the root
	DeliverList       DeliveryKind = "list"    // one message for many budgets that crossed in one check
	DeliverStart      DeliveryKind = "start"   // the summary at the first start or after rules were added
	DeliverReply      DeliveryKind = "note"    // a reply to the root that only its thread sees: something about it changed
	DeliverEscalation DeliveryKind = "call"    // a message of its own that calls people since nobody answered
	DeliverAnswer     DeliveryKind = "answer"  // a reply to the root that only its thread sees: what somebody did about it
	DeliverRoute      DeliveryKind = "route"   // tells the operators of a channel that cannot be posted to
	DeliverDigest     DeliveryKind = "digest"  // a new message at a time of the calendar
	DeliverClose      DeliveryKind = "close"   // a new message about a month that is over
	DeliverFile       DeliveryKind = "file"    // a file in the thread of a close
	DeliverInvoice    DeliveryKind = "invoice" // a reply to a close that only its thread sees: an invoice that came later
)

// CanWait reports whether other messages go first: nobody acts on a digest within the minute.
func (k DeliveryKind) CanWait() bool {
	return k == DeliverDigest || k == DeliverClose || k == DeliverFile || k == DeliverInvoice
}

// DeliveryState is how far a Delivery has come.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending DeliveryState = "pending" // waits for its turn, or for Slack
	DeliverySent    DeliveryState = "sent"    // Slack has it, and the receipt is recorded
	DeliveryBroken  DeliveryState = "broken"  // its channel refuses us; kept, and tried again at intervals
	DeliveryDropped DeliveryState = "dropped" // overtaken: a newer rise or edit of the same root says more
	// DeliveryUnreadable is what the database has of a delivery and this version cannot read. It is set aside, and told to the operators.
	DeliveryUnreadable DeliveryState = "unreadable"
)

// Delivery is one message on its way to one channel: one call of Slack's API.
type Delivery struct {
	ID      string       // unique, and carried in the message so that a crash can be settled
	Kind    DeliveryKind //
	Channel string       // as the rules name it: a name without "#", or an id
	// BudgetID is what a root, rise, refresh or answer speaks of; empty for the others.
	BudgetID
	ParentID string // the delivery of the root that a rise or answer replies to or a refresh edits; empty for the others
	// Revision is that of the standing which it says: of two edits or rises of one root, the higher one is the later.
	Revision  int64
	Message   Message
	State     DeliveryState
	Attempts  int
	Error     string // of the last attempt, for the operator
	CreatedAt time.Time
	NotBefore time.Time // when it may be said, in business time; zero is at once
	Receipt   Receipt   // valid when State is DeliverySent
	// Mark is what the message carries in place of the id, where it can be posted by a database that was put back.
	Mark string
	// LookFirst tells that the first check of a process has recorded it, which may know less than was posted.
	LookFirst bool
	// MayRepeat tells that the message may stand in the channel already, which it then says. Deliverer sets it; it is not stored.
	MayRepeat bool
}

// Receipt is where Slack keeps the message.
type Receipt struct {
	ChannelID string
	TS        string // Slack's timestamp, the message's id in its channel
	SentAt    time.Time
}

// Message is what a Delivery says, as values: the view makes words of them.
type Message struct {
	Reason Reason `json:"reason"`
	// Budgets are what it speaks of, worst first: one for a root, rise or refresh, several for a list or start.
	Budgets []BudgetLine `json:"budgets,omitempty"`
	// Rules and Channels say how much is watched, for a start.
	Rules    int `json:"rules,omitempty"`
	Channels int `json:"channels,omitempty"`
	// RoughUntil is until when there are too few days for good forecasts of Rough of the budgets, for a start; zero where there are
	// enough of all.
	RoughUntil time.Time `json:"rough_until,omitzero"`
	Rough      int       `json:"rough,omitempty"`
	// Since is when people were last told or called, for what says that nobody has answered.
	Since time.Time `json:"since,omitzero"`
	// Act is what an answer tells of.
	Act *Acted `json:"act,omitempty"`
	// Report is what an episode is about, where it is one that is told of.
	Report
	// Bulletin is what a digest says.
	Bulletin *Bulletin `json:"bulletin,omitempty"`
	// Statement is the invoice that an invoice delivery tells of, File what a file delivery brings.
	Statement *Statement `json:"statement,omitempty"`
	File      *File      `json:"file,omitempty"`
	// Route is the trouble a route delivery tells of.
	Route *RouteTrouble `json:"route,omitempty"`
}

// Acted is what somebody did about the one budget of a Message, whose Answers are those after it.
type Acted struct {
	Act    Act       `json:"act"`
	By     string    `json:"by"` // Slack's id of the person
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// BudgetLine is one budget as a message shows it.
type BudgetLine struct {
	BudgetID
	Title     string            `json:"title"`
	Threshold rules.Threshold   `json:"level"`
	Passed    []rules.Threshold `json:"passed,omitempty"` // every level newly reached, rising; Level is the last
	Next      rules.Threshold   `json:"next,omitempty"`   // the next level that will be said; 0 if there is none
	Used      decimal.Decimal   `json:"used"`             // in Measure's single units
	Limit     decimal.Decimal   `json:"limit"`            // likewise
	Measure   billing.Measure   `json:"measure"`
	Estimate  bool              `json:"estimate,omitempty"` // Used is an estimate: see Finding.Estimate
	CountedTo time.Time         `json:"counted_to"`
	ReadAt    time.Time         `json:"read_at"`
	Owners    []rules.Person    `json:"owners,omitempty"`
	PingAt    rules.Threshold   `json:"ping_at,omitempty"` // owners are mentioned from this level on
	// Largest are the usage types that make up most of Used, where the rule covers several; at most three.
	Largest []Part `json:"largest,omitempty"`
	// Drivers is what grew; nil where that is not known. NoHistory tells that it will be from the next month on.
	Drivers   *Drivers `json:"drivers,omitempty"`
	NoHistory bool     `json:"no_history,omitempty"`
	// Above is what the likely end above the limit costs; nil where that is not to be expected, or not known.
	Above *Above `json:"above,omitempty"`
	// Final is the figure with which the month was closed; not valid while it was not. Used may have been restated since.
	Final decimal.NullDecimal `json:"final,omitzero"`
	// Forecast is how the month is likely to end; nil where that is no question any more.
	Forecast *Forecast `json:"prospect,omitempty"`
	// Narrower are the budgets of parts of this one's usage that are spoken of at the same time.
	Narrower []NarrowerLine `json:"narrower,omitempty"`
	Answers
}

// NarrowerLine is a budget that another one's usage contains, as its message names it.
type NarrowerLine struct {
	Title    string          `json:"title"`
	Instance string          `json:"scope,omitempty"`
	Used     decimal.Decimal `json:"used"` // in the single units of Limit
	Limit    decimal.Decimal `json:"limit"`
}

// Forecast is how the month of a budget is likely to end, as a message shows it.
type Forecast struct {
	Threshold rules.Threshold `json:"level"` // what Likely and OnCourse are about, in percent of the limit
	// Likely tells that the month is likely to end at the level or above, OnCourse that it is not. Where neither is set it
	// may go either way.
	Likely   bool `json:"likely,omitempty"`
	OnCourse bool `json:"on_course,omitempty"`
	// Low and High hold the end with a probability of 80 %; Expected is between them. All are in single units.
	Low      decimal.Decimal `json:"low"`
	Expected decimal.Decimal `json:"expected"`
	High     decimal.Decimal `json:"high"`
	// RunsOut is when the limit is reached; nil where that is not expected, or has happened.
	RunsOut *forecast.RunOut `json:"runs_out,omitempty"`
	// Unknown is why nothing can be said, for a person; the figures are then meaningless.
	Unknown string `json:"unknown,omitempty"`
}

// Part is one of the things that a total is made of.
type Part struct {
	Name string          `json:"name"`
	Used decimal.Decimal `json:"used"`
}

// RouteTrouble is a channel that Slack refuses, and what is waiting for it.
type RouteTrouble struct {
	Channel string    `json:"channel"`
	Reason  string    `json:"reason"` // Slack's error code, such as not_in_channel
	Since   time.Time `json:"since"`
	Waiting int       `json:"waiting"` // deliveries kept for it
	// Late tells that nothing is known against the channel, and that what is due there has not been posted for a while.
	Late bool `json:"late,omitempty"`
}

// UnknownOutcome says that the other side may have taken the message, and did not say so. Reason is Slack's error code, or a word of
// the notifier's own where Slack gave none.
type UnknownOutcome struct {
	Reason string
	Err    error
}

func (e *UnknownOutcome) Error() string { return fmt.Sprintf("outcome unknown: %v", e.Err) }
func (e *UnknownOutcome) Unwrap() error { return e.Err }

// ThreadRefused says that the root takes no replies. Its channel may take messages of their own all the same.
type ThreadRefused struct {
	Channel string
	Reason  string
}

func (e *ThreadRefused) Error() string {
	return fmt.Sprintf("channel %s: no replies: %s", e.Channel, e.Reason)
}

// Highest returns the highest level of the budgets that the message speaks of.
func (m Message) Highest() rules.Threshold {
	var threshold rules.Threshold
	for _, line := range m.Budgets {
		threshold = max(threshold, line.Threshold)
	}
	return threshold
}

// WorstFirst sorts by the share of the budget that is used.
func WorstFirst(lines []BudgetLine) {
	slices.SortStableFunc(lines, func(a, b BudgetLine) int {
		return cmp.Or(b.Used.Mul(a.Limit).Cmp(a.Used.Mul(b.Limit)), cmp.Compare(a.Rule, b.Rule))
	})
}

// Trouble is what keeps the bot from watching, as its operators are told of it.
type Trouble struct {
	Kind  IncidentKind `json:"kind"`
	Since time.Time    `json:"since"`          // of figures that do not move, up to when they count
	Until time.Time    `json:"until,omitzero"` // zero while it lasts
	// Cause is why, and Next what to do about it, both for a person; empty of figures that do not move.
	Cause string `json:"cause,omitempty"`
	Next  string `json:"next,omitempty"`
	// CountedTo is up to when the figures count that came in the end, and Usual how often new ones came before; 0 is unknown.
	CountedTo time.Time     `json:"counted_to,omitzero"`
	Usual     time.Duration `json:"usual,omitempty"`
	// UsageTypes are those whose services cannot be read.
	UsageTypes []string `json:"usage_types,omitempty"`
	// Unknown are the budgets without figures, as far as they still are.
	Unknown []UnknownBudget `json:"unknown,omitempty"`
}

// UnknownBudget is a budget, or a rule with change, that had figures and has none now.
type UnknownBudget struct {
	Rule     string    `json:"rule"`
	Instance string    `json:"scope,omitempty"`
	Title    string    `json:"title"`
	Since    time.Time `json:"since"` // when a check could not tell for the first time
	Why      string    `json:"why"`   // for a person
}

// Named is how the file, the log and /readyz call it: its rule, and which of the rule's budgets.
func (u UnknownBudget) Named() string {
	if u.Instance == "" {
		return "rule " + u.Rule
	}
	return "rule " + u.Rule + ": " + u.Instance
}

// Name returns the rule and the instance of the budget.
func (u UnknownBudget) Name() BudgetName { return BudgetName{u.Rule, u.Instance} }

// IsMoney reports whether the line is about a budget in money.
func IsMoney(l BudgetLine) bool { return l.Measure.Currency != "" }

// Hundred is 100, for percentages.
var Hundred = decimal.New(1, 2)

// PercentOf returns how much of the limit is used, in percent; zero where there is no limit to compare with.
func PercentOf(l BudgetLine) decimal.Decimal {
	if !l.Limit.IsPositive() {
		return decimal.Decimal{}
	}
	return l.Used.Mul(Hundred).Div(l.Limit)
}
