package alerts

import "time"

// isHeld reports whether the budget's root waits for working hours, so that nobody has seen it.
func (s Standing) isHeld(now time.Time) bool { return s.RootID != "" && now.Before(s.HeldUntil) }

// news is why a root that nobody has seen yet is said.
func (s Standing) news() Reason {
	if s.Level > 0 {
		return ReasonFirstLevel
	}
	return ReasonLikelyOver
}

// withdraw takes back a root that nobody has seen.
func (d Decision) withdraw(before Standing) Decision {
	d.Withdraw, d.Speak, d.Changed = before.RootID, "", true
	d.Standing.RootID, d.Standing.RootChannel, d.Standing.HeldUntil = "", "", time.Time{}
	return d
}

// holdUntil returns when a message about budgets at the level may be said: at once from 100 % on, and where people work.
func (p *planner) holdUntil(level Level) time.Time {
	open := p.hours.Open(p.now)
	if level >= overLevel || !open.After(p.now) {
		return time.Time{}
	}
	return open
}
