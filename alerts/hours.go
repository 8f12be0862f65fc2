package alerts

import "time"

// WorkingHours is a stretch of the day on some days of the week, in the zone of the rules.
type WorkingHours struct {
	Days     Weekdays
	From, To time.Duration // since local midnight, on the clock; To is not in it, and at most 24 hours
}

// Weekdays are days of the week, by time.Weekday.
type Weekdays [7]bool
