package decide

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing"
	"budgetbot/billing/forecast"
)

const (
	// updateAfter is how long the figures of a parent message stand before an update.
	updateAfter = 24 * time.Hour
	// fallMargin is how far below a threshold usage must be restated for the threshold to fall, in percent of the threshold, so
	// that a figure that wavers around it is not posted twice.
	fallMargin = 2
)

// Past is what is remembered of a budget when a check looks at it.
type Past struct {
	// BudgetState is the budget's own of this month; its Revision is 0 where there is none yet.
	BudgetState alerts.BudgetState
	// SeenHash is the rule's hash as last recorded for the budget, empty for a rule never seen before. Where the budget has no
	// state in the month, it is the one that a rule that counts the same would have.
	SeenHash string
	// Undone tells that a waiting message about the budget was dropped, and that BudgetState is as it was before that message.
	Undone bool
	// Waits tells that a message about the budget waits to be posted and still stands.
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
	// ForecastThreshold is the threshold that the month is likely to end above, where this finding is the first to show it; else 0.
	ForecastThreshold rules.Threshold
	// Applied are the thresholds that an edit of the rule put the budget past, rising. They are posted together with Passed.
	Applied []rules.Threshold
	// Lifts are thresholds and forecasts that no longer apply and may be posted again.
	Lifts []alerts.Rearm
	// Since is when people last had an alert or an escalation, where this is an escalation.
	Since time.Time
	// BudgetState is what to remember, where Changed is set.
	BudgetState alerts.BudgetState
	Changed     bool
}

// Decide returns how a finding changes the state of its budget, and whether to post that.
func Decide(past Past, f evaluate.Finding, now time.Time) Decision {
	d := decide(past, f, now)
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

// takeOver copies the finding's figures into the budget state.
func takeOver(before alerts.BudgetState, f evaluate.Finding) Decision {
	next := before
	next.BudgetID, next.ServiceID, next.RuleHash, next.Unknown = f.BudgetID, f.ServiceID, f.Hash(), ""
	next.Used, next.Limit, next.Version, next.CountedTo = f.Used, f.Limit, f.Version, f.CountedTo
	return Decision{BudgetState: next, Changed: before.Revision == 0 || before.Version != f.Version || before.Unknown != "" || before.ServiceID != f.ServiceID}
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

// lift lets what is above the threshold be posted again.
func (d *Decision) lift(kind alerts.AlertKind, above rules.Threshold) {
	d.Lifts = append(d.Lifts, alerts.Rearm{BudgetID: d.BudgetState.BudgetID, Kind: kind, Above: above})
}

// recordSilently records the thresholds reached so far without an alert: a summary lists them. Those up to kept stay posted. A forecast
// starts afresh, and is posted once it is sure.
func (d Decision) recordSilently(before alerts.BudgetState, f evaluate.Finding, kept rules.Threshold, now time.Time) Decision {
	d.Reason, d.Changed = alerts.ReasonNewRule, true
	d.lift(alerts.KindBudget, kept)
	d.lift(alerts.KindForecast, 0)
	d.Passed = f.Rule.Between(0, f.Threshold)
	d.BudgetState.Threshold, d.BudgetState.Ack = f.Threshold, alerts.Answer{}
	d.BudgetState.Falls = nil
	d.BudgetState.ForecastThreshold, d.BudgetState.Track = 0, forecast.Track{}.Next(f.Chance(), f.Version)
	return d.edit(before, now)
}

// applyEdit is recordSilently for a rule that was changed. It records thresholds that the edit alone put the budget past, and posts those
// that usage has crossed since the figures before. Where the rule counts the same as before, against another limit, posted thresholds that
// still apply stay posted; where it counts something else, it is unknown when a threshold was crossed. What the month posted under the form
// that the rule has now stays posted as well, if it still applies.
func (d Decision) applyEdit(past Past, f evaluate.Finding, now time.Time) Decision {
	before, edited := past.BudgetState, f.Threshold
	form := before.FormOf(f.Hash())
	alike := before.Revision > 0 && rules.CountsAlike(past.SeenHash, f.Hash())
	if alike {
		then := f
		then.Used = before.Used
		edited = min(then.Reached(), f.Threshold)
	}
	posted := stillReached(f, form.Threshold)
	edited = max(edited, posted)
	var kept rules.Threshold
	if alike {
		kept = min(before.Threshold, edited)
	}
	edit := f
	edit.Threshold = edited
	d = d.recordSilently(before, edit, kept, now)
	d.BudgetState.Forms = before.FormsAfter(past.SeenHash, f.Hash())
	d.Applied, d.Passed = f.Rule.Between(kept, posted), f.Rule.Between(max(kept, posted), edited)
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
	before.Threshold, d.Applied, d.Posts, d.BudgetState.PostedAt = edited, append(d.Applied, d.Passed...), "", past.BudgetState.PostedAt
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
		// The parent message alone shows it. A budget that is over starts its time to escalation anew.
		d.Reason = alerts.ReasonWavers
		if d.BudgetState.Threshold >= alerts.OverThreshold {
			d.BudgetState.OverAt = now
		}
		return d.edit(before, now)
	}
	return d.report(before, f, why, now)
}

// report posts news in the channel: as a broadcast reply where the budget has a parent message there.
func (d Decision) report(before alerts.BudgetState, f evaluate.Finding, why alerts.Reason, now time.Time) Decision {
	if before.Muted() {
		d.Reason = alerts.ReasonMuted
		return d.edit(before, now)
	}
	if d.BudgetState.Threshold >= alerts.OverThreshold && len(d.Passed) > 0 {
		d.BudgetState.OverAt = now
	}
	d.Reason, d.Posts, d.BudgetState.PostedAt = why, alerts.DeliverParent, now
	isInChannel := before.ParentChannel == "" || before.ParentChannel == f.Route().Channel // old states do not record it
	if before.ParentID != "" && isInChannel {
		d.Posts = alerts.DeliverBroadcast
		return d
	}
	d.BudgetState.ParentID, d.BudgetState.ParentChannel, d.BudgetState.DeferredUntil = "", "", time.Time{} // a parent in the rule's former channel stays as it is
	return d
}

func (d Decision) fall(before alerts.BudgetState, f evaluate.Finding, reached rules.Threshold, now time.Time) Decision {
	d.Reason, d.Changed, d.BudgetState.Threshold = alerts.ReasonRestated, true, reached
	d.lift(alerts.KindBudget, reached)
	if !before.Muted() {
		d.BudgetState.Falls = fell(before.Falls, append(f.Rule.Between(reached, before.Threshold-1), before.Threshold), now)
	}
	d.BudgetState.Ack.Threshold = min(before.Ack.Threshold, reached) // a threshold that is reached again needs a new answer
	if d.isForecastDue(f) {
		d.postForecast(f.Rule.Forecast) // over became likely over, which is no news
	}
	return d.edit(before, now)
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

// edit updates the parent message, if there is one.
func (d Decision) edit(before alerts.BudgetState, now time.Time) Decision {
	dropAnswer(&d.BudgetState)
	if before.ParentID != "" {
		d.Posts, d.BudgetState.PostedAt = alerts.DeliverUpdate, now
	}
	return d
}

// dropAnswer forgets an acknowledgement that no longer has a threshold or a forecast to be about.
func dropAnswer(s *alerts.BudgetState) {
	if s.Threshold == 0 && s.ForecastThreshold == 0 {
		s.Ack = alerts.Answer{}
	}
}

// stillReached returns the highest threshold up to posted that usage has not been restated clearly below: one of the rule's, or posted
// itself, even if an edit has taken it out of the rule.
func stillReached(f evaluate.Finding, posted rules.Threshold) rules.Threshold {
	for _, threshold := range slices.Backward(append(f.Rule.Between(0, posted-1), posted)) {
		floor := f.At(threshold).Mul(decimal.New(100-fallMargin, -2))
		if f.Used.GreaterThan(floor) {
			return threshold
		}
	}
	return 0
}

// bringBack restores what was posted and answered under the form. A budget that is over starts its time to escalation anew.
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

// When a threshold that has fallen is posted again.
const (
	// mostFalls is how often a threshold falls in a month before usage is taken to waver around it.
	mostFalls = 2
	// calmAfter is how long usage must then have stayed below it.
	calmAfter = 72 * time.Hour
)

// fell adds one fall of each of the thresholds.
func fell(falls []alerts.Fall, thresholds []rules.Threshold, now time.Time) []alerts.Fall {
	falls = slices.Clone(falls)
	for _, threshold := range thresholds {
		i := slices.IndexFunc(falls, func(f alerts.Fall) bool { return f.Threshold == threshold })
		if i < 0 {
			falls, i = append(falls, alerts.Fall{Threshold: threshold}), len(falls)
		}
		falls[i].Times++
		falls[i].At = now.UTC()
	}
	return falls
}

// wavers reports whether usage wavers around each of the thresholds, so that posting them once more is no news.
func wavers(s alerts.BudgetState, thresholds []rules.Threshold, now time.Time) bool {
	return !slices.ContainsFunc(thresholds, func(threshold rules.Threshold) bool {
		return !slices.ContainsFunc(s.Falls, func(f alerts.Fall) bool {
			return f.Threshold == threshold && f.Times >= mostFalls && now.Sub(f.At) < calmAfter
		})
	})
}

// forecast follows how the month is likely to end. A forecast may be posted again once the posted one no longer applies, or was about
// another threshold than the rule has now.
func (d *Decision) forecast(before alerts.BudgetState, f evaluate.Finding) {
	track := before.Track
	if isOfOtherThreshold(before, f) {
		track = forecast.Track{}
	}
	d.BudgetState.Track = track.Next(f.Chance(), f.Version)
	if before.ForecastThreshold > 0 && !d.BudgetState.Track.Likely {
		d.BudgetState.ForecastThreshold, d.Changed = 0, true
		d.lift(alerts.KindForecast, 0)
	}
}

// isOfOtherThreshold reports whether the posted forecast was about another threshold than the rule has now.
func isOfOtherThreshold(s alerts.BudgetState, f evaluate.Finding) bool {
	return s.ForecastThreshold > 0 && s.ForecastThreshold != f.Rule.Forecast
}

// postForecast records that the forecast is posted, or recorded without a message, together with the decision.
func (d *Decision) postForecast(threshold rules.Threshold) {
	if threshold > 0 && d.BudgetState.ForecastThreshold == 0 {
		d.ForecastThreshold, d.BudgetState.ForecastThreshold, d.Changed = threshold, threshold, true
	}
}

// carryForecast adds the likely end of the month to a message about a threshold. It counts as posted from then on, so that a second
// data version that agrees does not post it again.
func (d *Decision) carryForecast(f evaluate.Finding) {
	if f.Chance() >= forecast.LikelyFrom {
		d.BudgetState.Track = forecast.Track{Likely: true, Version: f.Version}
	}
	if d.BudgetState.Track.Likely && d.BudgetState.Threshold < f.Rule.Forecast {
		d.postForecast(f.Rule.Forecast)
	}
}

// isForecastDue reports whether the month's likely end is news: it is not once a forecast was posted, or a threshold as high as the
// forecast's was reached.
func (d *Decision) isForecastDue(f evaluate.Finding) bool {
	return d.BudgetState.Track.Likely && d.BudgetState.ForecastThreshold == 0 && d.BudgetState.Threshold < f.Rule.Forecast
}

// forecastDay is the finding's row in the forecast record. It reports false where there is no forecast.
func forecastDay(f *evaluate.Finding) (alerts.ForecastDay, bool) {
	o := f.Forecast
	if f.Unknown != "" || !o.IsKnown() || o.Method == forecast.MethodComplete {
		return alerts.ForecastDay{}, false
	}
	return alerts.ForecastDay{
		BudgetID: f.BudgetID, Day: billing.DayCounted(f.CountedTo), Used: f.Used, Limit: f.Limit,
		Low: o.Low, Expected: o.End, High: o.High, Deviation: o.Deviation, Method: o.Method, Version: f.Version,
	}, true
}

// mostEscalations is how many escalations an unanswered budget has in a month: the first to the owners, the second to the operators.
const mostEscalations = 2

// isEscalationDue reports whether a budget that is used up has gone without an answer for as long as its rule allows, since the last
// alert or escalation.
func isEscalationDue(f *evaluate.Finding, before alerts.BudgetState, hours rules.Calendar, now time.Time) bool {
	switch {
	case f.Rule.EscalateAfter == 0, before.Threshold < alerts.OverThreshold, before.OverAt.IsZero(), before.Escalations >= mostEscalations:
		return false
	case before.Muted(), before.Acknowledged(before.Threshold):
		return false
	}
	return hours.Elapsed(before.OverAt, now) >= f.Rule.EscalateAfter
}

// escalate mentions the owners, under the parent message where there is one, and the second time the operators.
func (d Decision) escalate(before alerts.BudgetState, now time.Time) Decision {
	d.Reason, d.Changed, d.Since, d.Posts = alerts.ReasonUnanswered, true, before.OverAt, alerts.DeliverEscalation
	d.BudgetState.Escalations, d.BudgetState.OverAt = before.Escalations+1, now
	if before.Escalations == 0 && before.ParentID != "" {
		d.Posts, d.BudgetState.PostedAt = alerts.DeliverReply, now
	}
	return d
}

// escalationChannel is where an escalation without a parent message goes: the owners' channel, or the second time the operators'.
func (p *Plan) escalationChannel(i int) string {
	if p.Decisions[i].BudgetState.Escalations == mostEscalations {
		return p.rules.Operators.Channel
	}
	return p.Findings[i].Route().Channel
}

// postEscalations posts escalations as messages of their own, one a channel and check: to the owners of budgets without a parent, or to the
// operators.
func (c *composer) postEscalations() {
	for _, unanswered := range c.escalations {
		var about alerts.BudgetState
		message := alerts.Message{Reason: alerts.ReasonUnanswered, Budgets: c.lines(unanswered.decisions)}
		for _, i := range unanswered.decisions {
			if since := c.Decisions[i].Since; message.Since.IsZero() || since.Before(message.Since) {
				message.Since = since
			}
		}
		if len(unanswered.decisions) == 1 {
			about = c.Decisions[unanswered.decisions[0]].BudgetState
			about.ParentID = ""
		}
		id := c.deliver(alerts.DeliverEscalation, unanswered.channel, about, message)
		c.notePosted(id, unanswered)
	}
}
