package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/billing"
)

// Spikes decides on the rules that compare days. Their incidents belong to no month, as a spike may last from one into the next.
func (o *IncidentPlanner) Spikes(found []evaluate.Spike) {
	for i := range found {
		f := &found[i]
		e := o.incident(alerts.BudgetID{Rule: f.Rule.Name, Instance: f.Instance}, alerts.IncidentSpike)
		isSame := i > 0 && found[i-1].Rule == f.Rule && found[i-1].Obstacle == f.Obstacle // of another team: one is enough
		if f.Obstacle != "" && !isSame {
			o.Unknown = append(o.Unknown, UnknownNow{
				UnknownBudget: alerts.UnknownBudget{Rule: f.Rule.Name, Title: f.Rule.Title, Why: f.Obstacle}, Had: e.Report.Spike.Known(),
			})
		}
		o.take(f.Rule, decideSpike(e, f, o.now))
	}
}

// decideSpike returns how a check changes the incident of a rule that compares days.
//
// A spike is posted when a day that was not compared before is high, and once. After that the message is edited with every further day, and when
// the spike has ended. A day that Fastly corrects after it was compared begins none.
func decideSpike(before alerts.Incident, f *evaluate.Spike, now time.Time) Transition {
	t := Transition{Incident: before}
	if t.State == "" {
		t.State, t.Changed = alerts.IncidentQuiet, true
	}
	if !f.Known {
		return t.unknownSpike(before, f)
	}
	was := before.Report.Spike
	isNewDay := f.Found.CountedTo().After(before.CountedTo)
	isSame := was != nil && was.First.Equal(f.Found.First) // the spike that the message is about
	t.CountedTo = billing.Later(before.CountedTo, f.Found.CountedTo())
	t.Report.Spike = &f.Found
	t.Changed = t.Changed || isNewDay || was == nil || was.Unknown != ""
	isOpen := before.State == alerts.IncidentOpen
	if isOpen && was != nil && f.Lasts && f.Found.First.After(was.High.Day) { // another one, after no check saw the end of the last
		t.State, isOpen = alerts.IncidentOver, false
	}
	present := f.Lasts && (isOpen || t.State == alerts.IncidentOver && isSame || isNewDay && f.IsHigh)
	if isOpen && !present && !isSame && was != nil { // a correction took the whole spike away
		t.Report.Spike = ended(*was, f.Found)
	}
	kind := t.See(alerts.Seen{Present: present, Ripe: true, Resumes: isSame, Since: now}, now)
	switch {
	case kind == alerts.DeliverParent:
		t.Reason, t.Posts, t.Changed = alerts.ReasonSpike, kind, true
	case kind == alerts.DeliverUpdate && present:
		return t.edit(alerts.ReasonSpikeBack)
	case kind == alerts.DeliverUpdate && f.Found.Settled:
		return t.edit(alerts.ReasonSpikeSettled)
	case kind == alerts.DeliverUpdate:
		return t.edit(alerts.ReasonSpikeOver)
	case isOpen && (isNewDay || before.PostedAt.IsZero()): // a rule that was renamed has no time
		return t.edit(alerts.ReasonUpdate)
	case isOpen:
		t.Reason, t.Report.Spike = alerts.ReasonSpikePosted, was
	case f.Lasts:
		t.Reason = alerts.ReasonCorrectedDay
	default:
		t.Reason = alerts.ReasonUsual
	}
	return t
}

// ended is a spike of the message with the newest day of what was found now.
func ended(was, found alerts.Spike) *alerts.Spike {
	was.Newest, was.ReadAt, was.Unknown = found.Newest, found.ReadAt, ""
	return &was
}

// unknownSpike keeps the figures as they were, and says why there are no newer ones.
func (t Transition) unknownSpike(before alerts.Incident, f *evaluate.Spike) Transition {
	t.Reason = alerts.ReasonUnknown
	last := f.Found
	if was := before.Report.Spike; was.Known() {
		last = *was
		last.Unknown = f.Found.Unknown
	}
	was := before.Report.Spike
	t.Changed = t.Changed || was == nil || was.Unknown != last.Unknown
	t.Report.Spike = &last
	return t
}
