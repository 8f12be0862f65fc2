package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// IncidentPlanner decides on everything but budgets: on the rules of other kinds, and on the bot's own health. It composes what is recorded and
// posted.
type IncidentPlanner struct {
	rules       *rules.Rules
	month       billing.Month
	now         time.Time
	newID       func() string
	remembered  []alerts.Incident
	incidents   map[incidentKey]alerts.Incident
	posted      map[alerts.BudgetName]bool // what was posted as new in any month
	Transitions []Transition               // of the rules, in their order, for the log
	Unknown     []UnknownNow               // the rules with change whose usage is unknown
	alerts.Outcome
}

type incidentKey struct {
	alerts.BudgetID
	Kind alerts.IncidentKind
}

// NewIncidentPlanner returns a planner that remembers the incidents.
func NewIncidentPlanner(rules *rules.Rules, month billing.Month, remembered []alerts.Incident, now time.Time, newID func() string) *IncidentPlanner {
	o := &IncidentPlanner{
		rules: rules, month: month, now: now, newID: newID, remembered: remembered, incidents: map[incidentKey]alerts.Incident{},
		posted: map[alerts.BudgetName]bool{}, Outcome: alerts.Outcome{At: now},
	}
	for _, e := range remembered {
		o.incidents[incidentKey{e.BudgetID, e.Kind}] = e
		if e.Kind == alerts.IncidentNew && e.Instance != "" {
			o.posted[e.BudgetName()] = true
		}
	}
	return o
}

// incident returns the remembered incident; its Revision is 0 where there is none.
func (o *IncidentPlanner) incident(id alerts.BudgetID, kind alerts.IncidentKind) alerts.Incident {
	if e, found := o.incidents[incidentKey{id, kind}]; found {
		return e
	}
	return alerts.Incident{BudgetID: id, Kind: kind}
}

// Withdraw updates the messages of rules that are no longer in the file.
func (o *IncidentPlanner) Withdraw() {
	kinds := map[string]rules.RuleKind{}
	for _, rule := range o.rules.Rules {
		kinds[rule.Name] = rule.Kind
	}
	for _, e := range o.remembered {
		if e.Kind != alerts.IncidentChange || e.State != alerts.IncidentOpen || kinds[e.Rule] == rules.RuleChange {
			continue
		}
		e.See(alerts.Seen{}, o.now)
		o.take(nil, Transition{Incident: e, Reason: alerts.ReasonWithdrawn, Posts: alerts.DeliverUpdate, Changed: true})
	}
}

// take records a transition and queues its message.
func (o *IncidentPlanner) take(rule *rules.Rule, t Transition) {
	if t.Posts == alerts.DeliverParent {
		t.Report.Channel = rule.Channel
		o.post(&t.Incident, t.Posts, t.Reason).NotBefore = o.deferUntil()
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
	o.Deliveries = append(o.Deliveries, e.Post(kind, why, o.now, o.newID()))
	return &o.Deliveries[len(o.Deliveries)-1]
}

// deferUntil is when the next working hours begin, for messages that need no action; zero is at once.
func (o *IncidentPlanner) deferUntil() time.Time {
	if open := o.rules.Calendar().Open(o.now); open.After(o.now) {
		return open
	}
	return time.Time{}
}
