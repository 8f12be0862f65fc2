package socket

import (
	"sync"
	"time"
)

// How many connections the line may open without waiting: a third of the 50 a minute that Slack allows an app,
// replicas included.
const (
	openingsAtOnce = 12
	openingEvery   = 3 * time.Second
)

// openings is the budget of connections that are opened because another one has ended. It may be used by many goroutines.
type openings struct {
	mu sync.Mutex
	at time.Time // when everything that was taken will be earned again
}

// take takes one, and returns how long to wait until it may be used.
func (o *openings) take(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.at.Before(now) {
		o.at = now
	}
	o.at = o.at.Add(openingEvery)
	return max(0, o.at.Sub(now)-openingsAtOnce*openingEvery)
}
