package decide

import (
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
)

// restatedBy is how much of its final figure a closed month must change by before the restatement is posted.
var restatedBy = decimal.New(1, -2)

// decideLate is Decide for a month that is over: the month closes when all of it is counted, and stays watched for a while.
// Its limit is the one that it had, even if the rule has changed since.
func decideLate(past Past, f evaluate.Finding, now time.Time) Decision {
	before := past.BudgetState
	f = evaluate.AsItWas(f, before, now)
	isSame := f.CountsAsIn(before)
	d := takeOver(before, f)
	d.BudgetState.RuleHash = before.RuleHash
	isBack := past.Undone && f.Threshold > before.Threshold // what was due is still due
	if !before.ClosedAt.IsZero() {
		if isBack {
			return d.broadcast(before, f, now)
		}
		return d.rewatch(before, f, now)
	}
	end := f.Month.End()
	isCounted := !f.CountedTo.IsZero() && !f.CountedTo.Before(end)
	if isCounted || !now.Before(end.Add(alerts.LateFor)) { // late enough for the figures to be taken as final
		d.BudgetState.ClosedAt, d.BudgetState.Final, d.Changed = now, f.Used, true
	}
	if isBack || isSame && f.Threshold > before.Threshold {
		return d.broadcast(before, f, now)
	}
	if reached := stillReached(f, before.Threshold); isSame && reached < before.Threshold {
		return d.fall(before, f, reached, now)
	}
	d.Reason = alerts.ReasonMonthOver
	if !d.BudgetState.ClosedAt.IsZero() {
		d.Reason = alerts.ReasonClosed
		return d.edit(before, now)
	}
	return d
}

// rewatch compares a closed month again. It posts a restatement once, in the month's thread; if the month has no message and the
// restated figure reaches a threshold, it posts a parent message.
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
		d.Posts, d.BudgetState.PostedAt = alerts.DeliverReply, now
	case len(d.Passed) > 0:
		d.Posts, d.BudgetState.PostedAt = alerts.DeliverParent, now
	}
	return d
}
