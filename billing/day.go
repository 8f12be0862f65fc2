package billing

import (
	"cmp"
	"strings"
	"time"
)

// Days is a run of whole UTC days, both ends included, each as its first instant. The zero value is none.
type Days struct {
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

// IsZero reports whether there are no days.
func (d Days) IsZero() bool { return d == Days{} }

// Len returns how many days there are.
func (d Days) Len() int {
	if d.IsZero() {
		return 0
	}
	return int(d.Last.Sub(d.First)/(24*time.Hour)) + 1
}

// Contains reports whether the day that t is in is one of them.
func (d Days) Contains(t time.Time) bool {
	return !d.IsZero() && !t.Before(d.First) && t.Before(d.Last.AddDate(0, 0, 1))
}

// All returns the days in order.
func (d Days) All() []time.Time {
	days := make([]time.Time, max(d.Len(), 0))
	for i := range days {
		days[i] = d.First.AddDate(0, 0, i)
	}
	return days
}

// Months returns the months that the days are in.
func (d Days) Months() Range { return Range{MonthOf(d.First), MonthOf(d.Last)} }

// String returns "2026-11-10..2026-11-20", or "2026-11-10" for a single day.
func (d Days) String() string {
	if d.First.Equal(d.Last) {
		return d.First.Format(time.DateOnly)
	}
	return d.First.Format(time.DateOnly) + ".." + d.Last.Format(time.DateOnly)
}

// Plus adds the figures of another row of the same day.
func (d DayTraffic) Plus(other DayTraffic) DayTraffic {
	d.Bandwidth, d.Requests = d.Bandwidth.Add(other.Bandwidth), d.Requests.Add(other.Requests)
	d.ComputeRequests = d.ComputeRequests.Add(other.ComputeRequests)
	return d
}

// CompareDays orders rows by day, and then by region or service.
func CompareDays(a, b DayTraffic) int {
	return cmp.Or(a.Day.Compare(b.Day), strings.Compare(a.Region, b.Region), strings.Compare(a.Service, b.Service))
}
