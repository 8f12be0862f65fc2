package alerts

import "time"

// EpisodeKind is what an Episode is of.
type EpisodeKind string

// The kinds of episode. The first four are troubles of the bot's own, of no rule and no month.
const (
	EpisodeStale    EpisodeKind = "stale"    // Fastly's figures do not move
	EpisodeFailing  EpisodeKind = "failing"  // checks fail
	EpisodeServices EpisodeKind = "services" // the usage of services cannot be read
	EpisodeBill     EpisodeKind = "bill"     // what the month costs cannot be read
)

// EpisodeState is how far an Episode has come.
type EpisodeState string

// The states of an episode.
const (
	EpisodeQuiet   EpisodeState = "quiet"   // nothing to say
	EpisodeWatched EpisodeState = "watched" // it has begun, and is not yet said
	EpisodeOpen    EpisodeState = "open"    // it is said, and lasts
	EpisodeOver    EpisodeState = "over"    // it was said, and has ended
)

// Episode is the memory of something that lasts for a while and is said once. There is one row for each of its key: the
// BudgetID, which is empty for a trouble of the bot's own, and the Kind. What begins anew takes the row of what is over.
type Episode struct {
	BudgetID
	Kind      EpisodeKind
	State     EpisodeState
	Since     time.Time // when it was first seen
	SaidAt    time.Time // when its root was last written: posted or edited
	EndedAt   time.Time // zero while it lasts
	Version   string    // the data version that it was judged by, where it is judged by data
	CountedTo time.Time // up to when that counts
	RootID    string    // the delivery that says it; empty where nothing was said
	Report    Report    // what it is about, as of the last judgement
	// Revision counts the writes of this row. A write of an older revision is refused with ErrConflict.
	Revision int64
}

// Report is what an episode is about. One of its fields is set.
type Report struct {
	Trouble *Trouble `json:"trouble,omitempty"`
}

// message says what the episode is about.
func (e *Episode) message(why Reason) Message { return Message{Reason: why, Report: e.Report} }

// post makes the delivery that says the episode, a root or an edit of it, and notes it in the episode.
func (e *Episode) post(kind DeliveryKind, channel string, m Message, now time.Time, id string) Delivery {
	d := Delivery{
		ID: id, Kind: kind, Channel: channel, BudgetID: e.BudgetID, RootID: e.RootID, Revision: e.Revision + 1,
		Message: m, State: DeliveryPending, CreatedAt: now,
	}
	if kind == DeliverRoot {
		d.RootID, e.RootID = "", id
	}
	e.SaidAt = now
	return d
}
