package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/rules"
)

// deferUntil returns when a message about the threshold may be posted: at once from 100 % on and during working hours.
func (p *Plan) deferUntil(threshold rules.Threshold) time.Time {
	open := p.hours.Open(p.now)
	if threshold >= alerts.OverThreshold || !open.After(p.now) {
		return time.Time{}
	}
	return open
}
