package decide

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
)

// How a budget that was spoken of goes on.
const (
	// updateAfter is how long the figures of a root message stand before they are edited.
	updateAfter = 24 * time.Hour
	// fallMargin is how far below a level usage must be restated for the level to come down, in percent of the level, so
	// that a figure that wavers around it is not said twice.
	fallMargin = 2
)

// Past is what is remembered of a budget when a check looks at it.
type Past struct {
	// BudgetState is the budget's own of this month; its Revision is 0 where there is none yet.
	BudgetState alerts.BudgetState
	// SeenHash is the rule's hash as last recorded for the budget, empty for a rule never seen before. Where the budget has no
	// standing in the month, it is the one that a rule that counts the same would have.
	SeenHash string
	// Undone tells that something waited to be posted of the budget and was taken back: the Standing is without it.
	Undone bool
	// Waits tells that something waits to be posted of the budget, and goes on waiting.
	Waits bool
	Hours rules.Calendar // when people work
}

// Decision is what to do about one finding, and why.
type Decision struct {
	Reason alerts.Reason
	// Speak is the kind of delivery, empty to keep silent. A rise or a note is a reply and an edit of the root.
	Speak alerts.DeliveryKind
	// Passed are the levels that this finding is the first to reach, rising.
	Passed []rules.Threshold
	// ForecastThreshold is the level above which the month is likely to end, where this finding is the first to tell; else 0.
	ForecastThreshold rules.Threshold
	// Applied are levels that the edit of a rule has put the budget past, rising, and that Passed are told with.
	Applied []rules.Threshold
	// Rearm tells that levels above BudgetState.Threshold no longer hold, or, where RearmAll is set, that nothing said before does but
	// levels up to Kept.
	Rearm, RearmAll bool
	Kept            rules.Threshold
	// RearmForecast tells that a forecast that was said no longer holds.
	RearmForecast bool
	// Since is when people were last told, where they are called.
	Since time.Time
	// BudgetState is what to remember, where Changed is set.
	BudgetState alerts.BudgetState
	Changed     bool
}

// Decide says what a finding changes in what is remembered of its budget, and whether that is worth a message.
func Decide(past Past, f evaluate.Finding, now time.Time) Decision {
	d := decide(past, f, now)
	if past.Waits && d.Reason == alerts.ReasonAlreadySaid {
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
	if f.Month.IsOver(now) && before.Revision > 0 {
		return decideLate(past, f, now)
	}
	d := takeOver(before, f)
	switch {
	case past.SeenHash == "":
		return d.recordSilently(before, f, now)
	case past.SeenHash != f.Hash():
		return d.applyEdit(past, f, now)
	}
	d.forecast(before, f)
	if f.Threshold > before.Threshold {
		return d.broadcast(before, f, now)
	}
	if held := held(f, before.Threshold); held < before.Threshold {
		return d.fall(before, f, held, now)
	}
	if d.isForecastDue(f) {
		return d.warn(before, f, now)
	}
	if isEscalationDue(&f, before, past.Hours, now) {
		return d.escalate(before, now)
	}
	return d.stay(before, f, now)
}

// takeOver takes the finding's figures over.
func takeOver(before alerts.BudgetState, f evaluate.Finding) Decision {
	next := before
	next.BudgetID, next.ServiceID, next.RuleHash, next.Unknown = f.BudgetID, f.ServiceID, f.Hash(), ""
	next.Used, next.Limit, next.Version, next.CountedTo = f.Used, f.Limit, f.Version, f.CountedTo
	return Decision{BudgetState: next, Changed: before.Revision == 0 || before.Version != f.Version || before.Unknown != "" || before.ServiceID != f.ServiceID}
}

// decideUnknown keeps the figures as they were: unknown is never zero, and never news. A budget without a standing gets one
// without a hash, so that people can read why there is no figure, and so that the rule is as new as before.
func decideUnknown(before alerts.BudgetState, f evaluate.Finding) Decision {
	d := Decision{Reason: alerts.ReasonUnknown, BudgetState: before}
	if before.Revision == 0 || before.Unknown != f.Unknown {
		d.BudgetState.BudgetID, d.BudgetState.Unknown, d.Changed = f.BudgetID, f.Unknown, true
	}
	return d
}

// recordSilently makes the levels reached so far the rule's past without an alert: a summary tells of them. A forecast is no past: it
// begins anew, and is said when it is sure.
func (d Decision) recordSilently(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	d.Reason, d.Changed, d.RearmAll = alerts.ReasonNewRule, true, true
	d.Passed = f.Rule.Between(0, f.Threshold)
	d.BudgetState.Threshold, d.BudgetState.Ack = f.Threshold, alerts.Answer{}
	d.BudgetState.Falls = nil
	d.BudgetState.ForecastThreshold, d.BudgetState.Track = 0, forecast.Track{}.Next(f.Chance(), f.Version)
	return d.edit(before, now)
}

// applyEdit is recordSilently for a rule that was changed: what its edit alone has put past a level is taken, and what usage has crossed since
// the figures before is news. Where the rule counts the same as before, against another limit, levels that were posted and still
// hold stay posted; where it counts something else, nothing says when a level was crossed. What was posted in the month under the form that the
// rule has now, and still holds, stays posted as well.
func (d Decision) applyEdit(past Past, f evaluate.Finding, now time.Time) Decision {
	before, edited := past.BudgetState, f.Threshold
	form := before.FormOf(f.Hash())
	alike := before.Revision > 0 && rules.CountsAlike(past.SeenHash, f.Hash())
	if alike {
		then := f
		then.Used = before.Used
		edited = min(then.Reached(), f.Threshold)
	}
	posted := held(f, form.Threshold)
	edited = max(edited, posted)
	if alike {
		d.Kept = min(before.Threshold, edited)
	}
	edit := f
	edit.Threshold = edited
	d = d.recordSilently(before, edit, now)
	d.BudgetState.Forms = before.FormsAfter(past.SeenHash, f.Hash())
	d.Applied, d.Passed = f.Rule.Between(d.Kept, posted), f.Rule.Between(max(d.Kept, posted), edited)
	if d.Reason = alerts.ReasonChangedRule; form.Hash != "" && len(d.Passed) == 0 {
		d.Reason = alerts.ReasonRuleIsBack
	}
	if edited < alerts.OverThreshold {
		d.BudgetState.OverAt, d.BudgetState.Escalations = time.Time{}, 0
	}
	if alike {
		d.BudgetState.Ack = before.Ack
	}
	if form.Hash != "" {
		d.bringBack(form, f, now)
	}
	d.BudgetState.Ack.Threshold = min(d.BudgetState.Ack.Threshold, edited)
	dropAnswer(&d.BudgetState)
	if f.Threshold <= edited {
		return d
	}
	before.Threshold, d.Applied, d.Speak, d.BudgetState.PostedAt = edited, append(d.Applied, d.Passed...), "", past.BudgetState.PostedAt
	return d.broadcast(before, f, now)
}

func (d Decision) broadcast(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	d.Passed = f.Rule.Between(before.Threshold, f.Threshold)
	d.BudgetState.Threshold, d.Changed = f.Threshold, true
	d.carryForecast(f)
	why := alerts.ReasonFirstThreshold
	if before.Threshold > 0 {
		why = alerts.ReasonThresholdRose
	}
	if d.ForecastThreshold == 0 && !before.Muted() && wavers(d.BudgetState, d.Passed, now) {
		return d.waver(before, now)
	}
	return d.report(before, f, why, now)
}

// warn says that the month is likely to end above the budget.
func (d Decision) warn(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	d.postForecast(f.Rule.Forecast)
	return d.report(before, f, alerts.ReasonLikelyOver, now)
}

// report says something new in the channel: as a reply under the root where it has one there that people have seen.
func (d Decision) report(before alerts.BudgetState, f evaluate.Finding, why alerts.Reason, now time.Time) Decision {
	if before.Muted() {
		d.Reason = alerts.ReasonMuted
		return d.edit(before, now)
	}
	if d.BudgetState.Threshold >= alerts.OverThreshold && len(d.Passed) > 0 {
		d.BudgetState.OverAt = now
	}
	d.Reason, d.Speak, d.BudgetState.PostedAt = why, alerts.DeliverParent, now
	if before.ParentID != "" && isIn(before, f.Route().Channel) {
		d.Speak = alerts.DeliverBroadcast
		return d
	}
	d.BudgetState.ParentID, d.BudgetState.ParentChannel, d.BudgetState.DeferredUntil = "", "", time.Time{} // a root in a channel that the rule has left stays as it is
	return d
}

// waver lets the root show what was posted already. Where it is over, people have as long again to answer before they are called.
func (d Decision) waver(before alerts.BudgetState, now time.Time) Decision {
	d.Reason = alerts.ReasonWavers
	if d.BudgetState.Threshold >= alerts.OverThreshold {
		d.BudgetState.OverAt = now
	}
	return d.edit(before, now)
}

func (d Decision) fall(before alerts.BudgetState, f evaluate.Finding, held rules.Threshold, now time.Time) Decision {
	d.Reason, d.Changed, d.Rearm = alerts.ReasonRestated, true, true
	d.BudgetState.Threshold = held
	if !before.Muted() {
		d.BudgetState.Falls = fell(before.Falls, append(f.Rule.Between(held, before.Threshold-1), before.Threshold), now)
	}
	d.BudgetState.Ack.Threshold = min(before.Ack.Threshold, held) // what is reached again is said again, and wants a new answer
	if d.isForecastDue(f) {
		d.postForecast(f.Rule.Forecast) // over became likely over: less than what was said, and no news
	}
	return d.edit(before, now)
}

func (d Decision) stay(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	switch {
	case d.RearmForecast && tellsOther(before, f):
		d.Reason = alerts.ReasonChangedRule
		return d.edit(before, now)
	case d.RearmForecast:
		d.Reason = alerts.ReasonBackOn
		return d.edit(before, now)
	case before.ParentID != "" && d.Changed && now.Sub(before.PostedAt) >= updateAfter:
		d.Reason = alerts.ReasonUpdate
		return d.edit(before, now)
	case before.Threshold > 0:
		d.Reason = alerts.ReasonAlreadySaid
	case d.BudgetState.ForecastThreshold > 0:
		d.Reason = alerts.ReasonForecastPosted
	default:
		d.Reason = alerts.ReasonBelow
	}
	return d
}

// edit lets the root show what is so now.
func (d Decision) edit(before alerts.BudgetState, now time.Time) Decision {
	dropAnswer(&d.BudgetState)
	if before.ParentID != "" {
		d.Speak, d.BudgetState.PostedAt = alerts.DeliverUpdate, now
	}
	return d
}

// dropAnswer forgets an acknowledgement where nothing is left that somebody could have in hand.
func dropAnswer(s *alerts.BudgetState) {
	if s.Threshold == 0 && s.ForecastThreshold == 0 {
		s.Ack = alerts.Answer{}
	}
}

// isIn reports whether the root is where the rule speaks now. Of an older one it is not known where it is.
func isIn(s alerts.BudgetState, channel string) bool {
	return s.ParentChannel == "" || s.ParentChannel == channel
}

// held returns the highest level up to said that usage has not been restated clearly below: a threshold of the rule, or the level that was
// posted, also where an edit has taken that threshold out of the rule.
func held(f evaluate.Finding, posted rules.Threshold) rules.Threshold {
	for _, threshold := range slices.Backward(append(f.Rule.Between(0, posted-1), posted)) {
		floor := f.At(threshold).Mul(decimal.New(100-fallMargin, -2))
		if f.Used.GreaterThan(floor) {
			return threshold
		}
	}
	return 0
}

// bringBack lets what was posted and answered under the form hold again. Where it is over, people have as long again to answer before they are
// called.
func (d *Decision) bringBack(form alerts.Form, f evaluate.Finding, now time.Time) {
	s := &d.BudgetState
	s.Escalations, s.Falls = max(s.Escalations, form.Escalations), form.Falls
	if s.Threshold >= alerts.OverThreshold && !form.OverAt.IsZero() {
		s.OverAt = now
	}
	if form.ForecastThreshold > max(s.Threshold, f.Threshold) {
		s.ForecastThreshold, d.ForecastThreshold = form.ForecastThreshold, form.ForecastThreshold
		s.Track = forecast.Track{Likely: true}.Next(f.Chance(), f.Version)
	}
	if !s.Ack.Given() || form.Ack.Threshold > s.Ack.Threshold {
		s.Ack = form.Ack
	}
}
