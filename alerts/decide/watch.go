package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// WatchPlanner decides on the rules that are no budgets, and composes what is recorded and posted.
type WatchPlanner struct {
	rules       *rules.Rules
	month       billing.Month
	now         time.Time
	newID       func() string
	incidents   map[incidentKey]alerts.Incident
	posted      map[alerts.BudgetName]bool // what was posted as new in any month
	Transitions []Transition               // in the order of the rules, for the log
	Unknown     []UnknownNow               // the rules with change whose usage is unknown
	alerts.Outcome
}

type incidentKey struct {
	alerts.BudgetID
	Kind alerts.IncidentKind
}

// NewWatchPlanner remembers the incidents of rules other than budgets.
func NewWatchPlanner(rules *rules.Rules, month billing.Month, remembered []alerts.Incident, now time.Time, newID func() string) *WatchPlanner {
	o := &WatchPlanner{
		rules: rules, month: month, now: now, newID: newID, incidents: map[incidentKey]alerts.Incident{}, posted: map[alerts.BudgetName]bool{},
		Outcome: alerts.Outcome{At: now},
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
func (o *WatchPlanner) incident(id alerts.BudgetID, kind alerts.IncidentKind) alerts.Incident {
	if e, found := o.incidents[incidentKey{id, kind}]; found {
		return e
	}
	return alerts.Incident{BudgetID: id, Kind: kind}
}

// Changes decides on the rules with change, for the current month and, while an incident of it is open, for the month before.
func (o *WatchPlanner) Changes(reading evaluate.Reading) {
	rows := slices.Concat(reading.Rows, reading.Closed)
	for i := range o.rules.Rules {
		rule := &o.rules.Rules[i]
		if rule.Kind != rules.RuleChange {
			continue
		}
		last := o.incident(alerts.BudgetID{Rule: rule.Name, Month: o.month.Add(-1)}, alerts.IncidentChange)
		if last.State == alerts.IncidentOpen {
			c := evaluate.ChangeOf(rule, last.Month, rows, reading.Archive, reading.ReadAt, reading.WhyNotCompared(rule.Match, last.Month))
			o.take(rule, o.lateChange(last, c))
		}
		now := o.incident(alerts.BudgetID{Rule: rule.Name, Month: o.month}, alerts.IncidentChange)
		c := evaluate.ChangeOf(rule, o.month, rows, reading.Archive, reading.ReadAt, reading.WhyNotCompared(rule.Match, o.month))
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
func (o *WatchPlanner) lateChange(last alerts.Incident, c evaluate.Change) Transition {
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

// Withdraw updates the messages of rules that are no longer in the file.
func (o *WatchPlanner) Withdraw(remembered []alerts.Incident) {
	kinds := map[string]rules.RuleKind{}
	for _, rule := range o.rules.Rules {
		kinds[rule.Name] = rule.Kind
	}
	for _, r := range remembered {
		e := o.incident(r.BudgetID, r.Kind)
		if e.Kind != alerts.IncidentChange || e.State != alerts.IncidentOpen || kinds[e.Rule] == rules.RuleChange {
			continue
		}
		e.See(alerts.Seen{}, o.now)
		o.take(nil, Transition{Incident: e, Reason: alerts.ReasonWithdrawn, Posts: alerts.DeliverUpdate, Changed: true})
	}
}

// take records a transition and queues its message.
func (o *WatchPlanner) take(rule *rules.Rule, t Transition) {
	if t.Posts == alerts.DeliverParent {
		t.Report.Channel = rule.Channel
		d := t.Post(alerts.DeliverParent, t.Reason, o.now, o.newID())
		d.NotBefore = o.deferUntil()
		o.Deliveries = append(o.Deliveries, d)
		g := t.Report.Growth
		o.Alerts = append(o.Alerts, alerts.Alert{
			BudgetID: t.BudgetID, Kind: alerts.KindChange, Threshold: rule.Change.Over, Reason: t.Reason,
			Used: g.PerDay, Limit: g.Before, At: o.now, DeliveryID: t.ParentID,
		})
	}
	if t.Posts == alerts.DeliverUpdate && t.ParentID != "" {
		o.Deliveries = append(o.Deliveries, t.Post(alerts.DeliverUpdate, t.Reason, o.now, o.newID()))
	}
	if t.Changed {
		o.Incidents = append(o.Incidents, t.Incident)
	}
	o.Transitions = append(o.Transitions, t)
}

// deferUntil is when the next working hours begin, for messages that need no action; zero is at once.
func (o *WatchPlanner) deferUntil() time.Time {
	if open := o.rules.Calendar().Open(o.now); open.After(o.now) {
		return open
	}
	return time.Time{}
}
