package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// mostCalls is how often people are called in a month since nobody answered: the owners, and then the operators.
const mostCalls = 2

// isCallDue reports whether a budget that is used up has gone without an answer for as long as its rule allows, since people were
// last told or called.
func isCallDue(f *evaluate.Finding, before alerts.Standing, hours rules.Calendar, now time.Time) bool {
	switch {
	case f.Rule.EscalateAfter == 0, before.Level < alerts.OverLevel, before.OverAt.IsZero(), before.Calls >= mostCalls:
		return false
	case before.Muted(), before.Acknowledged(before.Level):
		return false
	}
	return hours.Elapsed(before.OverAt, now) >= f.Rule.EscalateAfter
}

// call calls the owners, under the root where there is one, and the second time the operators.
func (d Decision) call(before alerts.Standing, now time.Time) Decision {
	d.Reason, d.Changed, d.Since, d.Speak = alerts.ReasonUnanswered, true, before.OverAt, alerts.DeliverCall
	d.Standing.Calls, d.Standing.OverAt = before.Calls+1, now
	if before.Calls == 0 && before.RootID != "" {
		d.Speak, d.Standing.SaidAt = alerts.DeliverNote, now
	}
	return d
}

// sayCalls calls people in messages of their own: the owners of budgets without a root, or the operators. All of one check that go to
// one channel are one message, which names the budgets.
func (p *Planner) sayCalls(findings []evaluate.Finding) {
	channelOf := func(i int) string {
		if p.Decisions[i].Standing.Calls == mostCalls {
			return p.rules.Operators.Channel
		}
		return findings[i].Route().Channel
	}
	for _, unanswered := range p.byChannel(alerts.DeliverCall, channelOf) {
		if unanswered.channel != "" {
			p.sayCall(unanswered.channel, unanswered.decisions, findings)
			continue
		}
		for _, i := range unanswered.decisions {
			p.Decisions[i].Speak = ""
		}
	}
}

func (p *Planner) sayCall(channel string, unanswered []int, findings []evaluate.Finding) {
	var about alerts.Standing
	message := alerts.Message{Reason: alerts.ReasonUnanswered}
	for _, i := range unanswered {
		d := &p.Decisions[i]
		message.Budgets = append(message.Budgets, p.line(&findings[i], d))
		if message.Since.IsZero() || d.Since.Before(message.Since) {
			message.Since = d.Since
		}
	}
	if len(unanswered) == 1 {
		about = p.Decisions[unanswered[0]].Standing
		about.RootID = ""
	}
	alerts.WorstFirst(message.Budgets)
	id := p.deliver(alerts.DeliverCall, channel, about, message)
	for _, i := range unanswered {
		p.said[findings[i].BudgetID] = id
	}
}
