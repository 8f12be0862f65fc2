package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
)

// symptom is what one check tells of one kind of trouble: that it is there, or that it is not.
type symptom struct {
	alerts.Trouble
	present bool
	// patience is how long it may last until it is said.
	patience time.Duration
}

const (
	// failsPatiently is how long checks must fail before operators are told: a short fault at Fastly needs no action.
	failsPatiently = time.Hour
	// intervalsFailed is how many intervals they fail before.
	intervalsFailed = 3
	// gapsMissed is how many of the usual gaps between new figures have to be missed for these to be stale.
	gapsMissed = 3
)

// Sighting is what a check has seen of the bot's own health.
type Sighting struct {
	Failure   error // why nothing was compared; nil where it was, or where there is nothing to compare yet
	Compared  bool
	CountedTo time.Time     // of the newest row; zero where Fastly did not say
	Usual     time.Duration // between new figures; 0 is unknown
	Unread    []string      // the usage types whose services could not be read
	Services  error         // for what reason
	Bill      error         // why the bill could not be read, where a budget needs it
	Unknown   []UnknownNow  // the budgets without a figure
}

// Symptoms are those that the sighting can tell. A check that compared nothing tells nothing of the figures.
func (s Sighting) Symptoms(staleAfter, every time.Duration, now time.Time) []symptom {
	patience := max(intervalsFailed*every, failsPatiently)
	failing := func(kind alerts.EpisodeKind, err error) symptom {
		return symptom{
			Trouble: alerts.Trouble{Kind: kind, Since: now, Cause: alerts.CauseOf(err), Next: alerts.RemedyOf(err)}, present: err != nil, patience: patience,
		}
	}
	told := []symptom{failing(alerts.EpisodeFailing, s.Failure)}
	if !s.Compared {
		return told
	}
	services := failing(alerts.EpisodeServices, s.Services)
	services.UsageTypes = s.Unread
	told = append(told, services, failing(alerts.EpisodeBill, s.Bill))
	if s.CountedTo.IsZero() {
		return told
	}
	return append(told, symptom{
		Trouble: alerts.Trouble{Kind: alerts.EpisodeStale, Since: s.CountedTo, CountedTo: s.CountedTo, Usual: s.Usual},
		present: now.Sub(s.CountedTo) > max(staleAfter, gapsMissed*s.Usual),
	})
}

// Health decides what operators are told of the bot's own troubles: each once an episode, and the end of it by an edit.
type Health struct {
	Operators string // their channel; empty where nobody is to be told
	Now       time.Time
	NewID     func() string
	alerts.Outcome
}

// Watch goes by what is remembered of each trouble.
func (h *Health) Watch(remembered []alerts.Episode, symptoms []symptom) {
	for _, s := range symptoms {
		at := slices.IndexFunc(remembered, func(e alerts.Episode) bool { return e.Kind == s.Kind && e.Rule == "" })
		before := alerts.Episode{Kind: s.Kind, State: alerts.EpisodeQuiet}
		if at >= 0 {
			before = remembered[at]
		}
		switch lasts := before.State == alerts.EpisodeWatched || before.State == alerts.EpisodeOpen; {
		case s.present && !lasts:
			h.begin(before, s)
		case s.present:
			h.goOn(before, s)
		case lasts:
			h.end(before, s)
		}
	}
}

func (h *Health) begin(e alerts.Episode, s symptom) {
	e.State, e.Since, e.EndedAt, e.RootID, e.SaidAt = alerts.EpisodeWatched, s.Since, time.Time{}, "", time.Time{}
	e.Report.Trouble = &s.Trouble
	if s.patience == 0 {
		h.say(&e)
	}
	h.Episodes = append(h.Episodes, e)
}

// goOn posts an incident that has lasted long enough, and edits its message when the cause changes.
func (h *Health) goOn(e alerts.Episode, s symptom) {
	was := e.Report.Trouble
	s.Trouble.Since = e.Since
	e.Report.Trouble = &s.Trouble
	differs := was == nil || was.Cause != s.Cause || !slices.Equal(was.UsageTypes, s.UsageTypes)
	switch {
	case e.State == alerts.EpisodeWatched && h.Now.Sub(e.Since) >= s.patience && h.Operators != "":
		h.say(&e)
	case e.State == alerts.EpisodeOpen && differs:
		h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverRefresh, alerts.ReasonCause, h.Now, h.NewID()))
	case !differs:
		return
	}
	h.Episodes = append(h.Episodes, e)
}

func (h *Health) say(e *alerts.Episode) {
	if h.Operators == "" {
		return
	}
	e.State, e.Report.Channel = alerts.EpisodeOpen, h.Operators
	h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverRoot, alerts.ReasonTrouble, h.Now, h.NewID()))
}

// end edits the posted message. An incident that was never posted ends without a message.
func (h *Health) end(e alerts.Episode, s symptom) {
	said := e.State == alerts.EpisodeOpen
	e.State, e.EndedAt = alerts.EpisodeQuiet, h.Now
	if said {
		over := alerts.Trouble{Kind: e.Kind, Since: e.Since}
		if e.Report.Trouble != nil {
			over = *e.Report.Trouble
		}
		over.Until, over.CountedTo = h.Now, s.CountedTo
		e.State, e.Report.Trouble = alerts.EpisodeOver, &over
		h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverRefresh, alerts.ReasonRecovered, h.Now, h.NewID()))
	}
	h.Episodes = append(h.Episodes, e)
}
