package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// Past is what is remembered of a budget when a check looks at it.
type Past struct {
	// BudgetState is the budget's own of this month; its Revision is 0 if there is none yet.
	BudgetState alerts.BudgetState
	// SeenHash is the rule's hash as last recorded for the budget, empty for a rule never seen before. If the budget has no
	// state in the month, it is the one that a rule that counts the same would have.
	SeenHash string
	// Undone means that a waiting message about the budget was dropped, and that BudgetState is as it was before that message.
	Undone bool
	// Waits means that a message about the budget waits to be posted and still stands.
	Waits bool
	Hours rules.Calendar // when people work
}

// Decision is what to do about one finding, and why.
type Decision struct {
	Reason alerts.Reason
	// Posts is the kind of delivery, empty to post nothing. A broadcast or a thread reply comes with an update of the parent.
	Posts alerts.DeliveryKind
	// Passed are the thresholds that this finding is the first to reach, rising.
	Passed []rules.Threshold
	// ForecastThreshold is the threshold that the month is likely to end above, if this finding is the first to show it; else 0.
	ForecastThreshold rules.Threshold
	// Applied are the thresholds that an edit of the rule put the budget past, rising. They are posted together with Passed.
	Applied []rules.Threshold
	// Lifts are thresholds and forecasts that no longer apply and may be posted again.
	Lifts []alerts.Rearm
	// Since is when people last had an alert or an escalation, if this is an escalation.
	Since time.Time
	// BudgetState is what to remember, if Changed is set.
	BudgetState alerts.BudgetState
	Changed     bool
}

// Decide returns how a finding changes the state of its budget, and whether to post that.
func Decide(past Past, f evaluate.Finding, now time.Time) Decision {
	d := decide(past, f, now)
	if isMuteOver(past.BudgetState, f, now) {
		d.Changed = true
		if d.Posts == "" && past.BudgetState.ParentID != "" {
			d.Reason = alerts.ReasonMuteOver
			d = d.edit(past.BudgetState, now)
		}
	}
	if past.Waits && d.Reason == alerts.ReasonAlreadyPosted {
		d.Reason = alerts.ReasonWaits
	}
	if past.Undone {
		d.Changed = true
		d.BudgetState.Ack.Threshold = min(d.BudgetState.Ack.Threshold, d.BudgetState.Threshold)
		dropAnswer(&d.BudgetState)
	}
	return d
}

func decide(past Past, f evaluate.Finding, now time.Time) Decision {
	before := past.BudgetState
	if f.Unknown != "" {
		return decideUnknown(before, f)
	}
	before.Answers = before.At(now)
	past.BudgetState = before
	if f.Month.IsOver(now) && before.Revision > 0 {
		return decideLate(past, f, now)
	}
	d := takeOver(before, f)
	switch {
	case past.SeenHash == "":
		return d.recordSilently(before, f, 0, now)
	case past.SeenHash != f.Hash():
		return d.applyEdit(past, f, now)
	}
	d.forecast(before, f)
	if f.Threshold > before.Threshold {
		return d.broadcast(before, f, now)
	}
	if reached := stillReached(f, before.Threshold); reached < before.Threshold {
		return d.fall(before, f, reached, now)
	}
	if d.isForecastDue(f) {
		d.postForecast(f.Rule.Forecast)
		return d.report(before, f, alerts.ReasonLikelyOver, now)
	}
	if isEscalationDue(&f, before, past.Hours, now) {
		return d.escalate(before, now)
	}
	return d.stay(before, f, now)
}

// isMuteOver reports whether the check is the first to find that the budget's mute has ended: its message has buttons again. A check without a
// figure leaves that to the next.
func isMuteOver(s alerts.BudgetState, f evaluate.Finding, now time.Time) bool {
	return f.Unknown == "" && s.Muted() && !s.At(now).Muted()
}

// decideUnknown keeps the last figures: unknown usage is neither zero nor news. A budget without a state gets one
// without a hash, so that people can read why there is no figure, and so that the rule still counts as new.
func decideUnknown(before alerts.BudgetState, f evaluate.Finding) Decision {
	d := Decision{Reason: alerts.ReasonUnknown, BudgetState: before}
	if before.Revision == 0 || before.Unknown != f.Unknown {
		d.BudgetState.BudgetID, d.BudgetState.Unknown, d.Changed = f.BudgetID, f.Unknown, true
	}
	return d
}

func (d Decision) stay(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	isForecastOff := before.ForecastThreshold > 0 && d.BudgetState.ForecastThreshold == 0
	switch {
	case isForecastOff && isOfOtherThreshold(before, f):
		d.Reason = alerts.ReasonChangedRule
		return d.edit(before, now)
	case isForecastOff:
		d.Reason = alerts.ReasonBackOn
		return d.edit(before, now)
	case before.ParentID != "" && d.Changed && now.Sub(before.PostedAt) >= updateAfter:
		d.Reason = alerts.ReasonUpdate
		return d.edit(before, now)
	case before.Threshold > 0:
		d.Reason = alerts.ReasonAlreadyPosted
	case d.BudgetState.ForecastThreshold > 0:
		d.Reason = alerts.ReasonForecastPosted
	default:
		d.Reason = alerts.ReasonBelow
	}
	return d
}

// pastOf is what is remembered of the finding's budget. A budget without a state in this month is compared with the form in which its rule
// was last seen: limits may differ by month and by instance.
func pastOf(m alerts.Memory, state alerts.BudgetState, f *evaluate.Finding) Past {
	seen := f.Rule.Modern(state.RuleHash)
	if seen == "" {
		seen = f.Rule.Modern(m.Known[f.Rule.Name])
		if hash := f.Hash(); rules.CountsAlike(hash, seen) {
			seen = hash
		}
	}
	return Past{BudgetState: state, SeenHash: seen}
}
