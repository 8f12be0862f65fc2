package alerts

import (
	"time"

	"budgetbot/alerts/rules"
)

// holdUntil returns when a message about budgets at the level may be said: at once from 100 % on, and where people work.
func (p *planner) holdUntil(level rules.Level) time.Time {
	open := p.hours.Open(p.now)
	if level >= overLevel || !open.After(p.now) {
		return time.Time{}
	}
	return open
}
