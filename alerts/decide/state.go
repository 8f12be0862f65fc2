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

const (
	// updateAfter is how long the figures of a parent message stand before an update.
	updateAfter = 24 * time.Hour
	// fallMargin is how far below a threshold usage must be restated for the threshold to fall, in percent of the threshold, so
	// that a figure that wavers around it is not posted twice.
	fallMargin = 2
)

// takeOver copies the finding's figures into the budget state.
func takeOver(before alerts.BudgetState, f evaluate.Finding) Decision {
	next := before
	next.BudgetID, next.ServiceID, next.RuleHash, next.Unknown = f.BudgetID, f.ServiceID, f.Hash(), ""
	next.Used, next.Limit, next.Version, next.CountedTo = f.Used, f.Limit, f.Version, f.CountedTo
	isOther := before.Version != f.Version || before.Unknown != "" || before.ServiceID != f.ServiceID
	return Decision{BudgetState: next, Changed: before.Revision == 0 || isOther}
}

// lift lets what is above the threshold be posted again.
func (d *Decision) lift(kind alerts.AlertKind, above rules.Threshold) {
	d.Lifts = append(d.Lifts, alerts.Rearm{BudgetID: d.BudgetState.BudgetID, Kind: kind, Above: above})
}

func (d Decision) broadcast(before alerts.BudgetState, f evaluate.Finding, now time.Time) Decision {
	d.Passed = f.Rule.Between(before.Threshold, f.Threshold)
	isShown := f.Threshold < alerts.OverThreshold && d.BudgetState.IsKnownLikelyOver()
	if isShown && d.BudgetState.Acknowledged(d.BudgetState.Threshold) {
		d.BudgetState.Ack.Threshold = f.Threshold // it was for Likely Over, and holds until the limit
	}
	d.BudgetState.Threshold, d.Changed = f.Threshold, true
	if isShown && !before.Muted() {
		d.Reason = alerts.ReasonShown
		return d.edit(before, now)
	}
	d.carryForecast(f)
	why := alerts.ReasonFirstThreshold
	if before.Threshold > 0 {
		why = alerts.ReasonThresholdRose
	}
	if d.ForecastThreshold == 0 && !before.Muted() && wavers(d.BudgetState, d.Passed, now) {
		// The parent message alone shows it. A budget that is over starts its time to escalation again.
		d.Reason = alerts.ReasonWavers
		if d.BudgetState.Threshold >= alerts.OverThreshold {
			d.BudgetState.OverAt = now
		}
		return d.edit(before, now)
	}
	return d.report(before, f, why, now)
}

// report posts news in the channel: as a broadcast reply if the budget has a parent message there.
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
	// A parent in the rule's former channel stays as it is.
	d.BudgetState.ParentID, d.BudgetState.ParentChannel, d.BudgetState.DeferredUntil = "", "", time.Time{}
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
		d.postForecast(f.Rule.Forecast) // over became likely over, which tells people nothing new
	}
	return d.edit(before, now)
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

// wavers reports whether usage keeps moving around each of the thresholds, so that another post would say nothing new.
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
	return s.ForecastThreshold > 0 && !f.Rule.Forecasts(s.ForecastThreshold)
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
	if d.BudgetState.Track.Likely && d.BudgetState.Threshold < f.Rule.SilencedAt() {
		d.postForecast(f.Rule.Forecast)
	}
}

// isForecastDue reports whether the month's likely end is news: it is not once a forecast was posted, a threshold as high as the forecast's
// was reached, or somebody has acknowledged that the budget is used up.
func (d *Decision) isForecastDue(f evaluate.Finding) bool {
	s := &d.BudgetState
	isAccepted := s.Threshold >= alerts.OverThreshold && s.Acknowledged(s.Threshold)
	return s.Track.Likely && s.ForecastThreshold == 0 && s.Threshold < f.Rule.SilencedAt() && !isAccepted
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

// escalate mentions the owners, under the parent message if there is one, and the second time the operators.
func (d Decision) escalate(before alerts.BudgetState, now time.Time) Decision {
	d.Reason, d.Changed, d.Since, d.Posts = alerts.ReasonUnanswered, true, before.OverAt, alerts.DeliverEscalation
	d.BudgetState.Escalations, d.BudgetState.OverAt = before.Escalations+1, now
	if before.Escalations == 0 && before.ParentID != "" {
		d.Posts, d.BudgetState.PostedAt = alerts.DeliverReply, now
	}
	return d
}
