package alerts

import (
	"cmp"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// IncidentKind is what an Incident is about.
type IncidentKind string

// The kinds of incident. The first five are the bot's own troubles; they belong to no rule and no month.
const (
	IncidentStale    IncidentKind = "stale"    // Fastly's figures do not move
	IncidentFailing  IncidentKind = "failing"  // checks fail
	IncidentServices IncidentKind = "services" // the usage of services cannot be read
	IncidentBill     IncidentKind = "bill"     // what the month costs cannot be read
	IncidentUnknown  IncidentKind = "unknown"  // budgets that had figures have none; one per message, and one without an instance that remembers them
	IncidentNew      IncidentKind = "new"      // something new is used; one per item, and one without an instance for the search
	IncidentVanished IncidentKind = "vanished" // something is no longer used; one per item, likewise
	IncidentChange   IncidentKind = "change"   // usage per day has risen; there is one for each rule and month
	IncidentSpike    IncidentKind = "spike"    // days are far above what is usual; one per rule or team, in no month
)

// IncidentState is the stage of an Incident.
type IncidentState string

// The states of an incident.
const (
	IncidentQuiet   IncidentState = "quiet"   // nothing to post
	IncidentWatched IncidentState = "watched" // it has begun and is not posted yet
	IncidentOpen    IncidentState = "open"    // it is posted and lasts
	IncidentOver    IncidentState = "over"    // it was posted and has ended
)

// Incident records something that lasts for a while and is posted once. Its key is the BudgetID, which is empty for the bot's own troubles,
// and the Kind. A new incident replaces the row of one that is over.
type Incident struct {
	BudgetID
	Kind      IncidentKind
	State     IncidentState
	Since     time.Time // when it was first seen
	PostedAt  time.Time // when its parent was last posted or edited
	EndedAt   time.Time // zero while it lasts
	Version   string    // the data version that it was judged by, if any
	CountedTo time.Time // up to when that counts
	ParentID  string    // the delivery of its message; empty if nothing was posted
	Report    Report    // its content as of the last judgement
	// Revision counts the writes of this row. A write of an older revision is refused with ErrConflict.
	Revision int64
}

// Lasts reports whether it has begun and is not over.
func (e Incident) Lasts() bool { return e.State == IncidentWatched || e.State == IncidentOpen }

// UnreadBill returns why the newest check that compared usage could not read the bill, for a person; empty if it did, or had no need to.
func UnreadBill(incidents []Incident) string {
	for _, e := range incidents {
		if e.Kind == IncidentBill && e.Lasts() && e.Report.Trouble != nil {
			return e.Report.Trouble.Cause
		}
	}
	return ""
}

// Report is the content of an incident.
type Report struct {
	Channel string   `json:"channel,omitempty"` // the channel of its parent; empty if nothing was posted
	Trouble *Trouble `json:"trouble,omitempty"`
	Growth  *Growth  `json:"growth,omitempty"`
	Spike   *Spike   `json:"spike,omitempty"`
	// Items are new or vanished: one in an incident, several in a message. ReportContext describes the rule and figures behind them.
	Items         []Item         `json:"things,omitempty"`
	ReportContext *ReportContext `json:"sight,omitempty"`
	// Search is the result of looking for items.
	Search *Search `json:"search,omitempty"`
}

// Seen is what one check observed of an incident.
type Seen struct {
	Present bool      // it is there
	Ripe    bool      // and has been there long enough to be posted
	Resumes bool      // an incident that comes back reopens: its message is updated instead of a new one being posted
	Since   time.Time // when it began, for one that begins
}

// See advances the incident by one check's observation. It returns DeliverParent if the incident is to be posted, DeliverUpdate if a posted
// one has ended or goes on, else nothing.
func (e *Incident) See(s Seen, now time.Time) DeliveryKind {
	switch {
	case !s.Present && e.State == IncidentOpen:
		e.State, e.EndedAt = IncidentOver, now
		return DeliverUpdate
	case !s.Present && e.State == IncidentWatched: // it ends as it began, without a message
		e.State, e.EndedAt = IncidentQuiet, now
		return ""
	case !s.Present:
		return ""
	case e.State == IncidentOver && s.Resumes:
		e.State, e.EndedAt = IncidentOpen, time.Time{}
		return DeliverUpdate
	case !e.Lasts():
		e.State, e.Since, e.EndedAt, e.ParentID, e.PostedAt = IncidentWatched, s.Since, time.Time{}, "", time.Time{}
	}
	if e.State == IncidentWatched && s.Ripe {
		e.State = IncidentOpen
		return DeliverParent
	}
	return ""
}

// Post makes the delivery for the incident in its report's channel, a parent or an update, and records it in the incident.
func (e *Incident) Post(kind DeliveryKind, why Reason, now time.Time, id string) Delivery {
	d := Delivery{
		ID: id, Kind: kind, Channel: e.Report.Channel, BudgetID: e.BudgetID, ParentID: e.ParentID, Revision: e.Revision + 1,
		Message: Message{Reason: why, Report: e.Report}, State: DeliveryPending, CreatedAt: now,
	}
	if kind == DeliverParent {
		d.ParentID, e.ParentID = "", id
	}
	e.PostedAt = now
	return d
}

// SeenService is a service that used a product in a month, with its share of the product, in the unit where that share is largest.
type SeenService struct {
	Month    billing.Month
	Product  string
	ID, Name string
	Share    decimal.Decimal
}

// Item is a new or vanished entry of the bill.
type Item struct {
	Subject rules.Subject `json:"subject"`
	Product string        `json:"product"`
	Name    string        `json:"name"`         // of a usage type or a service; of a product its id
	ID      string        `json:"id,omitempty"` // of a service
	// Share is its share of its product's usage in the same unit; for a vanished item the smallest of the months before, for a product 1.
	Share decimal.Decimal `json:"share"`
	// Back means that a vanished item is used again.
	Back bool `json:"back,omitempty"`
}

// Key identifies an item within a rule.
func (t Item) Key() string { return string(t.Subject) + "|" + t.Product + "|" + cmp.Or(t.ID, t.Name) }

// ReportContext is the rule and the figures behind a message about items.
type ReportContext struct {
	AtLeast   rules.Threshold `json:"at_least,omitempty"` // the rule's floor
	Owners    []rules.Person  `json:"owners,omitempty"`
	CountedTo time.Time       `json:"counted_to"`
	ReadAt    time.Time       `json:"read_at"`
}

// Search is the result of looking for new or vanished items.
type Search struct {
	Unknown string `json:"unknown,omitempty"` // why it cannot be told, for a person; empty if it can
}

// LargerItem compares items by their share, the largest first.
func LargerItem(a, b Item) int {
	return cmp.Or(b.Share.Cmp(a.Share), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Name, b.Name))
}
