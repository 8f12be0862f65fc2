// Package clock is the business time of the soak: a function of wall time alone, so that all its processes agree.
package clock

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"
)

// Clock stands at From until the wall's Since, runs at a speed, and stands at Until.
type Clock struct {
	From, Until time.Time // business time
	Since       time.Time // wall time
	Speed       float64   // business time for one unit of wall time
}

// New lets the time between two instants pass within a stretch of wall time.
func New(from, until, since time.Time, within time.Duration) Clock {
	return Clock{from, until, since.Truncate(time.Millisecond), float64(until.Sub(from)/within) + 1}
}

// At is business time at an instant of wall time.
func (c Clock) At(wall time.Time) time.Time {
	now := c.From.Add(time.Duration(max(0, float64(wall.Sub(c.Since))) * c.Speed))
	if now.After(c.Until) {
		return c.Until
	}
	return now
}

// Now is business time.
func (c Clock) Now() time.Time { return c.At(time.Now()) }

// Wall is when it is that time in business.
func (c Clock) Wall(business time.Time) time.Time {
	return c.Since.Add(time.Duration(float64(business.Sub(c.From)) / c.Speed))
}

// CheckEvery is the interval of checks in business time: six hours, but as long as a check needs at this speed, and at most a day.
func (c Clock) CheckEvery() time.Duration {
	const room = 600 * time.Millisecond // of wall time
	hours := time.Duration(float64(room)*c.Speed).Truncate(time.Hour) + time.Hour
	return min(max(6*time.Hour, hours), 24*time.Hour)
}

// Poll is how often, in wall time, a service asks whether a check is due: four times in each interval.
func (c Clock) Poll() time.Duration {
	return max(time.Duration(float64(c.CheckEvery())/c.Speed)/4, 50*time.Millisecond)
}

// variable names the clock to a process of the soak. The product knows nothing of it.
const variable = "BUSINESS_CLOCK"

// Setting is the clock as a process gets it.
func (c Clock) Setting() string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // it has nothing that JSON cannot have
	}
	return variable + "=" + string(text)
}

// FromEnvironment is the clock that this process got.
func FromEnvironment() (Clock, error) {
	var c Clock
	if err := json.Unmarshal([]byte(os.Getenv(variable)), &c); err != nil {
		return c, fmt.Errorf("read %s: %w", variable, err)
	}
	if c.Speed <= 0 || !c.Until.After(c.From) {
		return c, errors.New(variable + " is no clock that runs from one time to a later one")
	}
	return c, nil
}
