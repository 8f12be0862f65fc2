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

// Observation is what a check has seen of the bot's own health.
type Observation struct {
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
func (s Observation) Symptoms(staleAfter, every time.Duration, now time.Time) []symptom {
	patience := max(intervalsFailed*every, failsPatiently)
	failing := func(kind alerts.IncidentKind, err error) symptom {
		return symptom{
			Trouble: alerts.Trouble{Kind: kind, Since: now, Cause: alerts.CauseOf(err), Next: alerts.HintOf(err)}, present: err != nil, patience: patience,
		}
	}
	reported := []symptom{failing(alerts.IncidentFailing, s.Failure)}
	if !s.Compared {
		return reported
	}
	services := failing(alerts.IncidentServices, s.Services)
	services.UsageTypes = s.Unread
	reported = append(reported, services, failing(alerts.IncidentBill, s.Bill))
	if s.CountedTo.IsZero() {
		return reported
	}
	return append(reported, symptom{
		Trouble: alerts.Trouble{Kind: alerts.IncidentStale, Since: s.CountedTo, CountedTo: s.CountedTo, Usual: s.Usual},
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
func (h *Health) Watch(remembered []alerts.Incident, symptoms []symptom) {
	for _, s := range symptoms {
		at := slices.IndexFunc(remembered, func(e alerts.Incident) bool { return e.Kind == s.Kind && e.Rule == "" })
		before := alerts.Incident{Kind: s.Kind, State: alerts.IncidentQuiet}
		if at >= 0 {
			before = remembered[at]
		}
		switch lasts := before.State == alerts.IncidentWatched || before.State == alerts.IncidentOpen; {
		case s.present && !lasts:
			h.begin(before, s)
		case s.present:
			h.goOn(before, s)
		case lasts:
			h.end(before, s)
		}
	}
}

func (h *Health) begin(e alerts.Incident, s symptom) {
	e.State, e.Since, e.EndedAt, e.ParentID, e.PostedAt = alerts.IncidentWatched, s.Since, time.Time{}, "", time.Time{}
	e.Report.Trouble = &s.Trouble
	if s.patience == 0 {
		h.post(&e)
	}
	h.Incidents = append(h.Incidents, e)
}

// goOn posts an incident that has lasted long enough, and edits its message when the cause changes.
func (h *Health) goOn(e alerts.Incident, s symptom) {
	was := e.Report.Trouble
	s.Trouble.Since = e.Since
	e.Report.Trouble = &s.Trouble
	differs := was == nil || was.Cause != s.Cause || !slices.Equal(was.UsageTypes, s.UsageTypes)
	switch {
	case e.State == alerts.IncidentWatched && h.Now.Sub(e.Since) >= s.patience && h.Operators != "":
		h.post(&e)
	case e.State == alerts.IncidentOpen && differs:
		h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverUpdate, alerts.ReasonCause, h.Now, h.NewID()))
	case !differs:
		return
	}
	h.Incidents = append(h.Incidents, e)
}

func (h *Health) post(e *alerts.Incident) {
	if h.Operators == "" {
		return
	}
	e.State, e.Report.Channel = alerts.IncidentOpen, h.Operators
	h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverParent, alerts.ReasonTrouble, h.Now, h.NewID()))
}

// end edits the posted message. An incident that was never posted ends without a message.
func (h *Health) end(e alerts.Incident, s symptom) {
	posted := e.State == alerts.IncidentOpen
	e.State, e.EndedAt = alerts.IncidentQuiet, h.Now
	if posted {
		over := alerts.Trouble{Kind: e.Kind, Since: e.Since}
		if e.Report.Trouble != nil {
			over = *e.Report.Trouble
		}
		over.Until, over.CountedTo = h.Now, s.CountedTo
		e.State, e.Report.Trouble = alerts.IncidentOver, &over
		h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverUpdate, alerts.ReasonRecovered, h.Now, h.NewID()))
	}
	h.Incidents = append(h.Incidents, e)
}
