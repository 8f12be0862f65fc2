package alerts

import (
	"time"
)

// IncidentKind is what an Episode is of.
type IncidentKind string

// The kinds of episode. The first five are troubles of the bot's own, of no rule and no month.
const (
	IncidentStale    IncidentKind = "stale"    // Fastly's figures do not move
	IncidentFailing  IncidentKind = "failing"  // checks fail
	IncidentServices IncidentKind = "services" // the usage of services cannot be read
	IncidentBill     IncidentKind = "bill"     // what the month costs cannot be read
	IncidentUnknown  IncidentKind = "unknown"  // budgets that had figures have none; one for each message, and one without a scope for the memory of them
	IncidentNew      IncidentKind = "new"      // something is used that was not before; one for each thing, and one without a scope for the search
	IncidentVanished IncidentKind = "vanished" // something is no longer used; likewise
	IncidentChange   IncidentKind = "change"   // usage per day has risen; there is one for each rule and month
)

// IncidentState is how far an Episode has come.
type IncidentState string

// The states of an episode.
const (
	IncidentQuiet   IncidentState = "quiet"   // nothing to say
	IncidentWatched IncidentState = "watched" // it has begun, and is not yet said
	IncidentOpen    IncidentState = "open"    // it is said, and lasts
	IncidentOver    IncidentState = "over"    // it was said, and has ended
)

// Incident is the memory of something that lasts for a while and is said once. There is one row for each of its key: the
// BudgetID, which is empty for a trouble of the bot's own, and the Kind. What begins anew takes the row of what is over.
type Incident struct {
	BudgetID
	Kind      IncidentKind
	State     IncidentState
	Since     time.Time // when it was first seen
	PostedAt  time.Time // when its root was last written: posted or edited
	EndedAt   time.Time // zero while it lasts
	Version   string    // the data version that it was judged by, where it is judged by data
	CountedTo time.Time // up to when that counts
	ParentID  string    // the delivery that says it; empty where nothing was said
	Report    Report    // what it is about, as of the last judgement
	// Revision counts the writes of this row. A write of an older revision is refused with ErrConflict.
	Revision int64
}

// Report is what an episode is about.
type Report struct {
	Channel string   `json:"channel,omitempty"` // where its root is; empty where nothing was said
	Trouble *Trouble `json:"trouble,omitempty"`
	Growth  *Growth  `json:"growth,omitempty"`
	// Items are what is new or has vanished: one in an episode, several in a message, which says with Sight how it was seen.
	Items         []Item         `json:"things,omitempty"`
	ReportContext *ReportContext `json:"sight,omitempty"`
	// Search is what became of looking for things.
	Search *Search `json:"search,omitempty"`
}

// Seen is what one check tells of an incident.
type Seen struct {
	Present bool      // it is there
	Ripe    bool      // and has been for long enough to be posted
	Resumes bool      // one that is over goes on where it comes back: its message is updated, and there is no other
	Since   time.Time // when it began, for one that begins
}

// See moves the incident on by what a check has seen at now. It returns what that makes of its message: a parent where it is to be posted, an
// update where one that was posted has ended or goes on, else nothing.
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
	case e.State != IncidentWatched && e.State != IncidentOpen:
		e.State, e.Since, e.EndedAt, e.ParentID, e.PostedAt = IncidentWatched, s.Since, time.Time{}, "", time.Time{}
	}
	if e.State == IncidentWatched && s.Ripe {
		e.State = IncidentOpen
		return DeliverParent
	}
	return ""
}

// Post makes the delivery that says the episode in its report's channel, a root or an edit of it, and notes it in the episode.
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
