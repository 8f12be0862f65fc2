package alerts

import (
	"context"
	"fmt"
)

// watches reports whether the rules have the budget that the standing is of.
func (r *Rules) watches(s Standing) bool {
	for i := range r.Rules {
		if rule := &r.Rules[i]; rule.Name == s.Rule {
			return s.Scope == "" && rule.Per == "" || rule.Holds(s)
		}
	}
	return false
}

// unwatched returns the standings of budgets that have a message in a channel, and that the rules no longer have.
func (r *Rules) unwatched(standings []Standing) []Standing {
	var left []Standing
	for _, standing := range standings {
		if standing.RootID != "" && !r.watches(standing) {
			left = append(left, standing)
		}
	}
	return left
}

// recallRoots adds to the memory what the messages of budgets that are no longer watched show.
func (m *Memory) recallRoots(ctx context.Context, ledger Ledger, rules *Rules) error {
	m.Roots = map[string]Delivery{}
	for _, standing := range rules.unwatched(m.Standings) {
		root, found, err := ledger.OnRoot(ctx, standing.RootID)
		if err != nil {
			return fmt.Errorf("read the message about %s: %w", standing.BudgetID, err)
		}
		if found {
			m.Roots[standing.RootID] = root
		}
	}
	return nil
}

// giveUp ends the messages of budgets that are no longer watched: what waits to be said of them is dropped, and the root says
// so. What was said stays said: where the rule comes back its next level gets a root of its own.
func (p *planner) giveUp(memory Memory) {
	for _, standing := range p.rules.unwatched(memory.Standings) {
		p.Outcome.Drops = append(p.Outcome.Drops, standing.BudgetID)
		root, found := memory.Roots[standing.RootID]
		if found && standing.ClosedAt.IsZero() && len(root.Message.Budgets) == 1 {
			edited := root.Message
			edited.Reason, edited.Act = ReasonUnwatched, nil
			p.deliver(DeliverRefresh, root.Channel, standing, edited)
		}
		standing.RootID, standing.RootChannel = "", ""
		p.Outcome.Standings = append(p.Outcome.Standings, standing)
	}
}
