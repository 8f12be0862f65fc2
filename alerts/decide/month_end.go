package decide

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// restatedBy is by how much of its final figure a closed month must change to be worth a word.
var restatedBy = decimal.New(1, -2)

// decideLate is Decide for a month that is over: it is closed when all of it is counted, and watched for a while after that.
// Its limit is the one that it had, whatever the rule says by now.
func decideLate(past Past, f evaluate.Finding, now time.Time) Decision {
	before := past.BudgetState
	f = asItWas(f, before, now)
	isSame := countsAsIn(&f, before)
	d := takeOver(before, f)
	d.BudgetState.RuleHash = before.RuleHash
	isBack := past.Undone && f.Threshold > before.Threshold // what was to be posted still is
	if !before.ClosedAt.IsZero() {
		if isBack {
			return d.broadcast(before, f, now)
		}
		return d.rewatch(before, f, now)
	}
	if isComplete(&f, now) {
		d.BudgetState.ClosedAt, d.BudgetState.Final, d.Changed = now, f.Used, true
	}
	if isBack || isSame && f.Threshold > before.Threshold {
		return d.broadcast(before, f, now)
	}
	if held := held(f, before.Threshold); isSame && held < before.Threshold {
		return d.fall(before, f, held, now)
	}
	d.Reason = alerts.ReasonMonthOver
	if !d.BudgetState.ClosedAt.IsZero() {
		d.Reason = alerts.ReasonClosed
		return d.edit(before, now)
	}
	return d
}

// asItWas returns the finding as one of a month that is over: held against the limit that the month had, and with the figures that were known
// last where the rule counts something else by now. One of a month that runs is returned as it is.
func asItWas(f evaluate.Finding, before alerts.BudgetState, now time.Time) evaluate.Finding {
	if f.Unknown != "" || before.Revision == 0 || !f.Month.IsOver(now) {
		return f
	}
	if before.Limit.IsPositive() {
		f.Limit = before.Limit
	}
	if !countsAsIn(&f, before) {
		keepFigures(&f, before)
	}
	f.Threshold = f.Reached()
	return f
}

func countsAsIn(f *evaluate.Finding, before alerts.BudgetState) bool {
	return rules.CountsAlike(f.Rule.Modern(before.RuleHash), f.Hash())
}

// keepFigures takes what was known last for what is: the rule counts something else by now, and the month is none of its.
func keepFigures(f *evaluate.Finding, before alerts.BudgetState) {
	f.Used, f.Version, f.CountedTo, f.Largest = before.Used, before.Version, before.CountedTo, nil
}

// isComplete reports whether nothing more is to be expected of the month, or nothing that would be waited for.
func isComplete(f *evaluate.Finding, now time.Time) bool {
	end := f.Month.End()
	return !f.CountedTo.IsZero() && !f.CountedTo.Before(end) || !now.Before(end.Add(alerts.LateFor))
}

// rewatch looks at a closed month again. A restatement is posted once, in the month's thread; where no message was posted before
// and the restated figure reaches a level, it is a message of its own.
func (d Decision) rewatch(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	d.Reason = alerts.ReasonMonthOver
	change := f.Used.Sub(before.Final).Abs()
	if !before.RestatedAt.IsZero() || !now.Before(f.Month.End().Add(alerts.WatchedFor)) || !change.GreaterThan(before.Final.Mul(restatedBy)) {
		return d
	}
	d.Reason, d.Changed, d.BudgetState.RestatedAt = alerts.ReasonReopened, true, now
	d.Passed, d.BudgetState.Threshold = f.Rule.Between(before.Threshold, f.Threshold), max(before.Threshold, f.Threshold)
	switch {
	case before.Muted():
		return d.edit(before, now)
	case before.ParentID != "":
		d.Speak, d.BudgetState.PostedAt = alerts.DeliverReply, now
	case len(d.Passed) > 0:
		d.Speak, d.BudgetState.PostedAt = alerts.DeliverParent, now
	}
	return d
}
