package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// mostEscalations is how many escalations an unanswered budget has in a month: the first to the owners, the second to the operators.
const mostEscalations = 2

// isEscalationDue reports whether a budget that is used up has gone without an answer for as long as its rule allows, since the last
// alert or escalation.
func isEscalationDue(f *evaluate.Finding, before alerts.BudgetState, hours rules.Calendar, now time.Time) bool {
	switch {
	case f.Rule.EscalateAfter == 0, before.Threshold < alerts.OverThreshold, before.OverAt.IsZero(), before.Escalations >= mostEscalations:
		return false
	case before.Muted(), before.Acknowledged(before.Threshold):
		return false
	}
	return hours.Elapsed(before.OverAt, now) >= f.Rule.EscalateAfter
}

// escalate mentions the owners, under the parent message where there is one, and the second time the operators.
func (d Decision) escalate(before alerts.BudgetState, now time.Time) Decision {
	d.Reason, d.Changed, d.Since, d.Posts = alerts.ReasonUnanswered, true, before.OverAt, alerts.DeliverEscalation
	d.BudgetState.Escalations, d.BudgetState.OverAt = before.Escalations+1, now
	if before.Escalations == 0 && before.ParentID != "" {
		d.Posts, d.BudgetState.PostedAt = alerts.DeliverReply, now
	}
	return d
}

// escalationChannel is where an escalation without a parent message goes: the owners' channel, or the second time the operators'.
func (p *Plan) escalationChannel(i int) string {
	if p.Decisions[i].BudgetState.Escalations == mostEscalations {
		return p.rules.Operators.Channel
	}
	return p.Findings[i].Route().Channel
}

// postEscalations posts escalations as messages of their own, one a channel and check: to the owners of budgets without a parent, or to the
// operators.
func (c *composer) postEscalations() {
	for _, unanswered := range c.escalations {
		if unanswered.channel == "" {
			continue
		}
		var about alerts.BudgetState
		message := alerts.Message{Reason: alerts.ReasonUnanswered, Budgets: c.lines(unanswered.decisions)}
		for _, i := range unanswered.decisions {
			if since := c.Decisions[i].Since; message.Since.IsZero() || since.Before(message.Since) {
				message.Since = since
			}
		}
		if len(unanswered.decisions) == 1 {
			about = c.Decisions[unanswered.decisions[0]].BudgetState
			about.ParentID = ""
		}
		id := c.deliver(alerts.DeliverEscalation, unanswered.channel, about, message)
		for _, i := range unanswered.decisions {
			c.posted[c.Findings[i].BudgetID] = id
		}
	}
}
