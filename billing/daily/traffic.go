package daily

import (
	"context"
	"slices"
	"time"

	"budgetbot/billing"
)

// Traffic reads days by region from those that are kept and, where some of the last months are not, these from Fastly.
type Traffic struct {
	Kept   Reader
	Fastly Statistics // nil for a caller who must not wait for Fastly
}

// neededDays are those that a forecast cannot do without.
const neededDays = 92

// DailyTraffic returns the traffic of every region and whole UTC day from the day of from up to the day before to, as far as it is known. The newest
// of the kept days may be missing: until about 02:00 UTC Fastly has not counted it either.
func (t Traffic) DailyTraffic(ctx context.Context, from, to time.Time) ([]billing.DayTraffic, error) {
	newest := billing.DayOf(to).AddDate(0, 0, -1)
	kept, err := t.Kept.Regions(ctx, billing.Days{First: billing.DayOf(from), Last: newest})
	if t.Fastly == nil {
		return kept.Rows, err
	}
	needed := billing.Later(billing.DayOf(from), newest.AddDate(0, 0, 1-neededDays))
	missing := func(day time.Time) bool { return !day.Before(needed) && !day.Equal(newest) }
	if err == nil && !slices.ContainsFunc(kept.Unknown, missing) {
		return kept.Rows, nil
	}
	rows, err := t.Fastly.DailyTraffic(ctx, needed, to)
	older := slices.DeleteFunc(kept.Rows, func(row billing.DayTraffic) bool { return !row.Day.Before(needed) })
	return append(older, rows...), err
}
