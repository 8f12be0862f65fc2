package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// holdUntil returns when a message about the level may be posted: at once from 100 % on and during working hours.
func (p *Planner) holdUntil(level rules.Level) time.Time {
	open := p.hours.Open(p.Now)
	if level >= alerts.OverLevel || !open.After(p.Now) {
		return time.Time{}
	}
	return open
}
