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

// Health decides which of the bot's own troubles operators hear of, given what a check that is made at the interval saw: one message an incident,
// which an update ends.
func (o *IncidentPlanner) Health(seen Observation, every time.Duration) {
	for _, s := range seen.symptoms(o.rules.Operators.StaleAfter, every, o.now) {
		o.watch(s)
	}
	if seen.Compared {
		o.watchUnknown(seen.Unknown)
	}
}

// symptoms returns those that the observation decides. A check that compared nothing says nothing of the figures.
func (s Observation) symptoms(staleAfter, every time.Duration, now time.Time) []symptom {
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

// watch posts an incident once it has lasted long enough, edits its message when the cause changes, and when it ends.
func (o *IncidentPlanner) watch(s symptom) {
	e := o.incident(alerts.BudgetID{}, s.Kind)
	was, lasted := e.Report.Trouble, e.State == alerts.IncidentWatched || e.State == alerts.IncidentOpen
	if lasted {
		s.Trouble.Since = e.Since
	}
	isRipe := o.rules.Operators.Channel != "" && o.now.Sub(s.Trouble.Since) >= s.patience
	kind := e.See(alerts.Seen{Present: s.present, Ripe: isRipe, Since: s.Trouble.Since}, o.now)
	isSame := lasted && was != nil && was.Cause == s.Cause && slices.Equal(was.UsageTypes, s.UsageTypes)
	switch {
	case !s.present && !lasted, s.present && isSame && kind == "":
		return
	case s.present:
		e.Report.Trouble = &s.Trouble
	case kind == alerts.DeliverUpdate:
		over := alerts.Trouble{Kind: e.Kind, Since: e.Since}
		if was != nil {
			over = *was
		}
		over.Until, over.CountedTo = o.now, s.CountedTo
		e.Report.Trouble = &over
	}
	switch {
	case kind == alerts.DeliverParent:
		e.Report.Channel = o.rules.Operators.Channel
		o.post(&e, kind, alerts.ReasonTrouble)
	case kind == alerts.DeliverUpdate:
		o.post(&e, kind, alerts.ReasonRecovered)
	case e.State == alerts.IncidentOpen:
		o.post(&e, alerts.DeliverUpdate, alerts.ReasonCause)
	}
	o.Incidents = append(o.Incidents, e)
}
