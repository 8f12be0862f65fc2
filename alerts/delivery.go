package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
	"budgetbot/billing/report"
)

// DeliveryKind is what a Delivery does in the channel.
type DeliveryKind string

// The kinds of delivery.
const (
	DeliverParent     DeliveryKind = "root"    // a new message: the parent of one budget in one month
	DeliverBroadcast  DeliveryKind = "rise"    // a reply to the parent that also appears in the channel
	DeliverUpdate     DeliveryKind = "refresh" // an edit of the parent
	DeliverList       DeliveryKind = "list"    // one message for many budgets that reached a threshold in one check
	DeliverStart      DeliveryKind = "start"   // the summary at the first start or after rules were added
	DeliverReply      DeliveryKind = "note"    // a reply in the parent's thread only: something about it changed
	DeliverEscalation DeliveryKind = "call"    // a message of its own that reminds people of an unanswered alert
	DeliverAnswer     DeliveryKind = "answer"  // a reply in the parent's thread only: what a person did about the budget
	DeliverRoute      DeliveryKind = "route"   // reports to the operators a channel that refuses messages
	DeliverDigest     DeliveryKind = "digest"  // a new message at a scheduled time
	DeliverClose      DeliveryKind = "close"   // a new message about a month that is over
	DeliverFile       DeliveryKind = "file"    // a file in the thread of a close
	DeliverInvoice    DeliveryKind = "invoice" // a reply in a close's thread only: an invoice that came later
)

// CanWait reports whether other messages are posted first: a digest is not urgent.
func (k DeliveryKind) CanWait() bool {
	return k == DeliverDigest || k == DeliverClose || k == DeliverFile || k == DeliverInvoice
}

// DeliveryState is how far a Delivery has come.
type DeliveryState string

// The states of a delivery.
const (
	DeliveryPending DeliveryState = "pending" // waits to be posted, or for Slack's answer
	DeliverySent    DeliveryState = "sent"    // Slack has it, and the receipt is recorded
	DeliveryBroken  DeliveryState = "broken"  // its channel refuses us; kept, and tried again at intervals
	DeliveryDropped DeliveryState = "dropped" // replaced by a newer broadcast reply or update of the same parent
	// DeliveryUnreadable is a stored delivery that this version cannot read. It is set aside and reported to the operators.
	DeliveryUnreadable DeliveryState = "unreadable"
)

// Delivery is one message on its way to one channel: one call of Slack's API.
type Delivery struct {
	ID      string // unique, and carried in the message to find it after a crash
	Kind    DeliveryKind
	Channel string // as in the rules: a name without "#", or an id
	// BudgetID is the budget of a parent, broadcast, update or answer; empty for the others.
	BudgetID
	ParentID string // the parent that a broadcast or answer replies to or an update edits; empty for the others
	// Revision is the revision of the budget state that the message shows. Of two updates or broadcasts of one parent, the higher one is
	// newer.
	Revision  int64
	Message   Message
	State     DeliveryState
	Attempts  int
	Error     string // of the last attempt, for the operator
	CreatedAt time.Time
	NotBefore time.Time // the earliest time to post, in business time; zero for at once
	Receipt   Receipt   // valid when State is DeliverySent
	// Mark replaces the id in the message if a check against a restored database might post the same alert again.
	Mark string
	// LookFirst is set on deliveries of a process's first check, because the database may have been restored and miss what was posted.
	LookFirst bool
	// MayRepeat makes this attempt warn that the message may already be in the channel. Deliverer sets it; it is not stored.
	MayRepeat bool
}

// Receipt is where Slack stores the message.
type Receipt struct {
	ChannelID string
	TS        string // Slack's timestamp, the message's id in its channel
	SentAt    time.Time
}

// Message is the content of a Delivery, as values; package view renders it.
type Message struct {
	Reason Reason `json:"reason"`
	// Budgets are the budgets shown, worst first: one for a parent, broadcast or update, several for a list or start.
	Budgets []BudgetLine `json:"budgets,omitempty"`
	// Rules and Channels count what is watched, for a start.
	Rules    int `json:"rules,omitempty"`
	Channels int `json:"channels,omitempty"`
	// RoughUntil is when there will be enough days for good forecasts of the Rough budgets, for a start; zero if there are enough already.
	RoughUntil time.Time `json:"rough_until,omitzero"`
	Rough      int       `json:"rough,omitempty"`
	// Since is when people were last notified, for an escalation.
	Since time.Time `json:"since,omitzero"`
	// ReachedAt is when the threshold was reached, or likely to be, if an earlier message about it was withdrawn before anybody saw it; else
	// that is when the message was made.
	ReachedAt time.Time `json:"reached_at,omitzero"`
	// MayRepeat means that a withdrawn message, in whose place this one is, may have been posted.
	MayRepeat bool `json:"may_repeat,omitempty"`
	// Act is the person's action that an answer reports.
	Act *Acted `json:"act,omitempty"`
	// Report is the content of an incident's message.
	Report
	// Bulletin is the content of a digest.
	Bulletin *Bulletin `json:"bulletin,omitempty"`
	// Statement is the invoice of an invoice delivery, File the file of a file delivery.
	Statement *Statement `json:"statement,omitempty"`
	File      *File      `json:"file,omitempty"`
	// Route is the broken channel of a route delivery.
	Route *RouteTrouble `json:"route,omitempty"`
}

// Acted is a person's action on the one budget of a Message. Its Answers already include the action.
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
	Passed    []rules.Threshold `json:"passed,omitempty"` // every threshold newly reached, ascending; Threshold is the last
	Next      rules.Threshold   `json:"next,omitempty"`   // the next threshold to be posted; 0 if there is none
	Used      decimal.Decimal   `json:"used"`             // in Measure's single units
	Limit     decimal.Decimal   `json:"limit"`            // likewise
	Measure   billing.Measure   `json:"measure"`
	Estimate  bool              `json:"estimate,omitempty"` // Used is an estimate: see Finding.Estimate
	CountedTo time.Time         `json:"counted_to"`
	ReadAt    time.Time         `json:"read_at"`
	Owners    []rules.Person    `json:"owners,omitempty"`
	PingAt    rules.Threshold   `json:"ping_at,omitempty"` // the threshold from which owners are mentioned
	// Largest are the usage types that make up most of Used, if the rule covers several; at most three.
	Largest []Part `json:"largest,omitempty"`
	Explanation
	// Final is the figure with which the month was closed; not valid before that. Fastly may have restated Used since.
	Final decimal.NullDecimal `json:"final,omitzero"`
	// Forecast is how the month is likely to end; nil once that is settled.
	Forecast *Forecast `json:"prospect,omitempty"`
	// Narrower are the budgets for parts of this one's usage that are posted at the same time.
	Narrower []NarrowerLine `json:"narrower,omitempty"`
	Answers
}

// Explanation is what a message shows of a budget beside its news.
type Explanation struct {
	// Drivers is what grew; nil if unknown. NoHistory is set if that is only because the previous month is missing.
	Drivers   *Drivers `json:"drivers,omitempty"`
	NoHistory bool     `json:"no_history,omitempty"`
	// Above is the cost of the expected usage above the limit; nil if the limit will hold or the cost is unknown.
	Above *Above `json:"above,omitempty"`
}

// NarrowerLine names a budget whose usage is part of another budget's, for that one's message.
type NarrowerLine struct {
	Title    string          `json:"title"`
	Instance string          `json:"scope,omitempty"`
	Used     decimal.Decimal `json:"used"` // in the single units of Limit
	Limit    decimal.Decimal `json:"limit"`
}

// Forecast is how the month of a budget is likely to end, as a message shows it.
type Forecast struct {
	Threshold rules.Threshold `json:"level"` // in percent of the limit; Likely and OnCourse refer to it
	// Likely means that the month is likely to end at or above the threshold, OnCourse that it is likely to end below both the threshold and
	// the limit. If neither is set, it may go either way.
	Likely   bool `json:"likely,omitempty"`
	OnCourse bool `json:"on_course,omitempty"`
	// The month ends between Low and High with a probability of 80 %; Expected is between them. All are in single units.
	Low      decimal.Decimal `json:"low"`
	Expected decimal.Decimal `json:"expected"`
	High     decimal.Decimal `json:"high"`
	// RunsOut is when the limit is reached; nil if that is not expected, or has happened.
	RunsOut *forecast.RunOut `json:"runs_out,omitempty"`
	Planned []billing.Event  `json:"planned,omitempty"` // that the figures include
	// Unknown is why there is no forecast, for a person; the figures are then meaningless.
	Unknown string `json:"unknown,omitempty"`
}

// Part is one part of a total or of a growth.
type Part = report.Part

// RouteTrouble is a channel that Slack refuses, with the number of deliveries waiting for it.
type RouteTrouble struct {
	Channel string    `json:"channel"`
	Reason  string    `json:"reason"` // Slack's error code, such as not_in_channel
	Since   time.Time `json:"since"`
	Waiting int       `json:"waiting"` // deliveries kept for it
	// Late means that Slack has not refused the channel, but messages due there have not been posted for a while.
	Late bool `json:"late,omitempty"`
}

// Highest returns the highest threshold of the message's budgets.
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

// Trouble is a problem that keeps the bot from watching, as its operators see it.
type Trouble struct {
	Kind  IncidentKind `json:"kind"`
	Since time.Time    `json:"since"`          // of figures that do not move, up to when they count
	Until time.Time    `json:"until,omitzero"` // zero while it lasts
	// Cause is the reason and Next the remedy, both for a person; empty for stale figures.
	Cause string `json:"cause,omitempty"`
	Next  string `json:"next,omitempty"`
	// CountedTo is how far the figures count that ended the trouble, and Usual the usual interval between new ones; 0 if unknown.
	CountedTo time.Time     `json:"counted_to,omitzero"`
	Usual     time.Duration `json:"usual,omitempty"`
	// UsageTypes are the usage types whose services cannot be read.
	UsageTypes []string `json:"usage_types,omitempty"`
	// BillOf is the month whose bill cannot be read, if it is not the running one.
	BillOf billing.Month `json:"bill_of,omitzero"`
	// Unknown are the budgets that still have no figures.
	Unknown []UnknownBudget `json:"unknown,omitempty"`
}

// UnknownBudget is a budget, or a rule with change, that had figures and no longer has any.
type UnknownBudget struct {
	Rule     string    `json:"rule"`
	Instance string    `json:"scope,omitempty"`
	Title    string    `json:"title"`
	Since    time.Time `json:"since"` // when a check first found no figure
	Why      string    `json:"why"`   // for a person
}

// Named returns the name used in the file, the log and /readyz: the rule and, if it has several budgets, which one.
func (u UnknownBudget) Named() string {
	if u.Instance == "" {
		return "rule " + u.Rule
	}
	return "rule " + u.Rule + ": " + u.Instance
}

// Name returns the rule and the instance of the budget.
func (u UnknownBudget) Name() BudgetName { return BudgetName{u.Rule, u.Instance} }

// IsMoney reports whether the line is about a money budget.
func IsMoney(l BudgetLine) bool { return l.Measure.Currency != "" }

// IsOnCourse reports whether the budget is likely to end below its limit, whatever threshold below that it has reached.
func IsOnCourse(l BudgetLine) bool {
	return l.Threshold < OverThreshold && l.Forecast != nil && l.Forecast.OnCourse && PercentOf(l).LessThan(Hundred)
}

// Hundred is 100, for percentages.
var Hundred = decimal.New(1, 2)

// PercentOf returns how much of the limit is used, in percent; zero if there is no limit.
func PercentOf(l BudgetLine) decimal.Decimal {
	if !l.Limit.IsPositive() {
		return decimal.Decimal{}
	}
	return l.Used.Mul(Hundred).Div(l.Limit)
}

// Key identifies what the delivery announces, if a check against a restored database might announce it again; it is empty for all other
// deliveries. A parent and a broadcast reply about one threshold have the same key.
func (d *Delivery) Key() string {
	parts := []string{d.Rule, d.Instance, d.Month.String(), d.CreatedAt.UTC().Format("2006-01")}
	switch {
	case d.Kind == DeliverList:
		parts = append(parts, "list", d.Channel)
	case d.Kind == DeliverEscalation:
		parts = append(parts, "call", d.Channel)
	case d.Kind == DeliverParent || d.Kind == DeliverBroadcast:
		parts = append(parts, "news")
	default:
		return ""
	}
	switch {
	case len(d.Message.Budgets) > 0:
		var budgets []string
		kind := KindBudget
		if d.Message.Reason == ReasonLikelyOver {
			kind = KindForecast
		}
		for _, line := range d.Message.Budgets {
			budgets = append(budgets, fmt.Sprintf("%s|%s|%s|%d", line.Rule, line.Instance, kind, line.Threshold))
		}
		slices.Sort(budgets)
		parts = append(parts, budgets...)
	case d.Message.Trouble != nil:
		parts = append(parts, "trouble", string(d.Message.Trouble.Kind))
	case d.Message.Spike != nil:
		parts = append(parts, "spike", d.Message.Spike.First.Format(time.DateOnly))
	default:
		parts = append(parts, string(d.Message.Reason))
		for _, item := range d.Message.Items {
			parts = append(parts, fmt.Sprint(item.Subject), item.Product, item.Name, item.ID)
		}
	}
	return strings.Join(parts, "|")
}

// MarkOf returns the mark of the nth message of a key. It is a hash, so that other apps in the channel cannot read rule names.
func MarkOf(key string, n int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d", key, n))
	return hex.EncodeToString(sum[:16])
}

// Carried returns the mark or id by which the message is found in the channel.
func (d *Delivery) Carried() string { return cmp.Or(d.Mark, d.ID) }

// Above is what usage above the limit would cost, if the month ends as expected. It is an estimate by the rates of an earlier bill.
type Above struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"`
	Rates    billing.Month   `json:"rates"` // the month whose bill has the rates
	// Excess is the expected usage above the limit, in single units; zero in messages of earlier versions.
	Excess decimal.Decimal `json:"excess,omitzero"`
	// Types is how many usage types have a rate of their own.
	Types int `json:"types,omitempty"`
}

// Growth is how the usage of a rule with change compares, per day, with the same days of the month before.
type Growth struct {
	Title   string          `json:"title"`
	Measure billing.Measure `json:"measure"`
	// Versus is which days are compared, or why they cannot be.
	Versus report.Comparison `json:"versus"`
	PerDay decimal.Decimal   `json:"per_day"` // of the days compared, in Measure's single units
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
	Days int `json:"days,omitempty"`
	// Until is the instant up to which those days count; zero with average days, and in messages of earlier versions.
	Until  time.Time       `json:"until,omitzero"`
	Before decimal.Decimal `json:"before"` // what was used then, in single units
	Change decimal.Decimal `json:"change"` // how much more is used now; negative for less
	// Parts are the services, usage types or regions that grew most, at most three: Used is the growth.
	Parts []Part `json:"parts,omitempty"`
	// Others counts the further parts, and OthersChange is their growth together.
	Others       int             `json:"others,omitempty"`
	OthersChange decimal.Decimal `json:"others_change"`
	// Unexplained is the rest of Change, if the parts are services and do not add up to it; zero if the rest is negligible.
	Unexplained decimal.Decimal `json:"unexplained,omitzero"`
}
