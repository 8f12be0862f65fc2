package alerts

import "time"

// mostCalls is how often people are called in a month since nobody answered: the owners, and then the operators.
const mostCalls = 2

// isCallDue reports whether a budget that is used up has gone without an answer for as long as its rule allows, since people were
// last told or called.
func (f *Finding) isCallDue(before Standing, hours Calendar, now time.Time) bool {
	switch {
	case f.Rule.EscalateAfter == 0, before.Level < overLevel, before.OverAt.IsZero(), before.Calls >= mostCalls:
		return false
	case before.Muted(), before.Acknowledged(before.Level):
		return false
	}
	return hours.Elapsed(before.OverAt, now) >= f.Rule.EscalateAfter
}

// call calls the owners, under the root where there is one, and the second time the operators.
func (d Decision) call(before Standing, now time.Time) Decision {
	d.Reason, d.Changed, d.Since, d.Speak = ReasonUnanswered, true, before.OverAt, DeliverCall
	d.Standing.Calls, d.Standing.OverAt = before.Calls+1, now
	if before.Calls == 0 && before.RootID != "" {
		d.Speak, d.Standing.SaidAt = DeliverNote, now
	}
	return d
}

// sayCall calls people in a message of its own: the owners of a budget without a root, or the operators.
func (p *planner) sayCall(f *Finding, d *Decision) {
	channel := f.route().Channel
	if d.Standing.Calls == mostCalls {
		channel = p.rules.Operators.Channel
	}
	if channel == "" {
		d.Speak = ""
		return
	}
	about := d.Standing
	about.RootID = ""
	p.said[f.BudgetID] = p.deliver(DeliverCall, channel, about, p.message(f, d))
}
