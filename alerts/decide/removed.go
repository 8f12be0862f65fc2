package decide

import (
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// watches reports whether the rules have the budget that the standing is of.
func watches(r *rules.Rules, s alerts.Standing) bool {
	for i := range r.Rules {
		if rule := &r.Rules[i]; rule.Name == s.Rule {
			return s.Scope == "" && rule.Per == "" || evaluate.Holds(rule, s)
		}
	}
	return false
}

// Unwatched returns the standings of budgets that have a message in a channel, and that the rules no longer have.
func Unwatched(r *rules.Rules, standings []alerts.Standing) []alerts.Standing {
	var left []alerts.Standing
	for _, standing := range standings {
		if standing.RootID != "" && !watches(r, standing) {
			left = append(left, standing)
		}
	}
	return left
}

// giveUp ends the messages of budgets that are no longer watched: what waits to be posted of them is dropped, and the root says
// so. What was posted stays posted: where the rule comes back its next threshold gets a root of its own. What nobody has seen is
// forgotten with its message, and posted where the rule comes back; of a month that is closed nobody would look again, so that it stays.
// A message that was just being posted is taken back by a later check, when it still waits.
func (p *Planner) giveUp(memory alerts.Memory) {
	for _, standing := range memory.Standings {
		if watches(p.rules, standing) || standing.RootID == "" && (!standing.ClosedAt.IsZero() || len(p.waitingAlone(standing)) == 0) {
			continue
		}
		root, found := memory.Roots[standing.RootID]
		if standing.ClosedAt.IsZero() {
			p.Outcome.Drops = append(p.Outcome.Drops, standing.BudgetID)
			standing = p.giveUpWaiting(standing)
		}
		if found && standing.RootID != "" && standing.ClosedAt.IsZero() && len(root.Message.Budgets) == 1 {
			edited := root.Message
			edited.Reason, edited.Act = alerts.ReasonUnwatched, nil
			p.deliver(alerts.DeliverRefresh, root.Channel, standing, edited)
		}
		standing.RootID, standing.RootChannel = "", ""
		p.write(standing)
	}
}

// giveUpWaiting takes back what waits of the budget alone. A list that names it too is posted as it is.
func (p *Planner) giveUpWaiting(standing alerts.Standing) alerts.Standing {
	if back, done := p.taken.back[standing.BudgetID]; done {
		return back
	}
	own := p.waitingAlone(standing)
	for _, w := range own {
		p.withdraw(w.DeliveryID)
		p.Outcome.Lifts = append(p.Outcome.Lifts, alerts.Lift{BudgetID: standing.BudgetID, Kind: w.Kind, Above: w.Seen})
	}
	return withoutWaiting(standing, own)
}

// waitingAlone is what waits of the budget in messages about nothing else.
func (p *Planner) waitingAlone(standing alerts.Standing) []alerts.Waiting {
	return slices.DeleteFunc(slices.Clone(p.taken.waiting[standing.BudgetID]), func(w alerts.Waiting) bool {
		return w.Sort == alerts.DeliverList || w.Sort == alerts.DeliverStart
	})
}
