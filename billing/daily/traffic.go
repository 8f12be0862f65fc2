package daily

import (
	"context"
	"time"

	"budgetbot/billing"
)

// Traffic reads days by region from those that are kept and, where some are not, from Fastly.
type Traffic struct {
	Kept   Reader
	Fastly Statistics
}

// DailyTraffic returns the traffic of every region and whole UTC day from the day of from up to the day before to. The newest of the kept days may
// be missing: until about 02:00 UTC Fastly has not counted it either.
func (t Traffic) DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error) {
	newest := billing.DayOf(to).AddDate(0, 0, -1)
	kept, err := t.Kept.Regions(ctx, billing.Days{First: billing.DayOf(from), Last: newest})
	missing := len(kept.Unknown)
	if missing == 1 && kept.Unknown[0].Equal(newest) {
		missing = 0
	}
	if err != nil || missing > 0 {
		return t.Fastly.DailyTraffic(ctx, from, to)
	}
	return kept.Rows, nil
}
