package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// deferUntil returns when a message about the level may be posted: at once from 100 % on and during working hours.
func (p *Planner) deferUntil(threshold rules.Threshold) time.Time {
	open := p.hours.Open(p.Now)
	if threshold >= alerts.OverThreshold || !open.After(p.Now) {
		return time.Time{}
	}
	return open
}
