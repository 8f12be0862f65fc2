package alerts

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts/rules"
	"budgetbot/billing"
)

// How a month goes on that is over.
const (
	// lateFor is how long after its end a month is compared as if it ran: Fastly counts its last day a day or two later. It is
	// closed earlier where its last day is counted.
	lateFor = 72 * time.Hour
	// watchedFor is how long after its end a closed month is still looked at, since Fastly may restate it.
	watchedFor = 14 * 24 * time.Hour
)

// restatedBy is by how much of its final figure a closed month must change to be worth a word.
var restatedBy = decimal.New(1, -2)

// decideLate is Decide for a month that is over: it is closed when all of it is counted, and watched for a while after that.
// Its limit is the one that it had, whatever the rule says by now.
func decideLate(past Past, f Finding, now time.Time) Decision {
	before := past.Standing
	f = f.asItWas(before, now)
	isSame := f.countsAsIn(before)
	d := takeOver(before, f)
	d.Standing.RuleHash = before.RuleHash
	isBack := past.TakenBack && f.Level > before.Level // what was to be posted still is
	if !before.ClosedAt.IsZero() {
		if isBack {
			return d.rise(before, f, now)
		}
		return d.rewatch(before, f, now)
	}
	if f.isComplete(now) {
		d.Standing.ClosedAt, d.Standing.Final, d.Changed = now, f.Used, true
	}
	if isBack || isSame && f.Level > before.Level {
		return d.rise(before, f, now)
	}
	if held := f.held(before.Level); isSame && held < before.Level {
		return d.fall(before, f, held, now)
	}
	d.Reason = ReasonMonthOver
	if !d.Standing.ClosedAt.IsZero() {
		d.Reason = ReasonClosed
		return d.edit(before, now)
	}
	return d
}

// asItWas returns the finding as one of a month that is over: held against the limit that the month had, and with the figures that were known
// last where the rule counts something else by now. One of a month that runs is returned as it is.
func (f Finding) asItWas(before Standing, now time.Time) Finding {
	if f.Unknown != "" || before.Revision == 0 || !f.Month.IsOver(now) {
		return f
	}
	if before.Limit.IsPositive() {
		f.Limit = before.Limit
	}
	if !f.countsAsIn(before) {
		f.keepFigures(before)
	}
	f.Level = f.reached()
	return f
}

func (f *Finding) countsAsIn(before Standing) bool {
	return rules.CountsAlike(f.Rule.Modern(before.RuleHash), f.hash())
}

// keepFigures takes what was known last for what is: the rule counts something else by now, and the month is none of its.
func (f *Finding) keepFigures(before Standing) {
	f.Used, f.Version, f.CountedTo, f.Largest = before.Used, before.Version, before.CountedTo, nil
}

// isComplete reports whether nothing more is to be expected of the month, or nothing that would be waited for.
func (f *Finding) isComplete(now time.Time) bool {
	end := f.Month.End()
	return !f.CountedTo.IsZero() && !f.CountedTo.Before(end) || !now.Before(end.Add(lateFor))
}

// rewatch looks at a closed month again. That it was restated is said once, in its thread; where nothing was said of it before
// and a level is reached by it, as a message of its own.
func (d Decision) rewatch(before Standing, f Finding, now time.Time) Decision {
	d.Reason = ReasonMonthOver
	change := f.Used.Sub(before.Final).Abs()
	if !before.RestatedAt.IsZero() || !now.Before(f.Month.End().Add(watchedFor)) || !change.GreaterThan(before.Final.Mul(restatedBy)) {
		return d
	}
	d.Reason, d.Changed, d.Standing.RestatedAt = ReasonReopened, true, now
	d.Passed, d.Standing.Level = f.Rule.Between(before.Level, f.Level), max(before.Level, f.Level)
	switch {
	case before.Muted():
		return d.edit(before, now)
	case before.RootID != "":
		d.Speak, d.Standing.SaidAt = DeliverNote, now
	case len(d.Passed) > 0:
		d.Speak, d.Standing.SaidAt = DeliverRoot, now
	}
	return d
}

// isLateDue reports whether the month before is to be looked at: at every check while it is still being counted, and once a
// day after that.
func (c *Checker) isLateDue(month billing.Month, now time.Time) bool {
	return now.Sub(month.End()) < lateFor || !billing.DayOf(now).Equal(c.lateDay)
}
