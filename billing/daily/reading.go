package daily

import (
	"context"
	"time"

	"budgetbot/billing"
)

// Reading is what is known of some days.
type Reading struct {
	// Rows are by day and then by region or service. A region or service without a row on a known day had no traffic, or is one of those that
	// are not kept.
	Rows []billing.DayTraffic
	// Unknown are the days that were asked for and are not known, in order: they are not over, not read yet, or Fastly does not have them.
	Unknown []time.Time
	// Unkept is how many services with traffic are not kept in the month that has most of them, because their traffic is the smallest. An account
	// of up to MostServices has none.
	Unkept int
	// Since is the first day that is kept; To is the end of the newest one. Both are zero before the first read.
	Since, To time.Time
	// Why says for a person why there are no newer days, such as that Fastly refuses the statistics; empty while nothing is wrong.
	Why string
}

// Reader is a consumer contract. It models the days that are kept; a read makes no call to Fastly.
type Reader interface {
	// Regions returns the account's traffic in each region.
	Regions(ctx context.Context, days billing.Days) (Reading, error)
	// Services returns the traffic of the services with those ids, or of every service if there are none, over all regions.
	Services(ctx context.Context, days billing.Days, ids ...string) (Reading, error)
}

// Kind is what the days are of. Both kinds are read and kept apart.
type Kind string

// The kinds of days.
const (
	ByRegion  Kind = "region"
	ByService Kind = "service"
)

// MonthState says which days of a month are kept, of one kind.
type MonthState struct {
	Month billing.Month
	// Known are the days on which Fastly had traffic, in order.
	Known []time.Time
	// ReadTo is the last day that Fastly was asked for, ReadAt when that was, and WholeAt when all of the days from the first on were asked for
	// last; zero if they never were. All are in business time.
	ReadTo, ReadAt, WholeAt time.Time
	// Unkept is how many services are not kept.
	Unkept int
}

// Page is what Fastly has of some days of one month.
type Page struct {
	Kind Kind
	Days billing.Days
	Rows []billing.DayTraffic
	// At is when it was read. IsLast tells that the reading ends with it, which began with the day From.
	At     time.Time
	IsLast bool
	From   time.Time
}

// After returns the state of the page's month when the page is kept, with so many services not kept of it.
func (p Page) After(state MonthState, unkept int) MonthState {
	next := MonthState{
		Month: billing.MonthOf(p.Days.First), ReadTo: p.Days.Last, ReadAt: p.At, WholeAt: state.WholeAt, Unkept: max(state.Unkept, unkept),
	}
	if p.IsLast && p.From.Equal(next.Month.Start()) {
		next.WholeAt = p.At
	}
	measured := map[time.Time]bool{}
	for _, row := range p.Rows {
		measured[row.Day] = true
	}
	for _, day := range state.Known {
		if !p.Days.Contains(day) {
			measured[day] = true
		}
	}
	for _, day := range (billing.Days{First: next.Month.Start(), Last: next.Month.End().AddDate(0, 0, -1)}).All() {
		if measured[day] {
			next.Known = append(next.Known, day)
		}
	}
	return next
}
