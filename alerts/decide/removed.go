package decide

import (
	"slices"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// watches reports whether the rules still have the budget of the state.
func watches(r *rules.Rules, s alerts.BudgetState) bool {
	for i := range r.Rules {
		if rule := &r.Rules[i]; rule.Name == s.Rule {
			return s.Instance == "" && rule.Per == "" || evaluate.HasBudget(rule, s)
		}
	}
	return false
}

// Unwatched returns the states of budgets that have a message in a channel, and that the rules no longer have.
func Unwatched(r *rules.Rules, states []alerts.BudgetState) []alerts.BudgetState {
	var left []alerts.BudgetState
	for _, state := range states {
		if state.ParentID != "" && !watches(r, state) {
			left = append(left, state)
		}
	}
	return left
}

// endUnwatched ends the messages of budgets that are no longer watched: it drops what waits to be posted of them, and updates the parent message.
// What was posted stays posted: if the rule comes back, its next threshold gets a parent message of its own. A threshold that waited is forgotten with
// its message, so that it is posted if the rule comes back; in a closed month it stays, as no check would look at it again.
// A later check drops a message that was just being posted, if it still waits then.
func (c *composer) endUnwatched() {
	for _, state := range c.memory.BudgetStates {
		if watches(c.rules, state) || state.ParentID == "" && (!state.ClosedAt.IsZero() || len(c.waitingAlone(state)) == 0) {
			continue
		}
		parent, found := c.memory.Parents[state.ParentID]
		if state.ClosedAt.IsZero() {
			c.Outcome.Drops = append(c.Outcome.Drops, state.BudgetID)
			state = c.dropWaiting(state)
		}
		if found && state.ParentID != "" && state.ClosedAt.IsZero() && len(parent.Message.Budgets) == 1 {
			edited := parent.Message
			edited.Reason, edited.Act = alerts.ReasonUnwatched, nil
			c.deliver(alerts.DeliverUpdate, parent.Channel, state, edited)
		}
		state.ParentID, state.ParentChannel = "", ""
		c.write(state)
	}
}

// dropWaiting drops the messages that wait about the budget alone. A list that names it too is posted as it is.
func (c *composer) dropWaiting(state alerts.BudgetState) alerts.BudgetState {
	if undone, done := c.withdrawn.undone[state.BudgetID]; done {
		return undone
	}
	own := c.waitingAlone(state)
	c.withdraw(own)
	return withoutWaiting(state, own)
}

// waitingAlone returns what waits of the budget in messages about nothing else.
func (c *composer) waitingAlone(state alerts.BudgetState) []alerts.Waiting {
	return slices.DeleteFunc(slices.Clone(c.withdrawn.waiting[state.BudgetID]), func(w alerts.Waiting) bool {
		return w.Sort == alerts.DeliverList || w.Sort == alerts.DeliverStart
	})
}
