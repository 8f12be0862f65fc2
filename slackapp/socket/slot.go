package socket

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/slack-go/slack"
	"go.uber.org/zap"
)

// slot supervises one of the line's places for a connection.
type slot struct {
	line     *Line
	log      *zap.Logger
	renews   bool // whether its connection is replaced early, so that it does not end together with the other slot's
	refusals refusals
	lostBy   error // why the last connection ended, until a new one opens
}

// keep holds one connection after another until ctx is done, or until Slack refuses for good.
func (s *slot) keep(ctx context.Context) error {
	waits := s.line.waits()
	for {
		lived, cause := s.keepOpen(ctx)
		if fatal, ok := errors.AsType[*FatalError](cause); ok {
			return fatal
		}
		wait := askedWait(cause)
		if lived >= steadyAfter || isRenewal(cause) {
			waits.Reset()
		} else {
			wait = max(wait, waits.NextBackOff())
		}
		if !s.between(ctx, wait, lived, cause) {
			return nil
		}
	}
}

// between waits before the next connection, at least as long as it is given. It reports false when ctx is done.
func (s *slot) between(ctx context.Context, least, lived time.Duration, cause error) bool {
	if ctx.Err() != nil {
		return false
	}
	wait := max(least, s.line.openings.take(time.Now()))
	s.lost(cause, lived, wait)
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return false
	}
	if lived > 0 && s.lostBy == nil { // or else nothing was lost yet, or what was is known
		s.lostBy = cause
	}
	return true
}

// greeted notes that Slack has greeted a connection, and that it follows one that had ended where that is so.
func (s *slot) greeted(c *connection) {
	after := s.lostBy
	s.lostBy = nil
	s.line.gauges.change(func(status *Status) {
		status.HelloAt = c.since
		if after != nil {
			status.Reconnects++
		}
	})
	if after != nil {
		s.line.cfg.Observe(Signal{Name: SignalReconnect})
	}
	s.log.Info("connected", zap.Duration("life", c.life), zap.Int("connections", c.announced))
}

func (s *slot) judge(cause error) error {
	return s.refusals.judge(cause, !s.line.Status().HelloAt.IsZero(), time.Now())
}

// lost notes that the slot has no connection.
func (s *slot) lost(cause error, lived, wait time.Duration) {
	reason := reasonOf(cause)
	s.line.gauges.change(func(status *Status) { status.LastError = reason })
	level := zap.WarnLevel
	if reason == ReasonClosed {
		level = zap.InfoLevel // Slack renews its side every few hours
	}
	s.log.Log(level, "connection ended", zap.String("reason", reason), zap.Duration("lived", lived),
		zap.Duration("wait", wait), zap.String("error", Redact(cause.Error())))
}

// keepOpen opens a connection, replaces it early if asked to, and returns when none is left: how long the last one was open,
// and why it ended.
func (s *slot) keepOpen(ctx context.Context) (time.Duration, error) {
	current, err := s.open(ctx)
	if err != nil {
		return 0, err
	}
	renewal, waits := s.halfLife(current), s.line.waits()
	for {
		select {
		case <-current.ended:
			return s.ended(current)
		case <-renewal:
		}
		renewal = nil
		if !crowded(current, s.line.open.list()) {
			continue
		}
		next, err := s.open(ctx)
		if _, fatal := errors.AsType[*FatalError](err); fatal {
			return 0, err // the line stops, and with it the current connection
		}
		if err != nil {
			renewal = time.After(max(askedWait(err), waits.NextBackOff()))
			continue
		}
		s.retire(current)
		s.refusals = refusals{}
		waits.Reset()
		current, renewal = next, s.halfLife(next)
	}
}

// open opens a connection and returns once Slack has greeted it, or the error that prevented it.
func (s *slot) open(ctx context.Context) (*connection, error) {
	c := s.line.start(ctx)
	select {
	case <-c.ready:
	case <-c.ended:
		select {
		case <-c.ready: // greeted and ended at once: keepOpen finds out
		default:
			return nil, s.judge(c.cause)
		}
	}
	s.greeted(c)
	return c, nil
}

// ended returns how long a connection was open and why it ended.
func (s *slot) ended(c *connection) (time.Duration, error) {
	lived, cause := time.Since(c.since), c.cause
	if lived >= steadyAfter || isRenewal(cause) {
		s.refusals = refusals{}
	} else if reasonOf(cause) == ReasonClosed {
		cause = errAtOnce
	}
	return lived, s.judge(cause)
}

// isRenewal reports whether Slack announced the end of a connection that it had greeted, to have another one opened: however soon
// after the greeting, that is no failure.
func isRenewal(cause error) bool {
	end, ok := errors.AsType[*ending](cause)
	return ok && end.renewal
}

// retire leaves a connection that has been replaced.
func (s *slot) retire(old *connection) {
	old.end(errReplaced)
	<-old.ended
	s.line.gauges.change(func(status *Status) { status.Renewals++ })
	s.line.cfg.Observe(Signal{Name: SignalRenewal})
	s.log.Info("connection replaced early")
}

// halfLife fires when half of the connection's announced life is over; never where the slot does not renew.
func (s *slot) halfLife(c *connection) <-chan time.Time {
	if !s.renews || c.life <= 0 {
		return nil
	}
	return time.After(c.life / 2)
}

// crowded reports whether another connection will end at about the same time as this one. Connections a quarter of a life
// apart need no help: each is replaced when Slack ends it, and the other one is there meanwhile.
func crowded(c *connection, open []*connection) bool {
	for _, other := range open {
		if other == c {
			continue
		}
		if apart := c.since.Add(c.life).Sub(other.since.Add(other.life)); apart.Abs() < c.life/4 {
			return true
		}
	}
	return false
}

// askedWait is the wait that Slack asks for; zero where it asks for none.
func askedWait(cause error) time.Duration {
	if limited, ok := errors.AsType[*slack.RateLimitedError](cause); ok && limited != nil {
		return limited.RetryAfter
	}
	return 0
}

// longestWait caps the waits between attempts.
const longestWait = time.Minute

// waits returns the waits between attempts since a good connection. Each is drawn from zero up to a ceiling that doubles.
func (l *Line) waits() *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval: firstWait / 2, MaxInterval: longestWait / 2, Multiplier: 2, RandomizationFactor: 1,
	}
}

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
