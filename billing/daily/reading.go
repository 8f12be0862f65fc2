package daily

import (
	"context"
	"time"

	"budgetbot/billing"
)

// Reading is what is known of some days.
type Reading struct {
	// Rows are by day and then by region or service. A region or service without a row on a known day had no traffic.
	Rows []billing.DayTraffic
	// Unknown are the days that were asked for and are not known, in order: they are not over, not read yet, or Fastly does not have them.
	Unknown []time.Time
	// Since is the first day that is kept; To is the end of the newest day that Fastly has counted. Both are zero before the first read.
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
