package slacksim

import (
	"net/http"
	"time"
)

// bucket is a token bucket on real time.
type bucket struct {
	left float64
	last time.Time
}

// take spends one token, or returns how long to wait for it.
func (b *bucket) take(now time.Time, perSecond float64, burst int) time.Duration {
	if b.last.IsZero() {
		b.left = float64(burst)
	} else {
		b.left = min(float64(burst), b.left+now.Sub(b.last).Seconds()*perSecond)
	}
	b.last = now
	if b.left >= 1 {
		b.left--
		return 0
	}
	return time.Duration((1 - b.left) / perSecond * float64(time.Second))
}

// limit refuses a call that comes too soon: every method has its tier, and posts have one more limit per channel.
func (s *Server) limit(c *call) error {
	limits := s.cfg.RateLimits
	if limits.Off {
		return nil
	}
	perMinute := c.method.perMinute
	if n, set := limits.PerMinute[c.name]; set {
		perMinute = n
	}
	if err := s.spend(c.name, float64(perMinute)/60, perMinute); err != nil {
		return err
	}
	if c.name == "chat.postMessage" {
		return s.spend(c.name+" "+c.args.text("channel"), limits.PostsPerSecond, limits.PostBurst)
	}
	return nil
}

func (s *Server) spend(key string, perSecond float64, burst int) error {
	b, ok := s.buckets[key]
	if !ok {
		b = &bucket{}
		s.buckets[key] = b
	}
	if wait := b.take(time.Now(), perSecond, burst); wait > 0 {
		return &refusal{code: "ratelimited", status: http.StatusTooManyRequests, retry: wait}
	}
	return nil
}
