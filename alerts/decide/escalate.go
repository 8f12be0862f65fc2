package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// mostEscalations is how often people are called in a month since nobody answered: the owners, and then the operators.
const mostEscalations = 2

// isEscalationDue reports whether a budget that is used up has gone without an answer for as long as its rule allows, since people were
// last told or called.
func isEscalationDue(f *evaluate.Finding, before alerts.BudgetState, hours rules.Calendar, now time.Time) bool {
	switch {
	case f.Rule.EscalateAfter == 0, before.Threshold < alerts.OverThreshold, before.OverAt.IsZero(), before.Escalations >= mostEscalations:
		return false
	case before.Muted(), before.Acknowledged(before.Threshold):
		return false
	}
	return hours.Elapsed(before.OverAt, now) >= f.Rule.EscalateAfter
}

// escalate calls the owners, under the root where there is one, and the second time the operators.
func (d Decision) escalate(before alerts.BudgetState, now time.Time) Decision {
	d.Reason, d.Changed, d.Since, d.Speak = alerts.ReasonUnanswered, true, before.OverAt, alerts.DeliverEscalation
	d.BudgetState.Escalations, d.BudgetState.OverAt = before.Escalations+1, now
	if before.Escalations == 0 && before.ParentID != "" {
		d.Speak, d.BudgetState.PostedAt = alerts.DeliverReply, now
	}
	return d
}

// postEscalations calls people in messages of their own: the owners of budgets without a root, or the operators. All of one check that go to
// one channel are one message, which names the budgets.
func (p *Planner) postEscalations(findings []evaluate.Finding) {
	channelOf := func(i int) string {
		if p.Decisions[i].BudgetState.Escalations == mostEscalations {
			return p.rules.Operators.Channel
		}
		return findings[i].Route().Channel
	}
	for _, unanswered := range p.byChannel(alerts.DeliverEscalation, channelOf) {
		if unanswered.channel != "" {
			p.postEscalation(unanswered.channel, unanswered.decisions, findings)
			continue
		}
		for _, i := range unanswered.decisions {
			p.Decisions[i].Speak = ""
		}
	}
}

func (p *Planner) postEscalation(channel string, unanswered []int, findings []evaluate.Finding) {
	var about alerts.BudgetState
	message := alerts.Message{Reason: alerts.ReasonUnanswered}
	for _, i := range unanswered {
		d := &p.Decisions[i]
		message.Budgets = append(message.Budgets, p.line(&findings[i], d))
		if message.Since.IsZero() || d.Since.Before(message.Since) {
			message.Since = d.Since
		}
	}
	if len(unanswered) == 1 {
		about = p.Decisions[unanswered[0]].BudgetState
		about.ParentID = ""
	}
	alerts.WorstFirst(message.Budgets)
	id := p.deliver(alerts.DeliverEscalation, channel, about, message)
	for _, i := range unanswered {
		p.posted[findings[i].BudgetID] = id
	}
}
