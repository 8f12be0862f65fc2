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

// longestGap is how far apart two snapshots may be for the days between them to be told.
const longestGap = 7 * 24 * time.Hour

// DaysOf returns the daily usage that the snapshots of one month tell, which are in the order in which they were read. A day
// that they do not tell is left out.
//
// Between two snapshots usage is taken as even, over a week at most. Leaving such days out was measured to be worse: the
// level then misses what happened in the gap, and the ranges hold fewer ends. Beyond a week too many days would be alike,
// and feign a regularity that was not there; what was used then is in the month's total all the same. Where usage fell,
// Fastly restated it, and nobody knows which days it concerns: the days between the two snapshots are unknown, none is
// negative.
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

// between returns how much was used from one instant to another, if every part of that is known.
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
