package forecast

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/billing"
)

// Snapshot is what a month had used as one check read it.
type Snapshot struct {
	CountedTo time.Time // up to when Used counts
	Used      decimal.Decimal
}

// longestGap is how far apart two snapshots may be for DaysOf to give the days between them.
const longestGap = 7 * 24 * time.Hour

// DaysOf returns the daily usage between the snapshots of one month, given in the order in which they were read. It leaves unknown days out.
//
// It spreads usage evenly between two snapshots, over a week at most. Leaving such days out measured worse: the level misses the gap, and more
// months end outside of the range. Over a longer gap too many equal days would feign a regularity; the month's total includes their usage
// anyway. If usage fell, Fastly restated earlier days without naming them: the days between the two snapshots are unknown, not negative.
func DaysOf(month billing.Month, snapshots []Snapshot) []DayUsage {
	curve := curveOf(month, snapshots)
	var days []DayUsage
	for start, end := month.Start(), month.End(); start.Before(end); start = start.Add(24 * time.Hour) {
		if used, known := curve.between(start, start.Add(24*time.Hour)); known {
			days = append(days, DayUsage{start, used})
		}
	}
	return days
}

// curve is cumulative usage over a month, in order; its first point is the month's start.
type curve []Snapshot

// curveOf takes, of several snapshots that count to the same instant, the one that was read last.
func curveOf(month billing.Month, snapshots []Snapshot) curve {
	start, end := month.Start(), month.End()
	points := make(curve, 1, len(snapshots)+1)
	points[0].CountedTo = start
	for _, s := range snapshots {
		if s.CountedTo.After(end) {
			s.CountedTo = end
		}
		if s.CountedTo.After(start) {
			points = append(points, s)
		}
	}
	slices.SortStableFunc(points, func(a, b Snapshot) int { return a.CountedTo.Compare(b.CountedTo) })
	latest := points[:1]
	for _, p := range points[1:] {
		if last := len(latest) - 1; latest[last].CountedTo.Equal(p.CountedTo) {
			latest[last] = p
		} else {
			latest = append(latest, p)
		}
	}
	return latest
}

// between returns the usage from one instant to another, if all of it is known.
func (c curve) between(from, to time.Time) (used decimal.Decimal, known bool) {
	if c[len(c)-1].CountedTo.Before(to) {
		return decimal.Decimal{}, false
	}
	for i := 1; i < len(c); i++ {
		a, b := c[i-1], c[i]
		if !b.CountedTo.After(from) || !a.CountedTo.Before(to) {
			continue
		}
		span, rise := b.CountedTo.Sub(a.CountedTo), b.Used.Sub(a.Used)
		if span > longestGap || rise.IsNegative() {
			return decimal.Decimal{}, false
		}
		if part := billing.Earlier(to, b.CountedTo).Sub(billing.Later(from, a.CountedTo)); part < span {
			rise = rise.Mul(decimal.NewFromInt(int64(part))).Div(decimal.NewFromInt(int64(span)))
		}
		used = used.Add(rise)
	}
	return used, true
}
