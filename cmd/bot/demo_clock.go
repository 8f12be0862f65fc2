package main

import (
	"sync"
	"time"
)

// demoClock is business time that runs faster than the wall, from one instant to another, where it stands still.
type demoClock struct {
	perDay time.Duration // wall time for a day of business time
	until  time.Time

	mu      sync.Mutex
	at      time.Time // business time when it was last set
	started time.Time // wall time when it began to run; zero while it stands
}

// set puts the clock to an instant, where it stands.
func (c *demoClock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.started = at, time.Time{}
}

// run lets the clock go.
func (c *demoClock) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.started = time.Now()
}

// Now returns business time.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started.IsZero() {
		return c.at
	}
	days := float64(time.Since(c.started)) / float64(c.perDay)
	now := c.at.Add(time.Duration(days * float64(24*time.Hour)))
	if now.After(c.until) {
		return c.until
	}
	return now.Truncate(time.Minute)
}

// isOver reports whether the clock has reached its end.
func (c *demoClock) isOver() bool { return !c.Now().Before(c.until) }
