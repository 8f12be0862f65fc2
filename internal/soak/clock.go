package main

import (
	"fmt"
	"time"
)

// clock is business time as everybody in the soak has it: it stands at from until the wall's since, runs, and stands at until.
type clock struct {
	from, until time.Time // business time
	since       time.Time // wall time
	speed       float64
}

// newClock lets the time between two instants pass within a stretch of wall time.
func newClock(from, until, since time.Time, within time.Duration) clock {
	return clock{from, until, since.Truncate(time.Millisecond), float64(until.Sub(from)/within) + 1}
}

// at is business time at an instant of wall time.
func (c clock) at(wall time.Time) time.Time {
	now := c.from.Add(time.Duration(max(0, float64(wall.Sub(c.since))) * c.speed))
	if now.After(c.until) {
		return c.until
	}
	return now
}

func (c clock) now() time.Time { return c.at(time.Now()) }

// wall is when it is that time in business.
func (c clock) wall(business time.Time) time.Time {
	return c.since.Add(time.Duration(float64(business.Sub(c.from)) / c.speed))
}

// setting is the clock as a process is told of it.
func (c clock) setting() string {
	return fmt.Sprintf("BUSINESS_CLOCK=%s..%s@%dx%.0f", c.from.Format(time.RFC3339), c.until.Format(time.RFC3339), c.since.UnixMilli(), c.speed)
}

// checkEvery is the interval of checks in business time: six hours, but as long as a check needs at this speed, and at most a day.
func (c clock) checkEvery() time.Duration {
	const room = 600 * time.Millisecond // of wall time
	hours := time.Duration(float64(room)*c.speed).Truncate(time.Hour) + time.Hour
	return min(max(6*time.Hour, hours), 24*time.Hour)
}
