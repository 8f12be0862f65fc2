package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// holdUntil returns when a message about budgets at the level may be said: at once from 100 % on, and where people work.
func (p *Planner) holdUntil(level rules.Level) time.Time {
	open := p.hours.Open(p.Now)
	if level >= alerts.OverLevel || !open.After(p.Now) {
		return time.Time{}
	}
	return open
}
