package billing

import "time"

// Event is something planned that changes usage on some days, such as a sale.
type Event struct {
	Days    Days   `json:"days"`
	Percent int    `json:"percent"`        // by which usage is above what it would be, or below if negative; -90 to 1000
	Name    string `json:"name,omitempty"` // for people
}

// The least and the most that an event changes usage by, in percent.
const (
	LeastEvent = -90
	MostEvent  = 1000
)

// FactorOn returns what the events together multiply the usage of the day by.
func FactorOn(events []Event, day time.Time) float64 {
	factor := 1.0
	for _, e := range events {
		if e.Days.Contains(day) {
			factor *= 1 + float64(e.Percent)/100
		}
	}
	return factor
}

// EventsIn returns the events that touch the time from one instant to another.
func EventsIn(events []Event, from, to time.Time) []Event {
	var within []Event
	for _, e := range events {
		if e.Days.First.Before(to) && e.Days.Last.AddDate(0, 0, 1).After(from) {
			within = append(within, e)
		}
	}
	return within
}
