package decide

import (
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
	"budgetbot/billing/forecast"
)

// recordSilently records the thresholds reached so far without an alert: a summary lists them. Those up to kept stay posted. A forecast
// starts again, and is posted once it is sure.
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
// that usage has crossed since the figures before. If the rule counts the same as before, against another limit, posted thresholds that
// still apply stay posted; if it counts something else, it is unknown when a threshold was crossed. What the month posted under the form
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

// bringBack restores what was posted and answered under the form. A budget that is over starts its time to escalation again.
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
