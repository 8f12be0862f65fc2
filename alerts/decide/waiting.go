package decide

import (
	"slices"
	"time"

	"budgetbot/alerts"
	"budgetbot/alerts/evaluate"
	"budgetbot/alerts/rules"
)

// withdrawal is which waiting messages a check withdraws, and the budget states without them.
type withdrawal struct {
	waiting map[alerts.BudgetID][]alerts.Waiting
	listed  map[string][]alerts.BudgetID           // the budgets of a delivery
	before  map[alerts.BudgetID]alerts.BudgetState // the states before the check
	undone  map[alerts.BudgetID]alerts.BudgetState // of the budgets whose messages are withdrawn, as if these had never been recorded
}

func newWithdrawal(memory alerts.Memory) *withdrawal {
	w := &withdrawal{
		waiting: map[alerts.BudgetID][]alerts.Waiting{}, listed: map[string][]alerts.BudgetID{},
		before: map[alerts.BudgetID]alerts.BudgetState{}, undone: map[alerts.BudgetID]alerts.BudgetState{},
	}
	for _, state := range memory.BudgetStates {
		w.before[state.BudgetID] = state
	}
	for _, waiting := range memory.Waiting {
		w.waiting[waiting.BudgetID] = append(w.waiting[waiting.BudgetID], waiting)
		w.listed[waiting.DeliveryID] = append(w.listed[waiting.DeliveryID], waiting.BudgetID)
	}
	return w
}

// withdraw drops every waiting message about a budget. A message that lists other budgets is dropped as a whole, and the check
// decides on those again, too.
func (w *withdrawal) withdraw(id alerts.BudgetID) {
	if _, done := w.undone[id]; done {
		return
	}
	w.undone[id] = withoutWaiting(w.before[id], w.waiting[id])
	for _, waiting := range w.waiting[id] {
		for _, other := range w.listed[waiting.DeliveryID] {
			w.withdraw(other)
		}
	}
}

// state is the budget's state before the check, without the messages that are withdrawn.
func (w *withdrawal) state(id alerts.BudgetID) (s alerts.BudgetState, isUndone bool) {
	if s, isUndone = w.undone[id]; isUndone {
		return s, true
	}
	return w.before[id], false
}

// replaces reports whether messages of this check take the place of withdrawn ones. They do not once the rule has changed: its thresholds are
// then other amounts.
func (w *withdrawal) replaces(f *evaluate.Finding) bool {
	_, isUndone := w.undone[f.BudgetID]
	return isUndone && f.Rule.Modern(w.before[f.BudgetID].RuleHash) == f.Hash()
}

// first returns the withdrawn alert that an alert of this check replaces. The threshold then counts as reached when the withdrawn one was recorded.
func (w *withdrawal) first(f *evaluate.Finding, kind alerts.AlertKind, threshold rules.Threshold) (alerts.Waiting, bool) {
	if !w.replaces(f) {
		return alerts.Waiting{}, false
	}
	waiting := w.waiting[f.BudgetID]
	i := slices.IndexFunc(waiting, func(w alerts.Waiting) bool { return w.Kind == kind && w.Threshold == threshold })
	if i < 0 {
		return alerts.Waiting{}, false
	}
	return waiting[i], true
}

// mayBePosted reports whether a message of this check takes the place of one that may have been posted.
func (w *withdrawal) mayBePosted(f *evaluate.Finding) bool {
	return w.replaces(f) && slices.ContainsFunc(w.waiting[f.BudgetID], func(w alerts.Waiting) bool { return w.MayBePosted })
}

// keepEscalation lets a budget that stays over escalate as if the withdrawn message had been posted: only a higher threshold starts the time
// again, and earlier escalations still count.
func (w *withdrawal) keepEscalation(f *evaluate.Finding, s *alerts.BudgetState) {
	before := w.before[f.BudgetID]
	if !w.replaces(f) || before.OverAt.IsZero() || s.OverAt.IsZero() {
		return
	}
	s.Escalations = before.Escalations
	if s.Threshold <= before.Threshold {
		s.OverAt = before.OverAt
	}
}

// withoutWaiting is the budget state as if the waiting messages had never been decided on.
func withoutWaiting(s alerts.BudgetState, waiting []alerts.Waiting) alerts.BudgetState {
	for _, w := range waiting {
		switch w.Kind {
		case alerts.KindBudget:
			s.Threshold = min(s.Threshold, w.Seen)
		case alerts.KindForecast:
			s.ForecastThreshold = min(s.ForecastThreshold, w.Seen)
		case alerts.KindChange:
		}
		if s.ParentID == w.DeliveryID {
			s.ParentID, s.ParentChannel, s.DeferredUntil = "", "", time.Time{}
		}
	}
	if s.Threshold < alerts.OverThreshold {
		s.OverAt, s.Escalations = time.Time{}, 0
	}
	return s
}

// isOutdated reports whether a waiting message about the budget would now read otherwise, go elsewhere, or not be posted at all.
func isOutdated(waiting []alerts.Waiting, past Past, f *evaluate.Finding, now time.Time) bool {
	before := past.BudgetState
	isElsewhere := func(w alerts.Waiting) bool { return w.Channel != f.Route().Channel }
	switch {
	case len(waiting) == 0 || f.Unknown != "":
		return false
	case slices.ContainsFunc(waiting, isElsewhere):
		return true
	case f.Month.IsOver(now):
		return false
	case before.At(now).Muted(), before.Version != f.Version && !before.PostedAt.IsZero() && now.Sub(before.PostedAt) >= updateAfter:
		return true
	}
	stands := []alerts.Reason{alerts.ReasonAlreadyPosted, alerts.ReasonForecastPosted, alerts.ReasonBelow, alerts.ReasonUnanswered}
	return !slices.Contains(stands, decide(past, *f, now).Reason)
}

// undo withdraws the waiting messages that are out of date, so that their budgets are decided on as if these had never been recorded.
func (p *Plan) undo() {
	p.withdrawn = newWithdrawal(p.memory)
	for i := range p.Findings {
		f := &p.Findings[i]
		if isOutdated(p.withdrawn.waiting[f.BudgetID], pastOf(p.memory, p.withdrawn.before[f.BudgetID], f), f, p.now) {
			p.withdrawn.withdraw(f.BudgetID)
		}
	}
}

// watches reports whether the rules still have the budget of the state.
func watches(r *rules.Rules, s alerts.BudgetState) bool {
	for i := range r.Rules {
		if rule := &r.Rules[i]; rule.Name == s.Rule {
			return s.Instance == "" && rule.Per == "" || evaluate.HasBudget(rule, s)
		}
	}
	return false
}

// Unwatched returns the states of budgets that have a message in a channel, and that the rules no longer have.
func Unwatched(r *rules.Rules, states []alerts.BudgetState) []alerts.BudgetState {
	return slices.DeleteFunc(slices.Clone(states), func(s alerts.BudgetState) bool { return s.ParentID == "" || watches(r, s) })
}
