package service

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"go.uber.org/zap"
)

// businessClock is business time that runs at a constant speed from one instant to another; before and after it stands still. It is
// a function of wall time alone, so that processes that are given the same one agree.
type businessClock struct {
	from, until time.Time // in business time; until is zero where it runs for ever
	since       time.Time // in wall time
	speed       float64   // business time for one unit of wall time
}

// fastestClock has a month pass in a second.
const fastestClock = 31 * 24 * 60 * 60

// clockForm is such as 2026-07-01T00:00:00Z..2026-10-01T00:00:00Z@1764000000000x16560: from, optionally until, the wall time at from in
// milliseconds since 1970, and the speed.
var clockForm = regexp.MustCompile(`^([0-9TZ:-]+?)(?:\.\.([0-9TZ:-]+))?@([0-9]{1,15})x([0-9]{1,7}(?:\.[0-9]{1,6})?)$`)

var errClockForm = errors.New("has to be FROM@MSxSPEED or FROM..UNTIL@MSxSPEED, with times such as 2026-07-01T00:00:00Z")

// parseClock reads what a process is told of the clock to run on.
func parseClock(text string) (*businessClock, error) {
	parts := clockForm.FindStringSubmatch(text)
	if parts == nil {
		return nil, errClockForm
	}
	c := &businessClock{}
	var err error
	if c.from, err = time.Parse(time.RFC3339, parts[1]); err != nil {
		return nil, errClockForm
	}
	if parts[2] != "" {
		if c.until, err = time.Parse(time.RFC3339, parts[2]); err != nil {
			return nil, errClockForm
		}
		if !c.until.After(c.from) {
			return nil, errors.New("ends before it begins")
		}
	}
	milliseconds, _ := strconv.ParseInt(parts[3], 10, 64) // the pattern lets nothing else through, here and below
	c.since = time.UnixMilli(milliseconds)
	if c.speed, _ = strconv.ParseFloat(parts[4], 64); c.speed <= 0 || c.speed > fastestClock {
		return nil, fmt.Errorf("runs at a speed that is not above 0 and at most %d", fastestClock)
	}
	return c, nil
}

// at is business time at an instant of wall time.
func (c *businessClock) at(wall time.Time) time.Time {
	now := c.from.Add(time.Duration(max(0, float64(wall.Sub(c.since))) * c.speed))
	if !c.until.IsZero() && now.After(c.until) {
		return c.until
	}
	return now
}

// now is business time.
func (c *businessClock) now() time.Time { return c.at(time.Now()) }

// wall is how long so much business time takes.
func (c *businessClock) wall(business time.Duration) time.Duration {
	return time.Duration(float64(business) / c.speed)
}

// pollsEachInterval is how often a service on a clock of its own asks in each interval whether a check is due.
const pollsEachInterval = 4

// RunOn lets a service run on a clock of its own, loudly: what it says of the time is not so.
func (o *Options) RunOn(c *businessClock, every time.Duration) {
	o.Now, o.Poll = c.now, max(c.wall(every)/pollsEachInterval, 50*time.Millisecond)
	o.Log.Warn("business time is not the time of day: BUSINESS_CLOCK is set, which is for tests alone",
		zap.Time("business_time", c.now()), zap.Float64("speed", c.speed))
}
