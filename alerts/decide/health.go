package decide

import (
	"slices"
	"strconv"
	"time"

	"budgetbot/alerts"
	"budgetbot/billing"
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
	// intervalsFailed is how many intervals checks must fail for that, if this is longer.
	intervalsFailed = 3
	// gapsMissed is how many of the usual gaps between new figures must pass without any before figures are stale.
	gapsMissed = 3
)

// Observation is what a check saw of the bot's own health.
type Observation struct {
	Failure   error // why nothing was compared; nil if it was, or if there is nothing to compare yet
	Compared  bool
	CountedTo time.Time     // of the newest row; zero if Fastly did not say
	Usual     time.Duration // between new figures; 0 is unknown
	Unread    []string      // the usage types whose services could not be read
	Services  error         // why they could not
	Bill      error         // why the bill could not be read, if a budget needs it
	BillOf    billing.Month // whose bill that is, if it is not the running month's
	Unknown   []UnknownNow  // the budgets without a figure
}

// Health decides which of the bot's own troubles operators hear of, given what a check that is made at the interval saw: one message an
// incident, which an update ends.
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
	bill := failing(alerts.IncidentBill, s.Bill)
	bill.BillOf = s.BillOf
	reported = append(reported, services, bill)
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
	was, lasted := e.Report.Trouble, e.Lasts()
	if lasted {
		s.Trouble.Since = e.Since
	}
	isRipe := o.rules.Operators.Channel != "" && o.now.Sub(s.Trouble.Since) >= s.patience
	kind := e.See(alerts.Seen{Present: s.present, Ripe: isRipe, Since: s.Trouble.Since}, o.now)
	isSame := lasted && was != nil && was.Cause == s.Cause && was.BillOf == s.BillOf && slices.Equal(was.UsageTypes, s.UsageTypes)
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

// UnknownNow is an unknown budget as a check found it.
type UnknownNow struct {
	alerts.UnknownBudget
	Had bool // it had figures in this month
	// Waits means that the budget may still wait for its first figures of the month, although the month before had some.
	Waits bool
	// Reported means that the cause has a message of its own: services or the bill could not be read.
	Reported bool
}

// watchUnknown posts to operators the budgets that had figures and have had none for as long as figures may be stale: one message for all
// that one check finds, updated until all of them have figures again. The row without an instance remembers since when each has been
// unknown; each of the others is a message.
func (o *IncidentPlanner) watchUnknown(seen []UnknownNow) {
	var posted []alerts.Incident
	for _, e := range o.remembered {
		if e.Kind == alerts.IncidentUnknown && e.Instance != "" && e.Report.Trouble != nil {
			posted = append(posted, e)
		}
	}
	left := o.remember(seen)
	next := alerts.Incident{Kind: alerts.IncidentUnknown, BudgetID: alerts.BudgetID{Instance: strconv.Itoa(len(posted) + 1)}}
	for _, e := range posted {
		if e.State == alerts.IncidentOpen {
			o.goOnUnknown(e, left)
			continue
		}
		next = e // its row is free
	}
	var due []alerts.UnknownBudget
	for _, u := range seen {
		if now, waits := left[u.Name()]; waits && !now.Reported && o.now.Sub(now.Since) >= o.rules.Operators.StaleAfter {
			due = append(due, now.UnknownBudget)
		}
	}
	if len(due) == 0 || o.rules.Operators.Channel == "" {
		return
	}
	first := slices.MinFunc(due, func(a, b alerts.UnknownBudget) int { return a.Since.Compare(b.Since) })
	next.See(alerts.Seen{Present: true, Ripe: true, Since: first.Since}, o.now)
	next.Report.Trouble = &alerts.Trouble{Kind: alerts.IncidentUnknown, Since: first.Since, Unknown: due}
	next.Report.Channel = o.rules.Operators.Channel
	o.post(&next, alerts.DeliverParent, alerts.ReasonTrouble)
	o.Incidents = append(o.Incidents, next)
}

// remember returns the unknown budgets that had figures, each with the time since which it has none, and keeps them for the next check.
func (o *IncidentPlanner) remember(seen []UnknownNow) map[alerts.BudgetName]UnknownNow {
	all := o.incident(alerts.BudgetID{}, alerts.IncidentUnknown)
	if all.Report.Trouble == nil {
		all.State, all.Report.Trouble = alerts.IncidentQuiet, &alerts.Trouble{Kind: alerts.IncidentUnknown}
	}
	since := map[alerts.BudgetName]time.Time{}
	for _, u := range all.Report.Trouble.Unknown {
		since[u.Name()] = u.Since
	}
	unknown := map[alerts.BudgetName]UnknownNow{}
	var kept []alerts.UnknownBudget
	for _, u := range seen {
		at, known := since[u.Name()]
		if !known && !u.Had {
			continue
		}
		if u.Since = at; !known {
			u.Since = o.now
		}
		unknown[u.Name()], kept = u, append(kept, u.UnknownBudget)
	}
	if !slices.EqualFunc(kept, all.Report.Trouble.Unknown, sameUnknown) {
		all.Report.Trouble = &alerts.Trouble{Kind: alerts.IncidentUnknown, Unknown: kept}
		o.Incidents = append(o.Incidents, all)
	}
	return unknown
}

func sameUnknown(a, b alerts.UnknownBudget) bool {
	return a.Name() == b.Name() && a.Title == b.Title && a.Why == b.Why && a.Since.Equal(b.Since)
}

// goOnUnknown updates a message when fewer of its budgets are unknown, when a reason changes, and when all have figures again. It deletes
// the message's budgets from left.
func (o *IncidentPlanner) goOnUnknown(e alerts.Incident, left map[alerts.BudgetName]UnknownNow) {
	before := *e.Report.Trouble
	var still []alerts.UnknownBudget
	for _, u := range before.Unknown {
		if now, lasts := left[u.Name()]; lasts {
			still = append(still, now.UnknownBudget)
			delete(left, u.Name())
		}
	}
	now, why := before, alerts.ReasonCause
	switch {
	case len(still) == 0:
		now.Until, why = o.now, alerts.ReasonRecovered
		e.See(alerts.Seen{}, o.now)
	case slices.EqualFunc(still, before.Unknown, sameUnknown):
		return
	default:
		now.Unknown = still
	}
	e.Report.Trouble = &now
	o.post(&e, alerts.DeliverUpdate, why)
	o.Incidents = append(o.Incidents, e)
}

// LongUnknown returns the budgets that had figures and have had none for as long as staleAfter, out of the remembered incidents.
func LongUnknown(remembered []alerts.Incident, staleAfter time.Duration, now time.Time) []alerts.UnknownBudget {
	var long []alerts.UnknownBudget
	for _, e := range remembered {
		if e.Kind != alerts.IncidentUnknown || e.Instance != "" || e.Report.Trouble == nil {
			continue
		}
		for _, u := range e.Report.Trouble.Unknown {
			if now.Sub(u.Since) >= staleAfter {
				long = append(long, u)
			}
		}
	}
	return long
}
