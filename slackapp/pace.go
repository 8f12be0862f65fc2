package slackapp

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"budgetbot/alerts"
)

const (
	postsPerSecond = 1
	postBurst      = 3
	maxLimiters    = 1000
	maxQueueing    = 4 * time.Second // a post waits here; longer waits are the queue's
)

// pacer keeps to Slack's pace of posts for each channel.
type pacer struct {
	mu       sync.Mutex
	limiters map[string]*rate.Limiter
}

// wait returns when a post to the channel is due. A wait that is long is refused with a RetryLater, so that no worker is
// kept by it.
func (p *pacer) wait(ctx context.Context, channel string) error {
	turn := p.limiter(channel).Reserve()
	pause := turn.Delay()
	if pause > maxQueueing {
		turn.Cancel()
		return &alerts.RetryLater{After: pause, Err: errBusyChannel}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return &alerts.RetryLater{After: pause, Err: context.Cause(ctx)}
	}
}

func (p *pacer) limiter(channel string) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiters == nil || len(p.limiters) >= maxLimiters {
		p.limiters = map[string]*rate.Limiter{}
	}
	limiter, known := p.limiters[channel]
	if !known {
		limiter = rate.NewLimiter(postsPerSecond, postBurst)
		p.limiters[channel] = limiter
	}
	return limiter
}
