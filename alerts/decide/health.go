package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
)

// symptom is what one check found about one kind of trouble: present or absent.
type symptom struct {
	alerts.Trouble
	present bool
	// patience is how long the trouble may last before it is posted.
	patience time.Duration
}

const (
	// failsPatiently is how long checks must fail before operators hear of it: a short fault at Fastly needs no action.
	failsPatiently = time.Hour
	// intervalsFailed is how many intervals checks must fail for that, where this is longer.
	intervalsFailed = 3
	// gapsMissed is how many of the usual gaps between new figures must pass without any before figures are stale.
	gapsMissed = 3
)

// Observation is what a check saw of the bot's own health.
type Observation struct {
	Failure   error // why nothing was compared; nil where it was, or where there is nothing to compare yet
	Compared  bool
	CountedTo time.Time     // of the newest row; zero where Fastly did not say
	Usual     time.Duration // between new figures; 0 is unknown
	Unread    []string      // the usage types whose services could not be read
	Services  error         // why they could not
	Bill      error         // why the bill could not be read, where a budget needs it
	Unknown   []UnknownNow  // the budgets without a figure
}

// Symptoms returns those that the observation decides. A check that compared nothing says nothing of the figures.
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

// Health decides which of the bot's own troubles operators hear of: one message an incident, which an update ends.
type Health struct {
	Operators string // their channel; empty where none is set
	Now       time.Time
	NewID     func() string
	alerts.Outcome
}

// Watch carries the remembered incident of each symptom on.
func (h *Health) Watch(remembered []alerts.Incident, symptoms []symptom) {
	for _, s := range symptoms {
		at := slices.IndexFunc(remembered, func(e alerts.Incident) bool { return e.Kind == s.Kind && e.Rule == "" })
		before := alerts.Incident{Kind: s.Kind, State: alerts.IncidentQuiet}
		if at >= 0 {
			before = remembered[at]
		}
		h.watch(before, s)
	}
}

// watch posts an incident once it has lasted long enough, edits its message when the cause changes, and when it ends.
func (h *Health) watch(e alerts.Incident, s symptom) {
	was, lasted := e.Report.Trouble, e.State == alerts.IncidentWatched || e.State == alerts.IncidentOpen
	if lasted {
		s.Trouble.Since = e.Since
	}
	isRipe := h.Operators != "" && h.Now.Sub(s.Trouble.Since) >= s.patience
	speak := e.See(alerts.Seen{Present: s.present, Ripe: isRipe, Since: s.Trouble.Since}, h.Now)
	isSame := lasted && was != nil && was.Cause == s.Cause && slices.Equal(was.UsageTypes, s.UsageTypes)
	switch {
	case !s.present && !lasted, s.present && isSame && speak == "":
		return
	case s.present:
		e.Report.Trouble = &s.Trouble
	case speak == alerts.DeliverUpdate:
		over := alerts.Trouble{Kind: e.Kind, Since: e.Since}
		if was != nil {
			over = *was
		}
		over.Until, over.CountedTo = h.Now, s.CountedTo
		e.Report.Trouble = &over
	}
	switch {
	case speak == alerts.DeliverParent:
		h.post(&e)
	case speak == alerts.DeliverUpdate:
		h.update(&e, alerts.ReasonRecovered)
	case e.State == alerts.IncidentOpen:
		h.update(&e, alerts.ReasonCause)
	}
	h.Incidents = append(h.Incidents, e)
}

func (h *Health) post(e *alerts.Incident) {
	e.Report.Channel = h.Operators
	h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverParent, alerts.ReasonTrouble, h.Now, h.NewID()))
}

func (h *Health) update(e *alerts.Incident, why alerts.Reason) {
	h.Deliveries = append(h.Deliveries, e.Post(alerts.DeliverUpdate, why, h.Now, h.NewID()))
}
