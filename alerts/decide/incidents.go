package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// IncidentPlanner decides on everything but budgets: on the rules of other kinds, and on the bot's own health. It composes what is recorded
// and posted.
type IncidentPlanner struct {
	rules       *rules.Rules
	month       billing.Month
	now         time.Time
	newID       func() string
	remembered  []alerts.Incident
	incidents   map[incidentKey]alerts.Incident
	Transitions []Transition // of the rules, in their order, for the log
	Unknown     []UnknownNow // the rules with change whose usage is unknown
	alerts.Outcome
}

type incidentKey struct {
	alerts.BudgetID
	Kind alerts.IncidentKind
}

// keyOf is the key by which an incident is remembered: a new item is posted once in all the months that are kept.
func keyOf(id alerts.BudgetID, kind alerts.IncidentKind) incidentKey {
	if kind == alerts.IncidentNew && id.Instance != "" {
		id.Month = billing.Month{}
	}
	return incidentKey{id, kind}
}

// NewIncidentPlanner returns a planner that remembers the incidents.
func NewIncidentPlanner(rules *rules.Rules, month billing.Month, remembered []alerts.Incident, now time.Time, newID func() string) *IncidentPlanner {
	o := &IncidentPlanner{
		rules: rules, month: month, now: now, newID: newID, remembered: remembered, incidents: map[incidentKey]alerts.Incident{},
		Outcome: alerts.Outcome{At: now},
	}
	for _, e := range remembered {
		o.incidents[keyOf(e.BudgetID, e.Kind)] = e
	}
	return o
}

// incident returns the remembered incident; its Revision is 0 if there is none.
func (o *IncidentPlanner) incident(id alerts.BudgetID, kind alerts.IncidentKind) alerts.Incident {
	if e, found := o.incidents[keyOf(id, kind)]; found {
		return e
	}
	return alerts.Incident{BudgetID: id, Kind: kind}
}

// Withdraw updates the messages of rules that are no longer in the file.
func (o *IncidentPlanner) Withdraw() {
	watched := map[incidentKey]bool{}
	for i := range o.rules.Rules {
		if rule := &o.rules.Rules[i]; rule.Kind == rules.RuleChange {
			for _, instance := range spikeInstances(rule) {
				watched[incidentKey{alerts.BudgetID{Rule: rule.Name, Instance: instance}, changeKind(rule)}] = true
			}
		}
	}
	for _, e := range o.remembered {
		isChange := e.Kind == alerts.IncidentChange || e.Kind == alerts.IncidentSpike
		if !isChange || e.State != alerts.IncidentOpen || watched[incidentKey{alerts.BudgetID{Rule: e.Rule, Instance: e.Instance}, e.Kind}] {
			continue
		}
		e.See(alerts.Seen{}, o.now)
		o.take(nil, Transition{Incident: e, Reason: alerts.ReasonWithdrawn, Posts: alerts.DeliverUpdate, Changed: true})
	}
}

// changeKind is the kind of incident that a rule with change has.
func changeKind(rule *rules.Rule) alerts.IncidentKind {
	if rule.IsDaily() {
		return alerts.IncidentSpike
	}
	return alerts.IncidentChange
}

// spikeInstances returns the instances that the rule has an incident for: its teams, or the one without a name.
func spikeInstances(rule *rules.Rule) []string {
	if rule.Per != rules.PerTeam {
		return []string{""}
	}
	var teams []string
	for _, team := range rule.Teams {
		teams = append(teams, team.Name)
	}
	return teams
}

// take records a transition and queues its message.
func (o *IncidentPlanner) take(rule *rules.Rule, t Transition) {
	if t.Posts == alerts.DeliverParent && t.Kind == alerts.IncidentSpike {
		t.Report.Channel = rule.Route(t.Instance).Channel
		o.post(&t.Incident, t.Posts, t.Reason)
	}
	if t.Posts == alerts.DeliverParent && t.Kind == alerts.IncidentChange {
		t.Report.Channel = rule.Channel
		o.post(&t.Incident, t.Posts, t.Reason).NotBefore = o.rules.Calendar().DeferUntil(o.now)
		g := t.Report.Growth
		o.Alerts = append(o.Alerts, alerts.Alert{
			BudgetID: t.BudgetID, Kind: alerts.KindChange, Threshold: rule.Change.Over, Reason: t.Reason,
			Used: g.PerDay, Limit: g.Before, At: o.now, DeliveryID: t.ParentID,
		})
	}
	if t.Posts == alerts.DeliverUpdate && t.ParentID != "" {
		o.post(&t.Incident, t.Posts, t.Reason)
	}
	if t.Changed {
		o.Incidents = append(o.Incidents, t.Incident)
	}
	o.Transitions = append(o.Transitions, t)
}

// post queues a parent message about the incident, or an update of it.
func (o *IncidentPlanner) post(e *alerts.Incident, kind alerts.DeliveryKind, why alerts.Reason) *alerts.Delivery {
	d := e.Post(kind, why, o.now, o.newID())
	if e.Kind == alerts.IncidentSpike { // for the history of the month
		d.Month = o.month
	}
	o.Deliveries = append(o.Deliveries, d)
	return &o.Deliveries[len(o.Deliveries)-1]
}

// Transition is how one check changes an incident, and why.
type Transition struct {
	alerts.Incident
	Reason  alerts.Reason
	Posts   alerts.DeliveryKind // empty to keep silent
	Changed bool                // whether there is anything to remember
}

// Changes decides on the rules with change, for the current month and, while an incident of it is open, for the month before.
func (o *IncidentPlanner) Changes(reading evaluate.Reading) {
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		if rule.Kind != rules.RuleChange || rule.IsDaily() {
			continue
		}
		last := o.incident(alerts.BudgetID{Rule: rule.Name, Month: o.month.Add(-1)}, alerts.IncidentChange)
		if last.State == alerts.IncidentOpen {
			o.take(rule, o.lateChange(last, reading.ChangeOf(rule, last.Month)))
		}
		now := o.incident(alerts.BudgetID{Rule: rule.Name, Month: o.month}, alerts.IncidentChange)
		c := reading.ChangeOf(rule, o.month)
		if c.Obstacle != "" {
			o.Unknown = append(o.Unknown, UnknownNow{
				UnknownBudget: alerts.UnknownBudget{Rule: rule.Name, Title: rule.Title, Why: c.Obstacle},
				Had:           now.Report.Growth.Known() || last.Report.Growth.Known(),
			})
		}
		o.take(rule, decideChange(now, c, o.now))
	}
}

// lateChange waits for the last days of a month that is over. If they do not come in time, its last figures become final.
func (o *IncidentPlanner) lateChange(last alerts.Incident, c evaluate.Change) Transition {
	late := o.now.Sub(last.Month.End()) >= alerts.LateFor
	if c.Known && !c.Growth.Closed && !late {
		return Transition{Incident: last, Reason: alerts.ReasonChangePosted}
	}
	if !c.Growth.Closed && late && last.Report.Growth != nil {
		c.Growth, c.Version, c.Known = *last.Report.Growth, last.Version, true
		c.Growth.Closed = true
	}
	return decideChange(last, c, o.now)
}

// decideChange returns how a check changes the month's incident of a rule with change.
//
// A change above both floors on two data versions is posted once a month. After that the message is edited: at most daily while it
// lasts, when it ends, when it comes back, and when the month is over.
func decideChange(before alerts.Incident, c evaluate.Change, now time.Time) Transition {
	t := Transition{Incident: before}
	t.Report.Growth = &c.Growth
	if !c.Known {
		return t.unknown(before, c)
	}
	fresh := before.Version != c.Version
	t.Version, t.CountedTo = c.Version, c.Growth.CountedTo
	last := before.Report.Growth
	wasUnknown := last != nil && (last.Unknown != "" || last.Versus.Unknown)
	t.Changed = fresh || before.State == "" || wasUnknown
	if c.Growth.Closed && before.State != alerts.IncidentOpen { // a month without a message stays as it is
		t.Changed, t.Reason = false, alerts.ReasonEnded
		return t
	}
	if c.Growth.Closed {
		t.See(alerts.Seen{}, now)
		return t.edit(alerts.ReasonEnded)
	}
	if t.State == "" {
		t.State = alerts.IncidentQuiet
	}
	kind := t.See(alerts.Seen{Present: c.Floors, Ripe: fresh && before.State == alerts.IncidentWatched, Resumes: true, Since: now}, now)
	switch {
	case kind == alerts.DeliverParent:
		t.Reason, t.Posts = alerts.ReasonGrew, kind
	case kind == alerts.DeliverUpdate && c.Floors:
		return t.edit(alerts.ReasonGrewAgain)
	case kind == alerts.DeliverUpdate:
		return t.edit(alerts.ReasonCalm)
	case t.State == alerts.IncidentWatched:
		t.Reason = alerts.ReasonOneVersion
	case t.State != alerts.IncidentOpen:
		t.Reason = alerts.ReasonCalmSoFar
	case (t.Changed || before.PostedAt.IsZero()) && now.Sub(before.PostedAt) >= updateAfter: // a rule that was renamed has no time
		return t.edit(alerts.ReasonUpdate)
	default:
		t.Reason = alerts.ReasonChangePosted
	}
	return t
}

// unknown keeps the figures as they were, and says why there are no newer ones.
func (t Transition) unknown(before alerts.Incident, c evaluate.Change) Transition {
	t.State, t.Reason = before.State, alerts.ReasonUnknown
	if t.State == "" {
		t.State = alerts.IncidentQuiet
	}
	last := c.Growth
	if before.Report.Growth.Known() {
		last = *before.Report.Growth
		last.Unknown, last.Versus.Unknown, last.Versus.Why = c.Growth.Unknown, c.Growth.Versus.Unknown, c.Growth.Versus.Why
	}
	t.Report.Growth = &last
	was := before.Report.Growth
	t.Changed = was == nil || was.Unknown != last.Unknown || was.Versus.Why != last.Versus.Why || was.Versus.Days != last.Versus.Days
	return t
}

func (t Transition) edit(why alerts.Reason) Transition {
	t.Reason, t.Posts, t.Changed = why, alerts.DeliverUpdate, true
	return t
}
